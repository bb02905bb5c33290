"""A real browser before the real site; every page it opens is watched."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Cookie, Page, expect, sync_playwright

from tests.browser.kept import KeptPages
from tests.browser.live import FLAGS, PATIENCE, Site, Watch, running_site

#: Opens a fresh, watched page; takes the options of a Playwright context.
OpenPage = Callable[..., Page]

# To wait longer costs nothing where all is well, and a busy machine fails no test.
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI must not skip the browser tests.")
        pytest.skip("Chromium is not installed.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("home")) as running:
        yield running


@contextmanager
def _watched(browser: Browser, site: Site) -> Iterator[tuple[OpenPage, list[BrowserContext]]]:
    """Open watched pages: no request to another host, no error on the console."""
    contexts: list[BrowserContext] = []
    watch = Watch(urlsplit(site.url).netloc)

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield make, contexts

    for context in contexts:
        context.close()
    watch.assert_nothing_seen()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open watched pages of the public site: beside what is watched, they set no cookie."""
    with _watched(browser, site) as (make, contexts):
        yield make
        cookies = [cookie for context in contexts for cookie in context.cookies()]
    _assert_no_cookie(cookies)


@pytest.fixture
def organize_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open watched pages of the back office: their one cookie is closed to scripts."""
    with _watched(browser, site) as (make, contexts):
        yield make
        cookies = [cookie for context in contexts for cookie in context.cookies()]
    _assert_one_closed_cookie(cookies)


@pytest.fixture(scope="module")
def _kept(browser: Browser, site: Site) -> Iterator[KeptPages]:
    kept = KeptPages(browser, site)
    yield kept
    kept.close()


@pytest.fixture
def kept_page(_kept: KeptPages) -> Iterator[OpenPage]:
    """Open the watched page that the tests of a file share, as new: they set no cookie."""
    yield _kept.open
    _assert_no_cookie(_kept.leave())


@pytest.fixture
def kept_organize_page(_kept: KeptPages) -> Iterator[OpenPage]:
    """Open the watched page that the tests of a file share, as new, for the back office."""
    yield _kept.open
    _assert_one_closed_cookie(_kept.leave())


def _assert_no_cookie(cookies: Sequence[Cookie]) -> None:
    assert cookies == []


def _assert_one_closed_cookie(cookies: Sequence[Cookie]) -> None:
    assert {cookie["name"] for cookie in cookies} <= {"campaign"}
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
