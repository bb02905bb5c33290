"""The widget: the petition with its form, to embed in other sites. No other page may be framed.

A form in the frame posts to the widget's own URL, so that every answer, errors included, is shown
in the frame. Signing needs the mailed link, so clickjacking gains nothing.
"""

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.web.core.assets import Asset, Assets
from campaign.web.core.caching import Page, send
from campaign.web.core.forms import source_tag
from campaign.web.core.security import FRAMEABLE
from campaign.web.petition import petition_page
from campaign.web.petition.petition_page import Surface

blueprint = Blueprint("embed", __name__)

#: The source tag of signatures from the widget, where the snippet names none.
SOURCE = "widget"

_FRAME = Surface(
    "embed/show.html",
    "_layout/framed.html",
    sign="embed.sign",
    signed="embed.signed",
    is_framed=True,
    source=SOURCE,
)


@blueprint.after_request
def _allow_framing(response: AnyResponse) -> AnyResponse:
    """Let any site frame the pages of this blueprint and use its script."""
    response.headers["Content-Security-Policy"] = FRAMEABLE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/c/<name>/embed")
def show(name: str) -> Response:
    """Show the petition and its form, small enough for a column of another page."""
    return send(petition_page.read(name, _FRAME, source_tag(request.args.get("source", ""))))


@blueprint.post("/c/<name>/embed")
def sign(name: str) -> AnyResponse:
    """Accept a signature from the widget, and answer in the frame, errors included."""
    return petition_page.accept_signature(name, _FRAME)


@blueprint.get("/c/<name>/embed/signed")
def signed(name: str) -> Response:
    """Say, in the frame, what happens next."""
    return send(petition_page.next_step(name, _FRAME))


@blueprint.get("/embed.js")
def script() -> Response:
    """Send the snippet's script, at a URL that never changes."""
    return send(_script(_assets().get("embed.js")), cache_control="public, max-age=3600")


def _script(asset: Asset) -> Page:
    return Page.of(asset.content, asset.content_type)


def _assets() -> Assets:
    found = current_app.extensions["assets"]
    assert isinstance(found, Assets)
    return found
