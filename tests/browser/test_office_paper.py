"""Paper and delivering in a real browser: fit for everybody, a sheet typed by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.office import HOME, enter
from tests.browser.office_paper import STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_fit_for_everybody(kept_organize_page: OpenPage, site: Site, state: str) -> None:
    page = kept_organize_page()
    STATES[state](page, site)

    assert_good(page)


def test_a_sheet_is_typed_by_keyboard_alone(organize_page: OpenPage, site: Site) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    enter(page, site, "organizer")
    page.goto(f"{HOME}paper")
    page.locator("#first_name-1").focus()

    for word in ("Tigran", "Avetisyan", "59001", ""):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
    expect(page.locator("#first_name-2")).to_be_focused()
    expect(page.locator("[data-row='1'] [data-town]")).to_contain_text("Absarokee, MT")
    for word in ("Tigran", "Avetisyan", "59001"):
        page.keyboard.type(word)
        page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")

    # The second line is the first one's person: one counts, and the other is shown at once.
    expect(page.locator("#error-summary")).to_contain_text("1 entered; 1 to correct")
    page.locator("#namesake-2").select_option("2")
    page.locator("#email-2").press("Control+Enter")
    expect(page.locator(".notice-good")).to_have_text("1 signature entered.")
    expect(page.locator("#first_name-1")).to_be_focused()
    page.keyboard.type("Tigran\nAvetisyan\n59001\n")
    expect(page.locator("#row-1-says")).to_contain_text("counted already")
    expect(page.locator("#namesake-1")).to_be_visible()


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_question_that_comes_up_shifts_nothing_that_is_typed_after_it(
    organize_page: OpenPage, site: Site, key: str
) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    enter(page, site, "organizer")
    page.goto(f"{HOME}paper")
    page.locator("#first_name-1").focus()
    name = f"Simonyan{key}"
    page.keyboard.type(f"Narine\n{name}\n59001\n")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice-good")).to_be_visible()

    rows = [
        ("Narine", name, "59001", ""),
        ("Bo", f"Li{key}", "82001", f"bo.{key}@example.org"),
        ("Narine", name, "59001", f"n.{key}@example.org"),
        ("Cy", f"Ito{key}", "82001", ""),
    ]
    for number, row in enumerate(rows, start=1):
        for field, word in enumerate(row):
            page.keyboard.type(word)
            if field == 2 and row[0] == "Narine":
                # The question is there before the next key is pressed.
                expect(page.locator(f"#namesake-{number}")).to_be_visible()
            page.keyboard.press(key)
        if row[3]:
            # Only where there is an address is the box for updates on the way.
            expect(page.locator(f"#mail_opt_in-{number}")).to_be_focused()
            page.keyboard.press("Space")
            page.keyboard.press(key)

    for number, row in enumerate(rows, start=1):
        assert page.locator(f"#mail_opt_in-{number}").is_checked() == bool(row[3])
        for column, word in zip(("first_name", "last_name", "zip", "email"), row, strict=True):
            expect(page.locator(f"#{column}-{number}")).to_have_value(word)
    expect(page.locator("#first_name-5")).to_be_focused()
    assert_good(page)
    # Past the last line the questions come, and after them the button.
    page.locator("#email-10").focus()
    page.keyboard.press(key)
    expect(page.locator("#namesake-1")).to_be_focused()
    page.keyboard.press(key)
    expect(page.locator("#namesake-3")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#error-summary")).to_contain_text("3 entered; 1 to correct")
