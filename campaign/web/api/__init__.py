"""The API under `/api/v1/`: described by OpenAPI, failing in problem documents, without cookies.

Whoever is logged in to the back office is nobody here: only a key in a header opens anything, so
that there is nothing for another site to ride on.
"""

from flask import Blueprint, Flask, request
from werkzeug.wrappers import Response

from campaign.web.api import keys, list_cache, openapi, osdi, problems, public, stats, webhooks
from campaign.web.api.keys import ScopeMissing
from campaign.web.api.problems import BodyInvalid, Unauthorized
from campaign.web.core.rate_limits import MinuteCounter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

for room in (openapi, public, stats, osdi, webhooks):
    blueprint.register_blueprint(room.blueprint)

# What any site may fetch from its own pages.
_FOR_ANY_SITE = frozenset({"api.public", "api.description"})


def init_app(app: Flask) -> None:
    """Open the API, with a counter and a memory of its own for each process."""
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
    return problems.problem(422, "What was sent is not as described.", errors=error.errors)


@blueprint.after_request
def _for_any_site(response: Response) -> Response:
    if request.blueprint in _FOR_ANY_SITE:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
