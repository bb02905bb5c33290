"""The petition as a person first meets it: at once, in its own letters, with the form in sight."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_axe_finds_nothing, cut_off
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.pages import fill_petition, sign

pytestmark = pytest.mark.browser

PETITION = "/c/section-907/"
PHONE = {"width": 360, "height": 640}
LANGUAGES = {"en": PETITION, "es": f"{PETITION}?lang=es", "hy": f"{PETITION}?lang=hy"}

#: What 1.6 Mbit/s are in bytes a second, and how much slower than this machine a phone is.
BYTES_A_SECOND, TIMES_SLOWER = 200_000, 4
#: Seconds until the largest text of the first screen is shown.
LONGEST_WAIT = 1.0

_WATCH = """() => {
    window.shifts = [];
    new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(one => one.value)))
        .observe({ type: "layout-shift", buffered: true });
}"""
_LARGEST = """() => new Promise(shown => new PerformanceObserver(
    list => shown(list.getEntries().at(-1).element.tagName)
).observe({ type: "largest-contentful-paint", buffered: true }))"""


@contextmanager
def slow_phone(page: Page) -> Iterator[CDPSession]:
    """Slow the page down as a phone on a slow network is."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    network: dict[str, Any] = {"offline": False, "latency": 0, "uploadThroughput": BYTES_A_SECOND}
    session.send(
        "Network.emulateNetworkConditions", {**network, "downloadThroughput": BYTES_A_SECOND}
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    yield session
    session.detach()


class Costs:
    """What a page costs a browser until its text is shown, whatever else the machine does.

    The processor's time is that of the page's own thread, so other programs do not count in it;
    bytes are those of the document and of its style sheets, for which the first paint waits.
    """

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._session.send("Network.enable")
        self._needed: set[str] = set()
        self._bytes: list[int] = []
        self._session.on("Network.responseReceived", self._note)
        self._session.on("Network.loadingFinished", self._count)

    def _note(self, event: dict[str, Any]) -> None:
        if event["type"] in {"Document", "Stylesheet"}:
            self._needed.add(event["requestId"])

    def _count(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._needed:
            self._bytes.append(event["encodedDataLength"])

    def seconds(self) -> float:
        """The time until text is shown on a phone of that speed and network."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        (busy,) = (one["value"] for one in metrics if one["name"] == "TaskDuration")
        return float(busy * TIMES_SLOWER + sum(self._bytes) / BYTES_A_SECOND)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headline_and_first_field_are_on_the_first_screen_of_a_phone(
    open_page: OpenPage, site: Site, language: str
) -> None:
    site.confirm(f"first.{language}@example.org")
    page = open_page(viewport=PHONE)

    page.goto(LANGUAGES[language])

    for selector in ("h1", "#first_name"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert 0 <= box["y"] < box["y"] + box["height"] <= PHONE["height"], (selector, box)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_shows_within_a_second_on_a_slow_phone(
    open_page: OpenPage, site: Site, language: str
) -> None:
    """Before fonts and scripts arrive, which are held back here: text waits for neither."""
    site.confirm(f"waits.{language}@example.org")
    page = open_page(viewport=PHONE)
    held_back: list[Route] = []
    page.route(re.compile(r"\.(woff2|js)$"), lambda route: held_back.append(route))
    costs = Costs(page)

    page.goto(LANGUAGES[language], wait_until="commit")
    largest = page.evaluate(_LARGEST)
    waited = costs.seconds()

    assert largest in {"H1", "P"}
    assert len(held_back) >= 3
    assert 0.05 < waited < LONGEST_WAIT
    for route in held_back:
        route.continue_()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_moves_while_fonts_arrive(
    open_page: OpenPage, site: Site, language: str, viewport: dict[str, int]
) -> None:
    site.confirm(f"slow.{language}.{viewport['width']}@example.org")
    page = open_page(viewport=viewport)
    page.add_init_script(f"({_WATCH})()")

    with slow_phone(page):
        page.goto(LANGUAGES[language], wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => true)")

        assert sum(page.evaluate("window.shifts")) < 0.001


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_set_in_the_fonts_of_the_site(open_page: OpenPage, language: str) -> None:
    """What the browser says it drew the headline, the petition and the labels with."""
    page = open_page()
    page.goto(LANGUAGES[language], wait_until="networkidle")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]

    for selector in ("h1", ".document-text p:last-child", "label[for=first_name]"):
        found = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})["fonts"]
        assert fonts
        assert all(font["isCustomFont"] for font in fonts), (selector, fonts)


def test_armenian_letters_are_loaded_only_where_they_are_used(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(PETITION, wait_until="networkidle")

    assert not [url for url in asked if "armenian" in url or "-more" in url or "italic" in url]


@pytest.mark.parametrize(("locale", "words"), [("es-US", "español"), ("hy-AM", "հայերեն")])
def test_a_browser_in_another_language_gets_one_line_in_it(
    open_page: OpenPage, locale: str, words: str
) -> None:
    page = open_page(locale=locale, viewport=PHONE, color_scheme="light")

    page.goto(PETITION)

    offer = page.locator(".language-offer")
    expect(offer).to_contain_text(words)
    expect(offer).to_have_attribute("lang", locale[:2])
    assert_axe_finds_nothing(page, {"type": "rule", "values": ["color-contrast", "region"]})
    click_and_load(offer.get_by_role("link"))
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    expect(page.locator(".language-offer")).to_have_count(0)


def test_a_browser_in_english_gets_no_such_line(open_page: OpenPage) -> None:
    page = open_page(locale="en-US")

    page.goto(PETITION)

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".language-offer")).to_have_count(0)


def test_after_a_post_the_focus_is_in_sight(open_page: OpenPage, site: Site) -> None:
    """After signing on what happened, and after "change it" on the address."""
    page = open_page(viewport=PHONE, java_script_enabled=True)
    fill_petition(page, "focus@example.org")
    sign(page)
    expect(page.locator(":focus")).to_contain_text("Check your email")
    expect(page.locator(":focus")).to_be_in_viewport()

    click_and_load(page.get_by_role("button", name="Change it"))

    expect(page.locator("#email")).to_be_focused()
    expect(page.locator("#email")).to_be_in_viewport()
    expect(page.locator("#email")).to_have_value("focus@example.org")


def test_the_petition_reflows_at_400_percent(open_page: OpenPage) -> None:
    """A window of 1280 px at 400% has 320 px (WCAG 1.4.10)."""
    page = open_page(viewport={"width": 320, "height": 256})

    for path in LANGUAGES.values():
        page.goto(path)
        assert cut_off(page) == []


def test_ones_own_line_goes_into_every_link(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/c/section-907/share")
    page.locator("#line").fill("My grandmother was born in Shushi. Will you sign with me?")

    click_and_load(page.get_by_role("button", name="Put it into the links"))

    for name in ("Email", "Text message", "WhatsApp"):
        link = page.get_by_role("link", name=name, exact=True)
        assert "grandmother" in (link.get_attribute("href") or "")
    assert "grandmother" not in page.url


def test_a_new_link_can_be_asked_for_when_the_button_says_so(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    page.clock.install()
    fill_petition(page, "counting@example.org")
    sign(page)
    page.get_by_text("No email after a minute?").click()
    button = page.locator("button[value=again]")
    expect(button).to_be_disabled()
    expect(button).to_contain_text(re.compile(r"Send a new link \(in \d+ s\)"))
    assert_axe_finds_nothing(page, {"type": "rule", "values": ["color-contrast", "region"]})

    page.clock.run_for(61_000)

    expect(button).to_be_enabled()
    expect(button).to_have_text("Send a new link")


def test_without_scripts_a_new_link_asked_for_too_early_is_answered_kindly(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(java_script_enabled=False)
    fill_petition(page, "early@example.org")
    sign(page)
    page.get_by_text("No email after a minute?").click()

    click_and_load(page.get_by_role("button", name="Send a new link"))

    expect(page.locator(".notice")).to_contain_text("less than a minute ago")
    expect(page.get_by_role("button", name="Send a new link")).to_be_visible()
