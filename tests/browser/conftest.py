"""A real browser before the real site; every page it opens is watched."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.live import FLAGS, Site, Watch, running_site

#: Opens a fresh, watched page; takes the options of a Playwright context.
OpenPage = Callable[..., Page]


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
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", watch.request)
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        return page

    yield make, contexts

    for context in contexts:
        context.close()
    assert watch.foreign == []
    assert watch.complaints == []


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open watched pages of the public site: beside what is watched, they set no cookie."""
    with _watched(browser, site) as (make, contexts):
        yield make
        cookies = [cookie for context in contexts for cookie in context.cookies()]
    assert cookies == []


@pytest.fixture
def organize_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open watched pages of the back office: their one cookie is closed to scripts."""
    with _watched(browser, site) as (make, contexts):
        yield make
        cookies = [cookie for context in contexts for cookie in context.cookies()]
    assert {cookie["name"] for cookie in cookies} <= {"campaign"}
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
