"""One visitor's address, headers and host never change the page that the next one gets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from campaign.web.core.caching import Page, PageCache
from campaign.web.core.security import LONGEST_QUERY
from tests.web.whole_site import PETITION, Site, make_site

PAGES = (
    "/",
    PETITION,
    PETITION + "signed",
    PETITION + "embed",
    PETITION + "embed/signed",
    PETITION + "members",
    PETITION + "write",
    PETITION + "call",
    PETITION + "facts",
    PETITION + "map",
    PETITION + "map/MT",
    PETITION + "d/MT-2",
    PETITION + "share",
    PETITION + "updates",
    PETITION + "feed.atom",
    PETITION + "count.json",
    PETITION + "card.png",
    PETITION + "qr.svg",
    PETITION + "theme.css",
    "/c/section-907.json",
    "/privacy",
    "/accessibility",
    "/embed.js",
    "/robots.txt",
    "/nowhere",
)
# What Flask's own way of writing an address would understand, and what pages of this site do.
NAMES = [
    "endpoint",
    "_external",
    "_method",
    "_anchor",
    "_scheme",
    "values",
    "self",
    "name",
    "lang",
    "source",
    "by",
    "zip",
    "district",
    "state",
    "outcome",
    "v",
    "fbclid",
    "email",
    "token",
    "path",
    "filename",
    "page_url",
    "next",
]
VALUES = ("1", "x", "POST", "javascript", "https://evil.example", "ani@example.org", "es", "../..")


@pytest.fixture(scope="module")
def one_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for every try: what one leaves behind, the next must not see."""
    made = make_site(Path(tmp_path_factory.mktemp("site")))
    yield made
    made.database.dispose()


def _clean(text: str) -> str:
    # The form's own seal, and the time in a figure, belong to no visitor.
    text = re.sub(r'name="token"[^>]*value="[^"]*"', "", text)
    return re.sub(r'"updated":"[^"]*"|<updated>[^<]*</updated>', "", text)


def _answer(site: Site, path: str, **options: Any) -> str:
    site.app.extensions["pages"].forget()
    response = site.client.open(path, **options)
    assert response.status_code in {200, 302, 304, 404}
    return _clean(response.data.decode("utf-8", "replace"))


def _has_policy(response: TestResponse) -> bool:
    """True for a page with a Content-Security-Policy, and for a part of one, which needs none."""
    is_part = response.content_type.startswith(("text/css", "text/javascript"))
    return is_part or bool(response.headers["Content-Security-Policy"])


@pytest.mark.parametrize("path", PAGES)
def test_what_an_address_carries_along_reaches_no_shared_answer(one_site: Site, path: str) -> None:
    clean = _answer(one_site, path)
    one_site.app.extensions["pages"].forget()

    one_site.client.get(path, query_string="fbclid=IwAR0123&email=ani@example.org&lang=xx")
    after = _clean(one_site.client.get(path).data.decode("utf-8", "replace"))

    assert after == clean
    assert "IwAR0123" not in after


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_taken_for_an_instruction(one_site: Site, path: str, name: str) -> None:
    for value in VALUES:
        response = one_site.client.get(path, query_string={name: value})

        # Some pages answer 422 to a ZIP that is none.
        assert response.status_code in {200, 302, 404, 422}
        assert b"evil.example" not in response.data.replace(b'value="https://evil.example"', b"")
        assert _has_policy(response)


