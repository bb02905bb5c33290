"""HAL, the format of every OSDI answer: resources with links, and lists in pages."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, url_for

from campaign.organizing.connect.osdi import Origin
from campaign.web.api.operations import answered as json_answer
from campaign.web.core.services import current_services

CONTENT_TYPE = "application/hal+json"

#: The scope that a key needs for every OSDI list.
SCOPE = "signatures:read"

#: The largest page of a list (OSDI 1.2, "Pagination").
MAX_PAGE_SIZE = 25

CURIES = [
    {
        "name": "osdi",
        "href": "https://opensupporter.github.io/osdi-docs/{rel}.html",
        "templated": True,
    }
]


def link(endpoint: str, **values: Any) -> dict[str, str]:
    """Return a link to an endpoint of this site, built from its configured URL."""
    return {"href": current_services().settings.base_url + url_for(endpoint, **values)}


def paged(
    endpoint: str, number: int, per_page: int, *, path: Mapping[str, str], **asked: str
) -> dict[str, str]:
    """Return a link to a page of a list; `path` fills its URL, `asked` its query."""
    query = urlencode({"page": number, "per_page": per_page, **asked})
    return {"href": f"{link(endpoint, **path)['href']}?{query}"}


def page(
    relation: str,
    resources: Sequence[dict[str, Any]],
    items: Sequence[dict[str, str]],
    *,
    self_link: dict[str, str],
    next_link: dict[str, str] | None = None,
    previous_link: dict[str, str] | None = None,
    page: int = 1,
    per_page: int = MAX_PAGE_SIZE,
    total_pages: int = 1,
    total_records: int = 1,
) -> Response:
    """Return a page of a list: its resources embedded under `relation`, with a link to each."""
    links: dict[str, Any] = {"curies": CURIES, "self": self_link, relation: list(items)}
    if next_link is not None:
        links["next"] = next_link
    if previous_link is not None:
        links["previous"] = previous_link
    return answered(
        {
            "total_pages": total_pages,
            "per_page": per_page,
            "page": page,
            "total_records": total_records,
            "_links": links,
            "_embedded": {relation: list(resources)},
        }
    )


def origin(name: str) -> Origin:
    """Return the source of a campaign's signatures."""
    return Origin.of(current_services().settings.base_url, name)


def answered(body: dict[str, Any], *, status: int = 200) -> Response:
    """Return a resource as a HAL response."""
    return json_answer(body, status=status, content_type=CONTENT_TYPE)
