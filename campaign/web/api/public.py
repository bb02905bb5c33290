"""Public operations: who represents a ZIP, the published campaigns and their figures."""

import orjson
from flask import Blueprint, Response, url_for

from campaign.congress import routing
from campaign.congress.lookup_json import to_json
from campaign.congress.places import ZipCode
from campaign.web.api.operations import answered, operation
from campaign.web.api.schemas import Campaigns, Figures, Members, MembersQuery
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.services import current_services
from campaign.web.petition import public_stats

blueprint = Blueprint("public", __name__)

# A refreshed dataset appears within the hour, figures within seconds.
_AN_HOUR = "public, max-age=3600"


@blueprint.get("/members")
@operation(answer=Members, query=MembersQuery, tag="public")
def members(query: MembersQuery) -> Response:
    """Return who represents a ZIP.

    The same answer as `campaign lookup ZIP --json`. For a ZIP with several districts, all
    candidates are returned.
    """
    services = current_services()
    found = routing.route_zip(services.congress, ZipCode.parse(query.zip), services.today())
    response = answered(to_json(query.zip, found))
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
