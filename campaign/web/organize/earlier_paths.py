"""Redirects from `/organise`, the earlier prefix of organizers' pages, to `/organize`."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from campaign.web.core.organizer_paths import EARLIER_PREFIX

blueprint = Blueprint("earlier_paths", __name__)


@blueprint.route(EARLIER_PREFIX, methods=["GET", "POST"])
@blueprint.route(f"{EARLIER_PREFIX}/", methods=["GET", "POST"])
@blueprint.route(f"{EARLIER_PREFIX}/<path:_rest>", methods=["GET", "POST"])
def moved(_rest: str = "") -> BaseResponse:
    """Redirect permanently to the same URL under `/organize`; a form is posted there again.

    Mailed invitations and bookmarks stay valid. The answer is not cached, because the URL may hold
    a token (RFC 9110, 15.4.9).
    """
    query = request.query_string.decode("ascii", "ignore")
    path = "/organize" + request.path.removeprefix(EARLIER_PREFIX)
    answer: Response | BaseResponse = redirect(f"{path}?{query}" if query else path, 308)
    answer.headers["Cache-Control"] = "no-store"
    return answer
