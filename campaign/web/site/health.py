"""For whoever watches the site: is the process up, and can it do its work?"""

from flask import Blueprint, Response, jsonify

from campaign.errors import StoreUnavailable
from campaign.store import heartbeats
from campaign.web.core.services import Services, services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers; asks nobody else."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether people can sign: 200 when the database takes a write and a campaign is there.

    503 when not. A write is made and committed, at most one in two seconds. An outdated dataset is
    told and does not count: signatures are taken all the same. Nor does the worker count: of its
    threads it is told how many seconds ago each last took a turn.
    """
    house = services()
    today = house.today()
    database = _database_is_ready(house)
    writes = database and house.write_proof.holds()
    campaigns = bool(house.shelf.published(house.now()))
    is_ready = writes and campaigns
    response = jsonify(
        {
            "ready": is_ready,
            "database": database,
            "writes": writes,
            "campaigns": campaigns,
            "congress": house.congress.meta.valid_until >= today,
            "worker": _silence(house) if database else {},
        }
    )
    response.status_code = 200 if is_ready else 503
    return response


def _database_is_ready(house: Services) -> bool:
    try:
        return house.database.is_current()
    except StoreUnavailable:
        return False


def _silence(house: Services) -> dict[str, float]:
    now = house.now()
    try:
        with house.database.reading() as connection:
            turns = heartbeats.last_turns(connection, now=now)
    except StoreUnavailable:
        return {}
    return {thread: round((now - at).total_seconds(), 1) for thread, at in turns.items()}
