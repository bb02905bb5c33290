"""The petition by a link that names who shared it, such as /from/section-907.TOKEN.

It is the public page with one more line, which is never cached. The URL holds a token, not the
name. A link that no longer names anyone shows the public page.
"""

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import StoreUnavailable
from campaign.petition import share_credit
from campaign.store import daily_counters
from campaign.web.core.caching import Page
from campaign.web.core.forms import source_tag
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.petition import petition_page

blueprint = Blueprint("credited", __name__)

# Where the line goes: at the top of the petition's head.
_HEAD = b'<header class="petition-head">'


@blueprint.get("/from/<token>")
def show(token: str) -> AnyResponse:
    """Show the petition with the first name of who shared it, or lead to it without."""
    services = current_services()
    name, _, credit = token.partition(".")
    pack = services.campaigns.get(name, services.now())
    source = source_tag(request.args.get("source", ""))
    first_name = _first_name(services, pack.name, credit)
    if not first_name:
        return keep_private(redirect(_petition(pack.name, source)))
    line = Markup('<p class="credit">{}</p>').format(
        gettext("%(name)s asked you to read this.", name=first_name)
    )
    page = _page(pack.name, source)
    body = page.content.replace(_HEAD, _HEAD + line.encode(), 1)
    services.page_views.add(pack.name, daily_counters.VIEW)
    return keep_private(Response(body, content_type=page.content_type))


def _first_name(services: Services, campaign: str, credit: str) -> str:
    keyring = services.settings.keyring
    try:
        return share_credit.first_name(
            services.database, credit, campaign=campaign, keyring=keyring
        )
    except StoreUnavailable:
        return ""


def _page(campaign: str, source: str) -> Page:
    """Return the page as everybody gets it.

    It may be rendered here first and then kept for everybody, so it is rendered as if the petition
    itself had been asked for: otherwise its links to other languages would hold this address.
    """
    with current_app.test_request_context(_petition(campaign, source)):
        return petition_page.shown(campaign, source)


def _petition(campaign: str, source: str) -> str:
    return url_for("petition.show", name=campaign, source=source or None)
