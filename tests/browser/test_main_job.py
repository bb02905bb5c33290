"""The main job, as a person does it: sign, confirm by mail, see one's members, write, print."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.pages import fill_letter, fill_petition, make_letters, sign

pytestmark = pytest.mark.browser


def sign_and_confirm(page: Page, site: Site, email: str) -> None:
    """Sign as a person of Absarokee, Montana, and press the button that the mailed link shows."""
    fill_petition(page, email)
    sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    page.goto(site.mailed_link(email, "/confirm"))
    click_and_load(page.get_by_role("button", name="Confirm my signature"))


def pdf_words(path: Path) -> str:
    """The text of a PDF, as pdftotext reads it, with single spaces."""
    run = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return run.stdout


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_newcomer_signs_confirms_writes_and_prints(
    open_page: OpenPage, site: Site, tmp_path: Path, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts, accept_downloads=True)

    sign_and_confirm(page, site, f"ani.{scripts}@example.org")

    # Thanked, with a number and one's own three members.
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are number")
    cards = page.get_by_role("article")
    expect(cards).to_have_count(3)
    expect(page.get_by_role("button", name=re.compile("^Write to Senator "))).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Write to Representative ")).click()

    # The builder knows what was typed before.
    expect(page.get_by_label("First name", exact=True)).to_have_value("Ani")
    expect(page.get_by_label("ZIP code", exact=True)).to_have_value("59001")
    page.get_by_label("Street address").fill("12 Main Street")
    page.get_by_label("City").fill("Absarokee")
    page.get_by_label("In your own words").fill("My grandmother was born in Shushi.")
    make_letters(page)

    # The letter of the member chosen comes first, with one's own words marked.
    letter = page.locator(".letter").first
    expect(letter).to_contain_text("Dear Representative ")
    expect(letter.locator(".letter-own")).to_have_text("My grandmother was born in Shushi.")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Download the PDF")).first.click()
    saved = tmp_path / "letter.pdf"
    download.value.save_as(saved)
    assert re.fullmatch(r"letter-to-representative-[a-z-]+\.pdf", download.value.suggested_filename)
    words = pdf_words(saved)
    for line in ("Ani Petrosyan", "12 Main Street", "Absarokee, MT 59001", "The Honorable"):
        assert line in words
    assert "My grandmother was born in Shushi." in words

    # Nothing personal has got into an address.
    assert page.url.partition("#")[0] == f"{site.url}/c/section-907/write"


def test_the_preview_and_the_pdf_are_the_same_words(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(accept_downloads=True)
    fill_letter(page)

    make_letters(page)
    shown = page.locator(".letter").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Download the PDF")).first.click()
    saved = tmp_path / "letter.pdf"
    download.value.save_as(saved)

    in_print = squeezed(pdf_words(saved))
    for paragraph in shown.split("\n"):
        assert squeezed(paragraph) in in_print


def squeezed(text: str) -> str:
    """The text without its white space and hyphens, which lines break at."""
    return re.sub(r"[\s\u00ad-]", "", text)


def test_letters_become_tabs_that_arrow_keys_move(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)
    make_letters(page)
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(3)
    expect(page.get_by_role("tabpanel")).to_have_count(1)

    tabs.first.focus()
    page.keyboard.press("ArrowRight")

    expect(tabs.nth(1)).to_be_focused()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name=tabs.nth(1).inner_text())).to_be_visible()


def test_the_letter_is_copied_for_the_members_own_form(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    # The member's own site opens in a new tab; here it must not be asked for anything.
    page.context.route(
        lambda url: not url.startswith(site.url), lambda route: route.fulfill(body="their form")
    )
    fill_letter(page)
    make_letters(page)
    panel = page.get_by_role("tabpanel")
    panel.get_by_text("With the form on the member's website").click()

    with page.context.expect_page():
        panel.get_by_role("link", name=re.compile("^Open the form")).click()
    page.bring_to_front()
    panel.get_by_role("button", name=re.compile("^Copy ?: Message")).click()

    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == panel.get_by_label("Message").input_value().strip()
    assert "Dear Senator" in copied


def test_only_the_letter_is_printed(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)
    make_letters(page)
    expect(page.get_by_role("tabpanel")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.get_by_role("tabpanel").locator(".letter")).to_be_visible()
    for apart in (
        "header.masthead",
        "footer",
        ".builder-form",
        ".button-row >> nth=0",
        ".edit >> nth=0",
    ):
        expect(page.locator(apart)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()


def test_the_whole_job_can_be_done_with_the_keyboard_alone(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    page = open_page(accept_downloads=True)

    page.goto("/c/section-907/")
    for field, value in {
        "#first_name": "Ani",
        "#last_name": "Petrosyan",
        "#email": "keyboard@example.org",
        "#zip": "59601",
    }.items():
        tab_to(page, field)
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    page.goto(site.mailed_link("keyboard@example.org", "/confirm"))
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are number")
    tab_to(page, "article button")
    page.keyboard.press("Enter")

    expect(page.locator("#first_name")).to_have_value("Ani")
    tab_to(page, "#street")
    page.keyboard.type("12 Main Street")
    tab_to(page, "#city")
    page.keyboard.type("Helena")
    tab_to(page, "#personal")
    page.keyboard.type("My own words.")
    tab_to(page, "button[value='preview']")
    page.keyboard.press("Enter")
    expect(page.locator(".letter").first).to_contain_text("My own words.")
    tab_to(page, "button[value^='pdf:']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    saved = tmp_path / "letter.pdf"
    download.value.save_as(saved)
    assert "My own words." in pdf_words(saved)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and check on the way that focus can be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    pytest.fail(f"the keyboard does not reach {selector}")
