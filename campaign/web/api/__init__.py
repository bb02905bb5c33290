"""The API under `/api/v1/`: described by OpenAPI, with problem documents for errors, without
cookies.

An organizer's session opens nothing here. Only a key in a header does, so cross-site requests gain
nothing.
"""

from flask import Blueprint, Flask, request
from werkzeug.wrappers import Response

from campaign.web.api import keys, list_cache, openapi, osdi, problems, public, stats, webhooks
from campaign.web.api.keys import ScopeMissing
from campaign.web.api.problems import BodyInvalid, Unauthorized
from campaign.web.core.request_floods import MinuteCounter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

for room in (openapi, public, stats, osdi, webhooks):
    blueprint.register_blueprint(room.blueprint)

# What any site may fetch from its own pages.
_FOR_ANY_SITE = frozenset({"api.public", "api.openapi"})


def init_app(app: Flask) -> None:
    """Register the API, with a counter and a cache for each process."""
    app.extensions[keys.COUNTER] = MinuteCounter()
    list_cache.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.errorhandler(Unauthorized)
def _unauthorized(_: Unauthorized) -> Response:
    return problems.unauthorized()


@blueprint.errorhandler(ScopeMissing)
def _forbidden(error: ScopeMissing) -> Response:
    return problems.forbidden(error.scope)


@blueprint.errorhandler(BodyInvalid)
def _invalid(error: BodyInvalid) -> Response:
    return problems.problem(422, "The request does not match the description.", errors=error.errors)


@blueprint.after_request
def _for_any_site(response: Response) -> Response:
    if request.blueprint in _FOR_ANY_SITE:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
