"""The volunteers' pages in a real browser: fit for everybody, and a table goes all the way."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.office import enter
from tests.browser.office_batch import BATCHES, hand_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", BATCHES)
def test_a_volunteers_page_is_fit_for_everybody(
    kept_organize_page: OpenPage, site: Site, state: str
) -> None:
    page = kept_organize_page()
    BATCHES[state](page, site)

    assert_good(page)


@pytest.mark.parametrize("width", [360, 320])
def test_a_checked_table_fits_a_telephone(organize_page: OpenPage, site: Site, width: int) -> None:
    page = organize_page(color_scheme="dark", viewport={"width": width, "height": 740})
    enter(page, site, "volunteer")
    hand_in(page)

    assert_good(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_a_table_is_handed_in_checked_and_queued_without_a_script(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page(java_script_enabled=False)
    enter(page, site, "volunteer")
    hand_in(page)
    expect(page.get_by_role("status")).to_contain_text(
        "5 letters by 2 people. 1 letter to the House needs a district. 1 line left out."
    )

    page.get_by_role("button", name="Make 5 letters").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Letters for many")
    expect(page.get_by_role("status")).to_be_visible()
