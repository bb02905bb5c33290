"""The demonstration: its banner on every page, and the mail that would have left."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.judging import assert_good
from tests.browser.live import PATIENCE, Site, Watch, running_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("demo")
    with running_site(home, env="demo", smtp_host="") as running:
        yield running


@pytest.fixture
def page(browser: Browser, demo: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=demo.url, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    watch = Watch(urlsplit(demo.url).netloc)
    opened = context.new_page()
    opened.on("request", watch.request)
    opened.on("console", watch.console)
    yield opened
    cookies = context.cookies()
    context.close()
    assert (watch.foreign, watch.complaints, cookies) == ([], [], [])


def test_the_demonstration_is_fit_for_everybody(page: Page) -> None:
    page.goto("/c/section-907/")
    expect(page.get_by_role("complementary", name="Demonstration")).to_be_visible()

    assert_good(page)


def test_the_mail_that_stays_here_can_be_read_and_followed(page: Page, demo: Site) -> None:
    page.goto("/demo/outbox")
    expect(page.locator(".notice")).to_contain_text("No emails yet")
    assert_good(page)
    demo.queue("a.very.long.address.that.no.line.of.a.small.phone.can.hold@example.org")
    demo.send_mail()

    page.goto("/demo/outbox")

    assert_good(page)
    page.locator(".mail-text a[href*='/confirm/']").first.click()
    expect(page.get_by_role("button", name="Confirm my signature")).to_be_visible()
