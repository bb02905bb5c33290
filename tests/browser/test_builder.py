"""The letter builder at work: letters that follow typing, changes by hand, and both without JS."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from campaign.store.models import letters as kept_letters
from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.pages import fill_letter, make_letters

pytestmark = pytest.mark.browser


def shown_letter(page: Page) -> str:
    """The words of the letter whose tab is open."""
    return page.locator(".written:not([hidden]) .letter").inner_text()


def open_by_hand(page: Page) -> None:
    page.locator(".written:not([hidden]) .edit summary").click()


def test_letters_appear_and_follow_typing(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)

    expect(page.get_by_role("tab")).to_have_count(3)
    page.get_by_role("tab").nth(1).click()
    page.locator("#personal").fill("Another reason altogether.")

    letter = page.locator(".written:not([hidden]) .letter")
    expect(letter).to_contain_text("Another reason altogether.")
    page.locator("#personal").fill("And one more, which comes in its place.")
    expect(letter).to_contain_text("And one more, which comes in its place.")
    expect(letter).not_to_contain_text("Another reason altogether.")
    # The tab that was open stays so, and nothing was sent anywhere by an address.
    expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    assert page.url.endswith("/c/section-907/write")

    page.locator("#zip").fill("123")

    expect(page.locator("#letters-status")).to_contain_text("do not include your last change")


def test_what_is_typed_into_a_letter_is_shown_and_never_taken_away(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)
    expect(page.get_by_role("tab")).to_have_count(3)
    open_by_hand(page)
    field = page.locator(".written:not([hidden]) .edit-text")

    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\nOne line more, by hand.")

    letter = page.locator(".written:not([hidden]) .letter")
    expect(letter).to_contain_text("One line more, by hand.")
    expect(field).to_be_focused()

    # It stays while another recipient joins, and when the button makes the letters anew.
    page.get_by_label("The President").check()
    expect(page.get_by_role("tab")).to_have_count(4)
    page.locator("#personal").fill("Another reason altogether.")
    make_letters(page)

    expect(letter).to_contain_text("One line more, by hand.")
    page.get_by_role("tab").nth(1).click()
    expect(letter).to_contain_text("Another reason altogether.")
    page.get_by_role("tab").nth(0).click()
    page.get_by_role("button", name=re.compile("^Undo my edits")).click()
    expect(letter).to_contain_text("Another reason altogether.")


def test_without_scripts_changes_by_hand_are_kept_too(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    fill_letter(page)
    make_letters(page)
    page.locator(".edit summary").first.click()
    field = page.locator(".edit-text").first

    field.fill(field.input_value() + "\n\nOne line more, by hand.")
    # Not "show it": any button of the page takes the change along.
    page.locator("#personal").fill("Another reason altogether.")
    make_letters(page)

    written = page.locator(".letter").all_inner_texts()
    assert "One line more, by hand." in written[0]
    assert "Another reason altogether." in written[1]


def test_a_letter_that_the_browser_prints_is_noted_by_fingerprint(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    page.add_init_script("window.print = () => {}")
    fill_letter(page, state="MT")
    make_letters(page)

    with page.expect_response(re.compile("/write/taken$")) as answer:
        page.locator(".written:not([hidden]) [data-print]").click()

    assert answer.value.status == 204
    with site.database.reading() as connection:
        offices = set(connection.scalars(sa.select(kept_letters.c.office)))
    assert "D000618" in offices
