"""What search engines are told: which pages are one page in other languages, and what to leave."""

from flask import Blueprint, Response, request, url_for

from campaign.languages import DEFAULT
from campaign.web.core import languages
from campaign.web.core.services import current_services

blueprint = Blueprint("crawlers", __name__)

#: Pages for everybody that say the same in every language.
_IN_EVERY_LANGUAGE = frozenset(
    {
        "petition.home",
        "petition.show",
        "write.show",
        "members.show",
        "facts.show",
        "map.show",
        "map.state",
        "share.show",
        "feed.updates",
        "about.privacy",
        "about.accessibility",
    }
)

# A mailed link is as good as a password, so none belongs in an index, wherever it was found. Other
# pages that are not to be found say so themselves.
_ROBOTS = """\
User-agent: *
Disallow: /confirm/
Disallow: /approve/
Disallow: /me
Disallow: /unsubscribe/
Disallow: /thanks/
Disallow: /organize/
Disallow: /organise/
Disallow: /volunteer/
Disallow: /jobs/
"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Say which pages are nobody else's business (RFC 9309)."""
    response = Response(_ROBOTS, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def alternates() -> list[tuple[str, str]]:
    """Return (language, full address) of this page in every language, `x-default` at the end.

    Nothing for a page that is somebody's own, and without what a link carried along.
    """
    endpoint = request.endpoint
    if endpoint not in _IN_EVERY_LANGUAGE or request.method not in {"GET", "HEAD"}:
        return []
    assert endpoint is not None
    offered = languages.offered()
    if len(offered) < 2:
        return []
    base_url = current_services().settings.base_url
    arguments = request.view_args or {}
    found = [
        (code, base_url + url_for(endpoint, **{**arguments, "lang": code})) for code in offered
    ]
    plain = url_for(endpoint, **{**arguments, "lang": DEFAULT})
    return [*found, ("x-default", base_url + plain)]
