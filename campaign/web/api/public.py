"""Public operations: who represents a ZIP, the published campaigns and their figures."""

from collections.abc import Iterable
from typing import Any

import orjson
from flask import Blueprint, Response, url_for

from campaign.congress import routing
from campaign.congress.dataset import Congress
from campaign.congress.lookup_json import to_json
from campaign.congress.places import ZipCode
from campaign.congress.routing import Representation
from campaign.letters import office_recipients
from campaign.letters.targets import role_of_member
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord, Standing
from campaign.web.api.operations import answered, operation
from campaign.web.api.public_schemas import Campaigns, Figures, Members, MembersQuery
from campaign.web.core.caching import Page, pages, public_for, send
from campaign.web.core.services import current_services
from campaign.web.petition import public_stats

blueprint = Blueprint("public", __name__)

# A refreshed dataset appears within the hour, figures within seconds.
_AN_HOUR = 3600


@blueprint.get("/members")
@operation(answer=Members, query=MembersQuery, may_be_missing=True, tag="public")
def members(query: MembersQuery) -> Response:
    """Return who represents a ZIP.

    The same answer as `campaign lookup ZIP --json`. For a ZIP with several districts, all
    candidates are returned. With `campaign`, each member comes with what that campaign sends them
    and where they stand on it, and `officials` lists the offices outside Congress that it asks.
    """
    services = current_services()
    zip_code = ZipCode.parse(query.zip)
    found = routing.route_zip(services.congress, zip_code, services.today())
    answer = to_json(query.zip, found)
    if query.campaign is not None:
        pack = services.campaigns.get(query.campaign, services.now())
        _add_stances(answer, pack)
        _add_roles(answer, pack, services.congress, found)
        officials = office_recipients.office_recipients(
            services.congress, pack, zip_code=zip_code.five, city=query.city or ""
        )
        answer["officials"] = [office_recipients.to_json(office) for office in officials]
    response = answered(answer)
    response.headers["Cache-Control"] = public_for(_AN_HOUR, services.now())
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


def _add_roles(
    answer: dict[str, Any], pack: Pack, congress: Congress, found: Representation
) -> None:
    roles = {
        held.member.bioguide: role_of_member(pack.targets, congress, held)
        for held in (*found.holders, *found.candidates)
        if held.member is not None
    }
    for member in (*answer["members"], *answer.get("candidates", ())):
        member["role"] = roles[member["bioguide"]]


def _add_stances(answer: dict[str, Any], pack: Pack) -> None:
    answer["disclosure"] = pack.funding.disclosure()[0]
    for member in (*answer["members"], *answer.get("candidates", ())):
        standing = pack.standings.get(member["bioguide"], Standing())
        # Evidence that disagrees is the organizers' to settle first.
        is_known = standing.stance is not Stance.UNKNOWN
        member["stance"] = {
            "stance": standing.stance,
            "evidence": _evidence(pack, standing.records if is_known else ()),
            "history": _evidence(pack, standing.past),
        }


def _evidence(pack: Pack, records: Iterable[StanceRecord]) -> list[dict[str, str]]:
    return [
        {
            "stance": record.stance,
            "source": record.basis_on(pack.day.congress),
            "as_of": record.as_of.isoformat(),
        }
        for record in records
    ]
