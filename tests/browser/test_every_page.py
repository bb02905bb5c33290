"""Every page in every state: nothing for axe to find, nothing cut off, nothing foreign."""

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.pages import STATES

pytestmark = pytest.mark.browser

#: WCAG 2.2 AA, and axe's best practices, which cost nothing to keep.
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_SMALL_TARGETS = """() =>
    [...document.querySelectorAll("button, a.button, summary, input, select, textarea")]
        .filter(element => element.checkVisibility() && !element.closest(".aside-field"))
        .filter(element => !["checkbox", "radio", "hidden"].includes(element.type))
        .filter(element => element.getBoundingClientRect().height < 43.5)
        .map(element => element.outerHTML)"""


@pytest.mark.parametrize("state", STATES)
def test_a_page_is_accessible_by_day_by_night_and_on_a_small_phone(
    open_page: OpenPage, site: Site, state: str
) -> None:
    page = open_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    STATES[state](page, site)

    assert_axe_finds_nothing(page, {"type": "tag", "values": _TAGS})

    page.emulate_media(color_scheme="dark")
    assert_axe_finds_nothing(page, {"type": "rule", "values": ["color-contrast"]})

    page.set_viewport_size({"width": 360, "height": 740})
    assert cut_off(page) <= 0
    assert page.evaluate(_SMALL_TARGETS) == []

    # What a window of 640 px at 200% zoom has to lay a page out in (WCAG 1.4.10).
    page.set_viewport_size({"width": 320, "height": 512})
    assert cut_off(page) <= 0


def assert_axe_finds_nothing(page: Page, run_only: dict[str, str | Sequence[str]]) -> None:
    """Run axe, which is bundled with its package, on the page as it stands."""
    found = Axe().run(page, options={"runOnly": run_only, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def cut_off(page: Page) -> int:
    """How many pixels of the page lie beyond the right edge of the window."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return beyond


def test_axe_would_find_something(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/c/section-907/facts")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    with pytest.raises(AssertionError, match="image-alt"):
        assert_axe_finds_nothing(page, {"type": "tag", "values": _TAGS})
