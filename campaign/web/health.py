"""For whoever watches the site: is the process up, and can it do its work?"""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from campaign.errors import StoreUnavailable
from campaign.web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; asks nobody else."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the database and the dataset can be used: 200 when both can, 503 when not."""
    house = services()
    checks = {"database": _database_answers(), "campaigns": bool(house.shelf.published(_today()))}
    checks["congress"] = house.congress.meta.valid_until > _today() - timedelta(days=1)
    response = jsonify({"ready": checks["database"], **checks})
    response.status_code = 200 if checks["database"] else 503
    return response


def _today():  # type: ignore[no-untyped-def]
    return services().today()


def _database_answers() -> bool:
    try:
        with services().database.reading() as connection:
            connection.execute(text("SELECT 1"))
    except StoreUnavailable:
        return False
    return True
