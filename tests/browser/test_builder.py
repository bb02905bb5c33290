"""The letter builder at work: letters that follow typing, changes by hand, and both without JS."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from campaign.store.models import letters as kept_letters
from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.pages import AT_HOME, TWO_STATES, fill_letter, make_letters, open_choice

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
    open_choice(page, "Letters to")
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
    fill_letter(page)
    make_letters(page)

    with page.expect_response(re.compile("/write/taken$")) as answer:
        page.locator(".written:not([hidden]) [data-print]").click()

    assert answer.value.status == 204
    with site.database.reading() as connection:
        offices = set(connection.scalars(sa.select(kept_letters.c.office)))
    assert "D000618" in offices


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_the_form_is_short_on_a_phone_and_for_the_keyboard(
    open_page: OpenPage, language: str
) -> None:
    page = open_page(viewport={"width": 360, "height": 640})
    page.goto(f"/c/section-907/write?lang={language}")

    form = page.locator("#made").bounding_box()
    button = page.locator("#made button[value=preview]").bounding_box()
    assert form is not None
    assert button is not None
    assert button["y"] - form["y"] <= 900
    page.locator("#zip").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "preview":
            break
    assert page.evaluate("document.activeElement.value") == "preview"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_is_folded_says_what_is_chosen_and_keeps_it(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts)
    fill_letter(page, {**AT_HOME, "zip": "1"})
    page.locator("#prompt-0").check()
    open_choice(page, "Points to make")
    page.get_by_label("There was one road").check()
    open_choice(page, "Length and mailing")
    page.get_by_label("Brief: your words").check()

    make_letters(page)

    expect(page.locator("#error-summary")).to_be_focused()
    lines = page.locator(".choice > summary")
    expect(lines.nth(1)).to_contain_text("There was one road")
    expect(lines.nth(2)).to_contain_text("Brief")
    expect(page.locator("#prompt-0")).to_be_checked()
    expect(page.locator("[data-help='0']")).to_be_visible()
    expect(page.locator("[data-help='1']")).to_be_hidden()
    expect(page.locator("#personal")).to_have_value(AT_HOME["personal"])


def test_the_lines_and_the_counter_follow_what_is_chosen_and_typed(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)
    expect(page.locator(".counter")).to_have_text("14 words")
    page.locator("#personal").fill("One")
    expect(page.locator(".counter")).to_have_text("1 word")

    open_choice(page, "Points to make")
    page.get_by_label("There was one road").check()
    open_choice(page, "Points to make")
    expect(page.locator(".choice-made").nth(1)).to_have_text("There was one road")
    open_choice(page, "Points to make")
    page.get_by_label("There was one road").uncheck()
    open_choice(page, "Points to make")
    expect(page.locator(".choice-made").nth(1)).to_have_text(
        "Three that differ from letter to letter"
    )


def test_a_zip_of_two_states_asks_for_the_state(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    fill_letter(page, {**AT_HOME, "zip": TWO_STATES, "city": "Pawtucket"})
    expect(page.locator("#state")).to_have_count(0)
    make_letters(page)

    page.get_by_label("State", exact=True).select_option("RI")
    make_letters(page)

    expect(page.locator(".letter").first).to_contain_text(f"Pawtucket, RI {TWO_STATES}")


def test_a_letter_without_own_words_says_whose_wording_it_is(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page, {**AT_HOME, "personal": ""})
    make_letters(page)
    ours = page.get_by_text("All of this is our wording.").first
    expect(ours).to_be_visible()

    page.get_by_role("link", name="Add your words").first.click()
    page.locator("#personal").fill("My grandmother was born in Shushi.")

    expect(page.locator(".written:not([hidden]) .letter-own")).to_be_visible()
    expect(ours).to_be_hidden()


@pytest.mark.parametrize(
    ("width", "first"),
    [(360, "With the form"), (1280, "On paper")],
    ids=["on a phone the form comes first", "on a desk paper does"],
)
def test_channels_come_in_the_order_of_the_device(
    open_page: OpenPage, width: int, first: str
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    fill_letter(page)
    make_letters(page)

    ways = page.locator(".written:not([hidden]) .channel").all()

    def top(way: Locator) -> float:
        box = way.bounding_box()
        assert box is not None
        return box["y"]

    highest = min(ways, key=top)
    expect(highest.get_by_role("heading").first).to_contain_text(first)
