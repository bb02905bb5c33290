"""Photos of members from the operator's folder, where there are any."""

import re

from flask import Blueprint, Flask, Response, abort, url_for

from campaign.congress import photos
from campaign.web.core.assets import FOREVER
from campaign.web.core.services import current_services

blueprint = Blueprint("member_photos", __name__)

_NAME = re.compile(r"(?P<bioguide>[A-Z][0-9]{6})-(?P<version>[0-9a-f]{12})")


@blueprint.record_once
def _give_templates_the_photos(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["photo_of"] = url_of


def url_of(bioguide: str) -> str:
    """Return the URL of a member's photo, which changes with the file, or "" if there is none."""
    photo = photos.find(current_services().settings.photos_folder, bioguide)
    return url_for("member_photos.show", name=f"{bioguide}-{photo.version}") if photo else ""


@blueprint.get("/photos/<name>")
def show(name: str) -> Response:
    """Send a photo, cacheable forever: its URL changes with its content."""
    named = _NAME.fullmatch(name)
    folder = current_services().settings.photos_folder
    photo = photos.find(folder, named["bioguide"]) if named else None
    if named is None or photo is None or photo.version != named["version"]:
        abort(404)
    try:
        content = photo.path.read_bytes()
    except OSError:
        abort(404)
    response = Response(content, content_type=photo.content_type)
    response.headers["Cache-Control"] = FOREVER
    return response
