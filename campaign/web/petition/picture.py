"""The campaign's picture, which its petition shows."""

import gzip

from flask import Blueprint, Response, abort

from campaign.packs.picture import Picture
from campaign.web.core.assets import FOREVER, compressible
from campaign.web.core.services import current_services

blueprint = Blueprint("picture", __name__)


@blueprint.get("/c/<name>/picture")
def show(name: str) -> Response:
    """Send the picture; its URL holds its version, so it may be kept forever."""
    return _sent(_picture(name))


@blueprint.get("/c/<name>/picture-small")
def small(name: str) -> Response:
    """Send the smaller picture for phones, if the campaign has one."""
    picture = _picture(name)
    return _sent(picture.small if picture else None)


def _picture(name: str) -> Picture | None:
    services = current_services()
    return services.campaigns.get(name, services.now()).picture


def _sent(picture: Picture | None) -> Response:
    if picture is None:
        abort(404)
    is_drawing = picture.content_type == "image/svg+xml"
    packed = gzip.compress(picture.content, 9, mtime=0) if is_drawing else b""
    response = compressible(picture.content, packed, picture.content_type)
    response.headers["Cache-Control"] = FOREVER
    # A drawing styles itself, and does so only in this file.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    response.headers["X-Frame-Options"] = "DENY"
    return response
