"""Letters and calls: how many reached each member, and from how many constituents who signed."""

from flask import Blueprint, Response, render_template, request

from campaign.congress.places import STATES
from campaign.organizing import figure_tables, member_figures
from campaign.organizing.member_figures import MemberFigures
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import states_by_name
from campaign.web.organize import access, csv_response

blueprint = Blueprint("outreach", __name__)


@blueprint.get("/organize/<name>/letters")
@access.needs("see")
def show(name: str) -> str:
    """List every member who was contacted or whose constituents signed."""
    state = request.args.get("state", "")
    rows = _rows(name, state)
    return render_template(
        "organize/outreach.html",
        rows=rows,
        states=states_by_name(),
        state=state if state in STATES else "",
        letters=sum(one.letters for one in rows),
        calls=sum(one.calls for one in rows),
        posted=sum(one.reached.get("posted", 0) for one in rows),
        sent=sum(one.reached.get("sent", 0) for one in rows),
    )


@blueprint.get("/organize/<name>/letters.csv")
@access.needs("see")
def table(name: str) -> Response:
    """Send the same as a CSV file."""
    rows = tuple(_rows(name, request.args.get("state", "")))
    return csv_response.csv(
        figure_tables.members_table(rows), f"{name}-members-{current_services().today():%Y%m%d}.csv"
    )


def _rows(name: str, state: str) -> list[MemberFigures]:
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    found = member_figures.members(services.database, pack, services.congress, services.today())
    return [one for one in found if one.has_any and (one.state == state or state not in STATES)]
