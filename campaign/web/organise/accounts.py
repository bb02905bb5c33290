"""Accounts: one's own, and those of a campaign."""

from flask import Blueprint, render_template

from campaign.store import accounts as store
from campaign.web.organise import access
from campaign.web.services import services

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/organise/own/")
@access.needs_account
def own() -> str:
    """Show one's own account."""
    return render_template("organise/own.html")


@blueprint.get("/organise/<name>/accounts")
@access.needs("accounts", fresh=True)
def show(name: str) -> str:
    """List the accounts of a campaign."""
    with services().database.reading() as connection:
        found = store.of_campaign(connection, name)
    return render_template("organise/accounts.html", accounts=found)
