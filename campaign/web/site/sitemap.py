"""For search engines: robots.txt, and the links between a page's languages."""

from flask import Blueprint, Response, request, url_for

from campaign.languages import DEFAULT
from campaign.web.core import languages
from campaign.web.core.services import current_services

blueprint = Blueprint("sitemap", __name__)

#: Public pages that are the same in every language.
_IN_EVERY_LANGUAGE = frozenset(
    {
        "petition.home",
        "petition.show",
        "builder.show",
        "calling.start",
        "members.show",
        "facts.show",
        "where_they_stand.show",
        "signature_map.show",
        "signature_map.state",
        "district.show",
        "share.show",
        "updates_feed.updates",
        "about.privacy",
        "about.accessibility",
    }
)

# A mailed link is as good as a password, so it must not be indexed. Other pages that are not to be
# indexed say so themselves.
_ROBOTS = """\
User-agent: *
Disallow: /confirm/
Disallow: /approve/
Disallow: /me
Disallow: /preview/
Disallow: /unsubscribe/
Disallow: /thanks/
Disallow: /from/
Disallow: /organize/
Disallow: /organise/
Disallow: /volunteer/
Disallow: /jobs/
"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Send robots.txt (RFC 9309)."""
    response = Response(_ROBOTS, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def alternates() -> list[tuple[str, str]]:
    """Return (language, full URL) of this page in every language, `x-default` last.

    Empty for personal pages. Query parameters are left out.
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
