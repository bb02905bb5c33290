"""A campaign's rooms in a real browser: fit for everybody, by keyboard and without a script."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, enter
from tests.browser.office_rooms import ROOMS, fill, write_update

pytestmark = pytest.mark.browser

_FOCUSED = """() => {
    const here = document.activeElement;
    return here === document.body ? -1 : [...document.querySelectorAll("*")].indexOf(here);
}"""


@pytest.mark.parametrize("state", ROOMS)
def test_a_room_is_fit_for_everybody(kept_organize_page: OpenPage, site: Site, state: str) -> None:
    page = kept_organize_page()
    ROOMS[state](page, site)

    assert_good(page)


@pytest.mark.parametrize("room", ["", "signers?state=WY", "updates/new", "exports", "deliver"])
def test_tab_walks_through_a_room_in_its_order_and_out_of_it(
    organize_page: OpenPage, site: Site, room: str
) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900})
    fill(site)
    enter(page, site)
    page.goto(f"{HOME}{room}")

    walked = _walk(page)

    assert len(walked) > 20
    assert walked == sorted(set(walked))


def _walk(page: Page) -> list[int]:
    """Press Tab until it leaves the page; return where it stopped, by the order of the document.

    The parts of a date are stops of their own in one element.
    """
    walked: list[int] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        place = page.evaluate(_FOCUSED)
        if place == -1 and walked:
            return walked
        if place != -1 and walked[-1:] != [place]:
            walked.append(place)
    raise AssertionError("Tab does not leave the page.")


def test_a_signer_is_found_struck_and_put_back_without_a_script(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    fill(site)
    enter(page, site)
    page.goto(f"{HOME}signers")

    page.get_by_label("Name, email or ZIP").fill("signer9@example.org")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text("1 found")
    assert "example.org" not in page.url
    page.locator("tbody th a").click()
    page.get_by_label("Why it is not a real signature").fill("asked by phone")
    page.get_by_role("button", name="Strike").click()
    expect(page.locator(".facts")).to_contain_text("asked by phone")
    page.get_by_role("button", name="Restore").click()

    expect(page.locator(".facts .tag")).to_have_text("counts")
    expect(page.locator(".history")).to_contain_text("restored a signature by Nare Organizer")


def test_a_draft_is_written_and_deleted_only_once_it_is_said_for_certain(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    fill(site)
    enter(page, site)
    write_update(page)
    expect(page.get_by_role("status")).to_contain_text("recipients")

    click_and_load(page.get_by_role("button", name="Delete the draft"))
    click_and_load(page.get_by_role("link", name="No, go back"))
    expect(page.get_by_label("Subject")).to_have_value("A hearing is set")
    click_and_load(page.get_by_role("button", name="Delete the draft"))
    click_and_load(page.get_by_role("button", name="Delete the draft"))

    expect(page.locator(".notice-good")).to_have_text("The draft has been deleted.")
