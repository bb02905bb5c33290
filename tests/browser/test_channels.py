"""The channels of a letter: copy a field, mark what came of it, with scripts and without."""

import re
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from campaign.petition.contact_reports import Figure, figures
from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.pages import fill_letter, make_letters

pytestmark = pytest.mark.browser

SENATOR = "D000618"


def counted(site: Site, source: str) -> dict[str, int]:
    """How often each outcome was marked for the senator so far."""
    with site.database.reading() as connection:
        found: tuple[Figure, ...] = figures(connection, "section-907")
    return {each.outcome: each.count for each in found if each.member == SENATOR and source}


def open_ways(page: Page, *titles: str) -> None:
    """Make letters, and open these ways under the first."""
    fill_letter(page)
    make_letters(page)
    for title in titles:
        page.locator(f"#to-{SENATOR} summary").filter(has_text=title).first.click()


def test_each_field_of_a_form_is_copied_by_its_button(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    open_ways(page, "With the form on the member's website")
    pasted = "navigator.clipboard.readText()"

    for label, expected in (
        ("First name", "Ani"),
        ("Street address", "12 Main Street"),
        ("ZIP code", "59601"),
    ):
        button = page.locator(f"#to-{SENATOR}").get_by_role(
            "button", name=re.compile(f"^Copy ?: {label}$")
        )
        button.click()

        expect(page.locator(f"#to-{SENATOR} button", has_text="Copied")).to_have_count(1)
        assert page.evaluate(pasted) == expected
        expect(button).to_be_visible()  # it says "Copy" again, a moment later

    page.locator(f"#to-{SENATOR}").get_by_role(
        "button", name=re.compile("^Copy ?: Message")
    ).click()
    expect(page.locator(f"#to-{SENATOR} button", has_text="Copied")).to_have_count(1)
    message = page.evaluate(pasted)
    assert message.startswith("Dear Senator Daines:\n\n")
    assert message.endswith("\nAni Petrosyan")


def test_without_scripts_every_field_can_be_selected(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    open_ways(page, "With the form on the member's website")

    senator = page.locator(f"#to-{SENATOR}")
    expect(senator.get_by_label("Street address")).to_have_value("12 Main Street")
    expect(senator.get_by_label("Street address")).not_to_be_editable()
    expect(senator.get_by_role("button", name=re.compile("^Copy"))).to_have_count(0)
    expect(senator.get_by_role("link", name="Open the form")).to_have_attribute("target", "_blank")


def test_an_outcome_is_marked_without_leaving_the_letters(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    before = counted(site, "write").get("voicemail", 0)
    open_ways(page, "By phone")
    address = page.url

    page.locator(f"#to-{SENATOR}").get_by_role("button", name="I left a message").click()

    status = page.locator(f"#to-{SENATOR} [data-mark-status]").filter(has_text="Counted.")
    expect(status).to_be_visible()
    assert page.url == address
    assert counted(site, "write")["voicemail"] == before + 1
    with page.expect_popup() as next_page:
        status.get_by_role("link").click()
    expect(next_page.value.get_by_role("heading", level=1)).to_have_text("Counted, thank you")


def test_without_scripts_an_outcome_opens_a_page_of_thanks_and_the_letters_stay(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(java_script_enabled=False)
    before = counted(site, "write").get("posted", 0)
    open_ways(page)

    with page.expect_popup() as thanks:
        page.locator(f"#to-{SENATOR}").get_by_role("button", name="I mailed it").click()

    expect(thanks.value.get_by_role("heading", level=1)).to_have_text("Counted, thank you")
    expect(page.locator(".letter").first).to_contain_text("Dear Senator Daines:")
    assert counted(site, "write")["posted"] == before + 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_call_is_marked_and_a_reminder_saved(
    open_page: OpenPage, site: Site, tmp_path: Path, scripts: bool
) -> None:
    page = open_page(java_script_enabled=scripts, accept_downloads=True)
    before = counted(site, "call").get("contact", 0)
    page.goto(f"/c/section-907/call/{SENATOR}")

    page.get_by_label("Which office did you call?").select_option("Helena, MT")
    page.get_by_role("button", name="I talked to a person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Counted, thank you")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the reminder").click()

    assert counted(site, "call")["contact"] == before + 1
    saved = tmp_path / "follow-up.ics"
    download.value.save_as(saved)
    (event,) = Calendar.from_ical(saved.read_bytes()).events
    assert str(event["summary"]).startswith("Follow up with Senator Daines")


def test_the_page_to_print_has_a_sheet_a_letter_in_its_own_style(open_page: OpenPage) -> None:
    page = open_page()
    fill_letter(page)
    make_letters(page)

    with page.expect_popup() as printed:
        page.locator(f"#to-{SENATOR}").get_by_role("button", name="Page to print").click()

    sheet = printed.value
    expect(sheet.get_by_role("article")).to_have_count(1)
    # The embedded style is let through by the page's own policy.
    assert (
        sheet.evaluate("getComputedStyle(document.querySelector('address')).fontStyle") == "normal"
    )
    assert sheet.evaluate("getComputedStyle(document.body).maxWidth") != "none"


def test_the_office_chosen_is_the_one_in_the_letter(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    fill_letter(page)
    make_letters(page)
    senator = page.locator(f"#to-{SENATOR}")

    senator.get_by_label("Office to send it to").select_option("D000618-missoula")
    senator.get_by_role("button", name="Use this office").click()

    expect(senator.locator(".letter")).to_contain_text("Missoula, MT 59802")
    expect(senator.get_by_label("Office to send it to")).to_have_value("D000618-missoula")


def test_a_letter_to_the_editor_is_drafted_from_the_letters(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    fill_letter(page)
    make_letters(page)

    page.get_by_role("button", name="Draft a letter to the editor").click()
    expect(page.get_by_label("City")).to_have_value("Helena")
    page.get_by_role("button", name="Draft my letter").click()

    expect(page.locator(".draft")).to_contain_text("My grandmother was born in Shushi.")
    expect(page.get_by_text("words. Newspapers print up to 200.")).to_be_visible()
