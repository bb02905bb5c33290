"""The audit of a campaign: who did what, and when."""

from flask import Blueprint, render_template

from campaign.store import audit as store
from campaign.web.organise import access
from campaign.web.services import services

blueprint = Blueprint("audit", __name__)


@blueprint.get("/organise/<name>/audit")
@access.needs("audit")
def show(name: str) -> str:
    """List what was done, latest first."""
    with services().database.reading() as connection:
        found = store.records(connection, campaign=name)
    return render_template("organise/audit.html", records=found)
