"""Pages of the first days of a new Congress, before and after the data has it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.browser.judging import assert_good
from tests.browser.navigation import click_and_load
from tests.new_congress import JANUARY_4, KEPT_ONE, KEPT_TWO, REDRAWN
from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import PETITION, Site, make_site

pytestmark = pytest.mark.browser


@contextmanager
def _served(site: Site) -> Iterator[str]:
    """Serve a site on a free port, and yield its address."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, next_congress: Path) -> Iterator[Rehearsal]:
    """A site on January 4, 2027 whose data is still of the 119th Congress."""
    site = make_site(tmp_path_factory.mktemp("january"))
    made = Rehearsal(site, next_congress)
    made.at(JANUARY_4)
    yield made
    site.database.dispose()


def _open(browser: Browser, url: str, path: str) -> Page:
    page = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(path)
    return page


def _question(page: Page, five: str) -> None:
    page.goto(PETITION)
    typed = {"first_name": "Ani", "last_name": "Li", "email": "a@example.org", "zip": five}
    for name, text in typed.items():
        page.locator(f"#{name}").fill(text)
    click_and_load(page.locator("form").get_by_role("button", name="Sign the petition"))


def test_pages_of_a_new_congress_are_good(browser: Browser, rehearsal: Rehearsal) -> None:
    with _served(rehearsal.site) as url:
        for five in (KEPT_ONE, KEPT_TWO, REDRAWN):
            page = _open(browser, url, f"{PETITION}members?zip={five}")
            assert page.get_by_text("A new Congress began on January 3, 2027.").is_visible()
            assert page.get_by_role("link", name="Find your representative").is_visible()
            assert_good(page)
            page.context.close()
        page = _open(browser, url, PETITION)
        _question(page, REDRAWN)
        assert page.get_by_role("heading", name="Where do you live?").is_visible()
        assert_good(page)
        page.context.close()


def test_a_person_of_a_state_with_new_lines_finds_their_member(
    browser: Browser, rehearsal: Rehearsal
) -> None:
    with _served(rehearsal.refresh()) as url:
        page = _open(browser, url, f"{PETITION}members?zip={REDRAWN}")
        assert_good(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        # By keyboard: the name that the person knows is a link.
        page.get_by_role("link", name="Texas' 33rd district").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**district=TX-33**")
        assert page.get_by_role("heading", name="Texas' 33rd district").is_visible()
        _question(page, REDRAWN)
        assert_good(page)
        page.context.close()
