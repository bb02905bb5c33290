"""Health checks for monitoring: whether the process is up, and whether it can serve sign-ups."""

from flask import Blueprint, Response, jsonify

from campaign.errors import StoreUnavailable
from campaign.store import heartbeats
from campaign.web.core.services import Services, current_services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer that the process is up, without asking anything else."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer whether people can sign: 200 when the database accepts a write and a campaign is
    loaded.

    503 when not. A write is committed at most once in two seconds. An outdated dataset and a
    stopped worker are reported but do not count, because signatures are still accepted. For each
    thread of the worker, the answer gives the seconds since its last turn.
    """
    services = current_services()
    database = _database_is_ready(services)
    writes = database and services.write_check.passes()
    campaigns = bool(services.campaigns.published(services.now()))
    is_ready = writes and campaigns
    response = jsonify(
        {
            "ready": is_ready,
            "database": database,
            "writes": writes,
            "campaigns": campaigns,
            "congress": not services.congress.meta.has_ended(services.today()),
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
            turns = heartbeats.last_beats(connection, now=now)
    except StoreUnavailable:
        return {}
    return {thread: round((now - at).total_seconds(), 1) for thread, at in turns.items()}
