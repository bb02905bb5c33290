"""Letters through Congress's electronic system (CWC) in a browser, and what is kept of them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.office import HOME, enter
from tests.browser.pages import PERSONAL

pytestmark = pytest.mark.browser


def test_a_letter_goes_its_whole_way_without_scripts(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    PERSONAL["sending-read"](page, site)

    before = set(site.settings.cwc_folder.glob("*.xml"))
    page.get_by_role("button", name="Send these letters in my name").click()
    expect(page.get_by_text("On its way.").first).to_be_visible()
    site.send_mail()
    page.reload()

    expect(
        page.get_by_text("Not sent. It was saved in a folder on this site's server.")
    ).to_have_count(3)
    assert len(set(site.settings.cwc_folder.glob("*.xml")) - before) == 3


def test_the_organizers_page_is_fit_for_everybody(
    organize_page: OpenPage, open_page: OpenPage, site: Site
) -> None:
    PERSONAL["sending-sent"](open_page(), site)
    page = organize_page(viewport={"width": 1280, "height": 900})
    _electronic(page, site)

    expect(page.get_by_role("row", name="Steve Daines")).to_be_visible()
    assert_good(page)


def _electronic(page: Page, site: Site) -> None:
    enter(page, site, "organizer")
    page.goto(f"{HOME}electronic")
