"""A campaign's draft behind a secret link, for people whom the organizer asks to read it."""

import re

from flask import Blueprint, Response, render_template

from campaign.errors import CampaignUnknown, PackInvalid
from campaign.organizing import drafts
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.security import keep_private
from campaign.web.core.services import current_services

blueprint = Blueprint("draft_preview", __name__)

# Links to the campaign's fact sheet, which does not show the draft: numbers, and others.
_MARK = re.compile(r'<sup class="fact">.*?</sup>')
_LINK = re.compile(r'<a href="facts[^"]*">(.*?)</a>')


@blueprint.get("/preview/<token>")
def show(token: str) -> Response:
    """Show the petition, its reasons and points as the draft has them; no one can sign here."""
    services = current_services()
    try:
        found = drafts.previewed(services.database, services.settings, token, services.now())
    except CampaignUnknown:
        found = None
    except PackInvalid:
        return _page(None, 409)
    return _page(found, 200 if found else 410)


def _page(pack: Pack | None, status: int) -> Response:
    body = render_template(
        "petition/draft-preview.html",
        draft=pack,
        texts=pack.text(languages.current()) if pack else None,
        status=status,
        without_marks=_without_marks,
    )
    return keep_private(Response(body, status, content_type="text/html; charset=utf-8"))


def _without_marks(html: str) -> str:
    return _LINK.sub(r"\1", _MARK.sub("", html))
