"""Public operations: who represents a ZIP, the published campaigns and their figures."""

from collections.abc import Iterable
from typing import Any

import orjson
from flask import Blueprint, Response, url_for

from campaign.congress import routing
from campaign.congress.lookup_json import to_json
from campaign.congress.places import ZipCode
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord, Standing
from campaign.web.api.operations import answered, operation
from campaign.web.api.schemas import Campaigns, Figures, Members, MembersQuery
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.services import current_services
from campaign.web.petition import public_stats

blueprint = Blueprint("public", __name__)

# A refreshed dataset appears within the hour, figures within seconds.
_AN_HOUR = "public, max-age=3600"


@blueprint.get("/members")
@operation(answer=Members, query=MembersQuery, may_be_missing=True, tag="public")
def members(query: MembersQuery) -> Response:
    """Return who represents a ZIP.

    The same answer as `campaign lookup ZIP --json`. For a ZIP with several districts, all
    candidates are returned. With `campaign`, each member comes with where they stand on what that
    campaign asks.
    """
    services = current_services()
    found = routing.route_zip(services.congress, ZipCode.parse(query.zip), services.today())
    answer = to_json(query.zip, found)
    if query.campaign is not None:
        _add_stances(answer, services.campaigns.get(query.campaign, services.now()))
    response = answered(answer)
    response.headers["Cache-Control"] = _AN_HOUR
    return response


@blueprint.get("/campaigns")
@operation(answer=Campaigns, tag="public")
def campaigns() -> Response:
    """List the published campaigns."""

    def render() -> Page:
        services = current_services()
        listed = [
            {
                "name": pack.name,
                "title": pack.text().title,
                "url": services.settings.base_url + url_for("petition.show", name=pack.name),
                "disclosure": pack.funding.disclosure()[0],
            }
            for pack in services.campaigns.published(services.now())
        ]
        return Page.of(orjson.dumps({"campaigns": listed}), "application/json")

    return send(pages().get(("api-campaigns",), render))


@blueprint.get("/campaigns/<name>")
@operation(answer=Figures, may_be_missing=True, tag="public")
def campaign(name: str) -> Response:
    """Return a campaign's texts and figures.

    Small counts by state are suppressed.
    """
    return public_stats.figures(name)


def _add_stances(answer: dict[str, Any], pack: Pack) -> None:
    answer["disclosure"] = pack.funding.disclosure()[0]
    for member in (*answer["members"], *answer.get("candidates", ())):
        standing = pack.standings.get(member["bioguide"], Standing())
        # Evidence that disagrees is the organizers' to settle first.
        is_known = standing.stance is not Stance.UNKNOWN
        member["stance"] = {
            "stance": standing.stance,
            "evidence": _evidence(standing.records if is_known else ()),
            "history": _evidence(standing.past),
        }


def _evidence(records: Iterable[StanceRecord]) -> list[dict[str, str]]:
    return [{"source": record.basis, "as_of": record.as_of.isoformat()} for record in records]
