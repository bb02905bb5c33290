"""Longer words and another alphabet: every page fits its window in each language."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_axe_finds_nothing, assert_fits
from tests.browser.live import Site
from tests.browser.navigation import click_and_load

pytestmark = pytest.mark.browser

#: The rules of axe that look at languages; the others hold whatever the words are.
_RULES = ("html-has-lang", "html-lang-valid", "valid-lang", "document-title", "link-name", "label")

_PATHS = (
    "/",
    "/c/section-907/",
    "/c/asking/",
    "/c/closed/",
    "/c/section-907/signed",
    "/c/section-907/members",
    "/c/section-907/members?zip=10011",
    "/c/section-907/call/D000618",
    "/c/section-907/write",
    "/c/section-907/facts",
    "/c/section-907/map",
    "/c/section-907/map/CA",
    "/c/section-907/d/CA-30",
    "/c/section-907/share",
    "/c/section-907/updates",
    "/c/section-907/embed",
    "/privacy",
    "/accessibility",
    "/confirm/no-such-token",
)


@pytest.mark.parametrize("language", ["es", "hy"])
@pytest.mark.parametrize("path", _PATHS)
def test_a_page_fits_in_every_language(kept_page: OpenPage, path: str, language: str) -> None:
    page = kept_page()
    page.goto(in_language(path, language))
    expect(page.locator("html")).to_have_attribute("lang", language)

    assert_axe_finds_nothing(page, {"type": "rule", "values": _RULES})
    assert_fits(page)


@pytest.mark.parametrize("language", ["es", "hy"])
def test_what_a_signer_meets_fits_in_every_language(
    kept_page: OpenPage, site: Site, language: str
) -> None:
    page = kept_page()
    page.goto(in_language("/c/section-907/", language))
    click_and_load(page.locator("form[data-once] button"))
    expect(page.locator("#error-summary")).to_be_visible()
    fits(page, language)

    email = f"{language}@example.org"
    page.goto(in_language(site.sign(email), language))
    fits(page, language)
    click_and_load(page.locator("main form button").first)
    fits(page, language)
    own = site.mailed_link(email, "/me")
    for path in (own, f"{own}/withdraw", f"{own}/erase", site.mailed_link(email, "/unsubscribe")):
        page.goto(in_language(path, language))
        fits(page, language)


def fits(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert_fits(page)


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"
