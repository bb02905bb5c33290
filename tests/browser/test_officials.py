"""Pages about officials outside Congress: fit for everybody, and called by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.officials import CITY, OFFICE, STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_a_page_about_officials_is_fit_for_everybody(
    open_page: OpenPage, site: Site, state: str
) -> None:
    page = open_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    STATES[state](page, site)

    assert_good(page)


@pytest.mark.parametrize("state", OFFICE)
def test_the_scoreboard_of_officials_is_fit_for_everybody(
    organize_page: OpenPage, site: Site, state: str
) -> None:
    page = organize_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    OFFICE[state](page, site)

    assert_good(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_officials_are_called_one_after_the_other_by_keyboard(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    page.goto(f"{CITY}call")
    _reach(page, "input#zip")
    page.keyboard.type("59601")
    _press_enter(page)

    for name in ("Mayor Jo Doe", "Helena City Council", "Governor Al Roe"):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Call {name}")
        _reach(page, "button[value=voicemail]")
        _press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Call the Secretary of the Treasury")
    _reach(page, "button[value=no-answer]")
    _press_enter(page)

    expect(page.locator("main")).to_contain_text("That was the last of your 4 calls.")
    expect(page.locator("main")).to_contain_text("Try this office again later.")
    expect(page.locator("main")).not_to_contain_text("member")


def _reach(page: Page, selector: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def _press_enter(page: Page) -> None:
    with page.expect_event("load"):
        page.keyboard.press("Enter")
