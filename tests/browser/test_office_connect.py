"""Connect in a real browser: fit for everybody, and done without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import enter
from tests.browser.office_connect import CONNECT, STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_connect_is_fit_for_everybody(
    kept_organize_page: OpenPage, site: Site, state: str
) -> None:
    page = kept_organize_page()
    STATES[state](page, site)

    assert_good(page)


def test_a_webhook_is_added_and_tried_out_without_a_script(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    enter(page, site)
    page.goto(CONNECT)

    page.get_by_text("Add a webhook", exact=True).click()
    page.get_by_label("URL", exact=True).fill("https://hooks.example.org/in")
    click_and_load(page.get_by_role("button", name="Add the webhook"))
    expect(page.locator(".shown-once")).to_contain_text("whsec_")
    click_and_load(page.get_by_role("link", name="I have copied it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Webhook")
    assert "whsec_" not in page.content()
    page.get_by_role("button", name="Send a test").click()

    expect(page.get_by_role("status")).to_contain_text("The test is being sent")
