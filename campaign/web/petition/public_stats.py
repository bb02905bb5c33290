"""Public figures as JSON for other sites and programs, cacheable by anyone."""

from collections.abc import Callable, Hashable
from dataclasses import asdict
from datetime import UTC
from typing import Any

import orjson
from flask import Blueprint, Response, url_for

from campaign.congress.places import STATES
from campaign.packs.pack import Pack
from campaign.petition import public_counts
from campaign.petition.disclosure_control import breakdown
from campaign.store import wordings
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.services import Services, current_services

blueprint = Blueprint("public_stats", __name__)


@blueprint.get("/c/<name>/count.json")
def count(name: str) -> Response:
    """Answer `{"count": N, "goal": N, "updated": "ISO time"}`."""
    return _json(("count", name), lambda: _count(*_open(name)))


@blueprint.get("/c/<name>.json")
def figures(name: str) -> Response:
    """Answer the petition's title and figures; small counts by state are suppressed."""
    return _json(("figures", name), lambda: _figures(*_open(name)))


def _open(name: str) -> tuple[Services, Pack]:
    services = current_services()
    return services, services.campaigns.get(name, services.now())


def _figures(services: Services, pack: Pack) -> dict[str, Any]:
    texts = pack.text()
    standing = public_counts.signature_counts(services.database, pack.name)
    counts = _counts(services, pack, standing.total)
    by_state = breakdown(
        public_counts.by_state(services.database, pack.name), tuple(STATES), total=counts["count"]
    )
    return {
        "name": pack.name,
        "title": texts.title,
        "headline": texts.headline,
        "standfirst": texts.standfirst,
        "url": services.settings.base_url + url_for("petition.show", name=pack.name),
        "is_open": pack.is_open(services.now()),
        "organizer": pack.organizer.name,
        # The earlier spelling, for programs that read it.
        "organiser": pack.organizer.name,
        "paid_for_by": pack.funding.paid_for_by,
        "disclosure": pack.funding.disclosure()[0],
        **counts,
        "paper": standing.paper,
        "online": standing.online,
        "earlier_wording": signed_earlier(services, pack),
        "by_state": dict(by_state.shown),
        "targets": {
            "members": asdict(pack.targets.members),
            "member_copies": asdict(pack.targets.member_copies),
            "chairs": pack.targets.chairs,
            "officials": pack.targets.offices,
        },
    }


def signed_in_state(services: Services, pack: Pack, state: str) -> int:
    """Return how many of a state signed, or 0 where the count is too small to be shown."""
    counts = public_counts.by_state(services.database, pack.name)
    total = public_counts.count(services.database, pack.name)
    return breakdown(counts, tuple(STATES), total=total).shown.get(state, 0)


def signed_earlier(services: Services, pack: Pack) -> int:
    """Return how many signed an earlier wording than the petition has now."""
    with services.database.reading() as connection:
        return wordings.count_current(connection, pack).earlier


def _count(services: Services, pack: Pack) -> dict[str, Any]:
    return _counts(services, pack, public_counts.count(services.database, pack.name))


def _counts(services: Services, pack: Pack, total: int) -> dict[str, Any]:
    return {
        "count": total,
        "goal": pack.goal_for(total),
        "updated": services.now().astimezone(UTC).isoformat(timespec="seconds"),
    }


def _json(key: Hashable, figures: Callable[[], dict[str, Any]]) -> Response:
    page = pages().get(key, lambda: Page.of(orjson.dumps(figures()), "application/json"))
    response = send(page)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
