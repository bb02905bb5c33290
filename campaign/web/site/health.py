"""For whoever watches the site: is the process up, and can it do its work?"""

from flask import Blueprint, Response, jsonify

from campaign.errors import StoreUnavailable
from campaign.store import heartbeats
from campaign.web.core.services import Services, current_services

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
    services = current_services()
    today = services.today()
    database = _database_is_ready(services)
    writes = database and services.write_proof.holds()
    campaigns = bool(services.shelf.published(services.now()))
    is_ready = writes and campaigns
    response = jsonify(
        {
            "ready": is_ready,
            "database": database,
            "writes": writes,
            "campaigns": campaigns,
            "congress": services.congress.meta.valid_until >= today,
            "worker": _silence(services) if database else {},
        }
    )
    response.status_code = 200 if is_ready else 503
    return response


def _database_is_ready(services: Services) -> bool:
    try:
        return services.database.is_current()
    except StoreUnavailable:
        return False


def _silence(services: Services) -> dict[str, float]:
    now = services.now()
    try:
        with services.database.reading() as connection:
            turns = heartbeats.last_turns(connection, now=now)
    except StoreUnavailable:
        return {}
    return {thread: round((now - at).total_seconds(), 1) for thread, at in turns.items()}
