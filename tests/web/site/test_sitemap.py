"""Search engines find each page in each language, and nobody's own page in any."""

import re
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient

from tests.web.whole_site import PETITION, Site

_LINK = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">')


def alternates(client: FlaskClient, path: str) -> dict[str, str]:
    return dict(_LINK.findall(client.get(path).text))


@pytest.mark.parametrize(
    "path",
    [
        *(PETITION + page for page in ("", "write", "members", "facts", "map", "map/MT")),
        *(PETITION + page for page in ("share", "updates")),
        *("/privacy", "/accessibility"),
    ],
)
def test_each_public_page_names_itself_in_every_language(client: FlaskClient, path: str) -> None:
    found = alternates(client, path)

    assert set(found) == {"en", "es", "hy", "x-default"}
    assert found["x-default"] == found["en"] == f"http://localhost{path}"
    for code in ("en", "es", "hy"):
        parts = urlsplit(found[code])
        page = client.get(f"{parts.path}?{parts.query}")
        assert page.status_code == 200
        assert f'<html lang="{code}"' in page.text
        # Each names all of them, itself included, or search engines believe none.
        assert dict(_LINK.findall(page.text)) == found


def test_what_a_link_carried_along_is_not_part_of_the_page(client: FlaskClient) -> None:
    found = alternates(client, f"{PETITION}?source=mail&lang=es")

    assert found["es"] == f"http://localhost{PETITION}?lang=es"


def test_nobodys_own_page_and_no_error_has_an_alternate(site: Site) -> None:
    site.sign()
    confirm = site.mailed_path("/confirm/")

    for path in (confirm, PETITION + "signed", "/c/nothing/", "/nothing", "/me/x"):
        assert not alternates(site.client, path), path
    assert not _LINK.findall(site.sign(email="no").text)


def test_robots_are_kept_from_mailed_links_alone(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    rules = RobotFileParser()
    rules.parse(response.text.splitlines())

    assert response.content_type == "text/plain; charset=utf-8"
    assert "Set-Cookie" not in response.headers
    for path in ("/", PETITION, PETITION + "facts", "/privacy", "/static/campaign.css"):
        assert rules.can_fetch("*", path), path
    for path in ("/me/x", "/confirm/x", "/unsubscribe/x", "/thanks/x", "/me/x/erase"):
        assert not rules.can_fetch("*", path), path
