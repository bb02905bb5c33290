"""The back office in a real browser: fit for every eye, hand and window, without a script too."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import ACCOUNTS, HOME, enter

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", ACCOUNTS)
def test_a_page_about_accounts_is_fit_for_everybody(
    kept_organize_page: OpenPage, site: Site, state: str
) -> None:
    page = kept_organize_page()
    ACCOUNTS[state](page, site)

    assert_good(page)


def test_the_rail_is_walked_by_keyboard(organize_page: OpenPage, site: Site) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    enter(page, site)
    page.goto(HOME)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    audit = page.locator(".office-nav").get_by_role("link", name="Audit")
    for _ in range(40):
        page.keyboard.press("Tab")
        if audit.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site.url}{HOME}audit")
    expect(page.locator(".office-nav [aria-current]")).to_have_text("Audit")


def test_at_360_px_the_rail_is_a_menu_that_needs_no_script(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    enter(page, site)
    page.goto(HOME)

    expect(page.locator(".office-nav")).to_be_hidden()
    link = page.locator(".office-fold").get_by_role("link", name="Accounts")
    expect(link).to_be_hidden()
    page.locator(".office-fold summary").click()
    link.click()

    expect(page).to_have_url(f"{site.url}{HOME}accounts")


def test_one_logs_out_by_the_menu_without_a_script(organize_page: OpenPage, site: Site) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    enter(page, site)

    page.locator(".office-account summary").click()
    click_and_load(page.get_by_role("button", name="Log out"))
    page.goto(HOME)

    expect(page).to_have_url(f"{site.url}/organize/log-in?next={HOME}")


@pytest.mark.parametrize("state", ["accounts", "audit"])
def test_lists_fit_a_phone_without_scrolling_sideways(
    organize_page: OpenPage, site: Site, state: str
) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    ACCOUNTS[state](page, site)
    page.set_viewport_size({"width": 360, "height": 900})

    rows = page.locator(".table tbody tr")

    assert rows.count()
    assert page.evaluate(
        "[...document.querySelectorAll('.table-wrap')]"
        ".every(one => one.scrollWidth <= one.clientWidth)"
    )
