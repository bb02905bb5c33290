"""Where a day in the back office begins: the campaigns of the account, and one campaign's page."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from campaign.petition import counting
from campaign.web.organise import access, rail
from campaign.web.services import services

blueprint = Blueprint("overview", __name__)


@blueprint.get("/organise/")
@access.needs_account
def campaigns() -> Response | str:
    """List the campaigns that the account may see; lead on where there is only one."""
    found = access.campaigns()
    if len(found) == 1 and (url := rail.first_page(found[0])) != "/organise/":
        return redirect(url)
    return render_template("organise/campaigns.html", packs=found)


@blueprint.get("/organise/<name>/")
@access.needs("see")
def show(name: str) -> str:
    """Show how a campaign stands."""
    house = services()
    pack = access.here()
    return render_template(
        "organise/overview.html",
        pack=pack,
        standing=counting.standing(house.database, name),
    )