@settings(max_examples=60, deadline=None)
@given(
    path=st.sampled_from(PAGES),
    query=st.lists(
        st.tuples(
            st.sampled_from(NAMES) | st.text(max_size=8),
            st.sampled_from(VALUES) | st.text(max_size=20),
        ),
        max_size=5,
    ),
    raw=st.binary(max_size=12),
)
def test_no_query_changes_the_next_clean_answer(
    one_site: Site, path: str, query: list[tuple[str, str]], raw: bytes
) -> None:
    clean = _answer(one_site, path)
    one_site.app.extensions["pages"].forget()
    encoded = [(_utf8(name), _utf8(value)) for name, value in query]

    for asked in (encoded, "".join(f"%{byte:02x}" for byte in raw)):
        response = one_site.client.get(path, query_string=asked)
        assert response.status_code in {200, 302, 404, 422}

    assert _clean(one_site.client.get(path).data.decode("utf-8", "replace")) == clean


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", [PETITION, "/privacy", PETITION + "map"])
def test_no_method_leaves_something_in_a_page(one_site: Site, path: str, method: str) -> None:
    clean = _answer(one_site, path)
    one_site.app.extensions["pages"].forget()

    response = one_site.client.open(path, method=method, query_string="email=ani@example.org")

    assert response.status_code in {200, 405}
    assert _clean(one_site.client.get(path).text) == clean


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "javascript", "X-Forwarded-Port": "1"},
        {"X-Forwarded-Prefix": "/evil"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Original-URL": "/organize/", "X-Rewrite-URL": "/organize/"},
        {"Host": "localhost:9999"},
        {"Accept-Language": "es", "Cookie": "lang=es", "Accept": "application/json"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize("path", [PETITION, PETITION + "share", "/c/section-907.json", "/"])
def test_no_header_changes_the_next_clean_answer(
    one_site: Site, path: str, headers: dict[str, str]
) -> None:
    clean = _answer(one_site, path)

    told = _answer(one_site, path, headers=headers)
    after = _clean(one_site.client.get(path).text)

    assert told == clean
    assert after == clean


def test_a_proxy_that_is_trusted_cannot_bring_another_host(tmp_path: Path) -> None:
    site = make_site(tmp_path, trusted_proxies=1)

    response = site.client.get(PETITION, headers={"X-Forwarded-Host": "evil.example"})

    assert response.status_code == 400
    assert "evil" not in response.text
    site.database.dispose()


def test_a_language_link_keeps_what_its_page_named_and_nothing_else(client: FlaskClient) -> None:
    tagged = client.get(PETITION + "?source=union&fbclid=1").text
    by_count = client.get(PETITION + "map?by=count&email=ani@example.org").text
    found = client.get(PETITION + "members?zip=59001&street=1+Main").text

    assert 'href="/c/section-907/?source=union&amp;lang=es"' in tagged
    assert 'href="/c/section-907/map?by=count&amp;lang=es"' in by_count
    assert 'href="/c/section-907/members?zip=59001&amp;lang=es"' in found


def test_an_address_is_led_to_its_own_spelling_and_to_no_other_host(client: FlaskClient) -> None:
    for begin in ("", "//evil.example/..", "//evil.example"):
        response = client.get(f"{begin}/c/section-907?lang=es", headers={"Host": "localhost:9999"})

        place = response.headers.get("Location", "/")
        assert place.startswith("/")
        assert not place.startswith("//")
        assert "9999" not in place


def test_an_address_in_other_letters_is_another_address(client: FlaskClient) -> None:
    assert client.get("/C/section-907/").status_code == 404
    assert client.get("/c/SECTION-907/").status_code == 404
    assert client.get(PETITION).status_code == 200


def test_made_up_tags_do_not_push_out_the_pages_that_people_read() -> None:
    pages = PageCache()
    page = Page.of("A page")
    real = ("petition", "widget", "map")
    for key in real:
        pages.get(key, lambda: page)

    for number in range(400):
        pages.get(("made-up", number), lambda: page, is_variant=True)

    for key in real:
        pages.get(key, lambda: pytest.fail("rendered again"))
    assert pages.size < 400


def test_a_tag_is_a_variant_and_the_widgets_own_is_not(site: Site) -> None:
    pages = site.app.extensions["pages"]

    site.client.get(PETITION)
    site.client.get(PETITION + "embed")
    site.client.get(PETITION + "embed?source=widget")
    assert pages.variants == 0
    site.client.get(PETITION + "?source=made-up")
    site.client.get(PETITION + "embed?source=made-up")

    assert pages.variants == 2


# -- Failures that cannot fail ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/c/%ff/", "/%ff%fe", "/c/section-907/?a=%ff&%zz", "/c/%00/", "/c/a%2e%2e/"]
)
def test_bad_escapes_are_no_fault(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code in {200, 404}
    assert _has_policy(response)


def test_an_endless_address_is_refused_with_a_page(client: FlaskClient) -> None:
    response = client.get(PETITION + "?a=" + "x" * LONGEST_QUERY)

    assert response.status_code == 414
    assert "<h1>" in response.text
    assert _has_policy(response)


@pytest.mark.parametrize("path", ["/nowhere", "/organize/nowhere", PETITION])
def test_a_failure_whose_page_fails_is_still_a_page(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_templates(site, monkeypatch)

    response = site.client.get(path)

    assert response.status_code in {302, 404, 500}
    _is_a_whole_answer(response.headers, response.text or "<h1>")


def test_a_fault_outside_of_every_page_is_still_a_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> NoReturn:
        raise RuntimeError("ani@example.org")

    monkeypatch.setattr(site.app, "request_context", broken)

    response = site.client.get(PETITION)

    assert response.status_code == 500
    _is_a_whole_answer(response.headers, response.text)
    assert not site.client.head(PETITION).data


def _break_templates(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise RuntimeError("ani@example.org")

    for module in ("core.error_pages", "petition.petition_page"):
        monkeypatch.setattr(f"campaign.web.{module}.render_template", broken)


def _is_a_whole_answer(headers: object, body: str) -> None:
    assert "<h1>" in body
    assert "ani@example.org" not in body
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cache-Control",
        "Content-Type",
    ):
        assert name in headers  # type: ignore[operator]
