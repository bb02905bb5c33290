"""The exports in a real browser: fit for everybody, counted while one chooses."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office_exports import EXPORTS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", EXPORTS)
def test_a_page_of_exports_is_fit_for_everybody(
    kept_organize_page: OpenPage, site: Site, state: str
) -> None:
    page = kept_organize_page()
    EXPORTS[state](page, site)

    assert_good(page)


def test_who_would_leave_is_counted_while_one_chooses(organize_page: OpenPage, site: Site) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    EXPORTS["exports"](page, site)
    page.get_by_label("Purpose").fill("A letter")

    page.get_by_label("Mailchimp").check()
    page.get_by_label("State").select_option("CA")

    expect(page.get_by_role("heading", name="10 signers, 3 opted in")).to_be_visible()
    expect(page.get_by_role("button", name="Download 3 signers")).to_be_visible()
    expect(page.get_by_label("Purpose")).to_have_value("A letter")
    assert "preset=mailchimp&state=CA" in page.url


def test_without_a_script_a_button_counts(organize_page: OpenPage, site: Site) -> None:
    page = organize_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    EXPORTS["exports"](page, site)

    page.get_by_label("Mailchimp").check()
    click_and_load(page.get_by_role("button", name="Count"))

    expect(page.get_by_role("button", name="Download")).to_be_visible()
    assert "preset=mailchimp" in page.url
