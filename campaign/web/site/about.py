"""The privacy and accessibility pages: who runs the site, what it keeps, how it can be used."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template

from campaign.errors import StoreUnavailable
from campaign.organizing import data_recipients
from campaign.petition import cwc_retention, retention
from campaign.petition.letter_fingerprints import FINGERPRINT_DAYS
from campaign.web.core.caching import Page, send
from campaign.web.core.services import current_services

blueprint = Blueprint("about", __name__)


@blueprint.get("/privacy")
def privacy() -> Response:
    """Show what data is kept and for how long, by the current settings."""
    services = current_services()
    settings = services.settings
    packs = services.campaigns.published(services.now())
    try:
        recipients = data_recipients.current(services.database, now=services.now())
    except StoreUnavailable:
        # The page stays readable, and claims nothing that it cannot look up.
        recipients = None
    body = render_template(
        "about/privacy.html",
        packs=packs,
        recipients=recipients,
        asks_challenge=any(pack.challenge for pack in packs),
        retention_days=settings.retention_days,
        pending_days=retention.PENDING_DAYS,
        withdrawn_days=retention.WITHDRAWN_DAYS,
        held_days=retention.HELD_DAYS,
        fingerprint_days=FINGERPRINT_DAYS,
        letter_days=cwc_retention.TEXT_DAYS,
        mails_by=", ".join(server.host for server in settings.mail_servers),
        geocoder=urlsplit(settings.geocoder_url).hostname or "",
        is_census=(urlsplit(settings.geocoder_url).hostname or "").endswith(".census.gov"),
    )
    return send(Page.of(body))


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """Show how the pages are built and tested, and where to report a barrier."""
    services = current_services()
    packs = services.campaigns.published(services.now())
    return send(Page.of(render_template("about/accessibility.html", packs=packs)))
