"""Spreading a petition in a real browser: the widget on another site, copying, the map."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.browser.conftest import OpenPage
from tests.browser.live import PATIENCE, Site
from tests.web.counted import count_in

pytestmark = pytest.mark.browser

PETITION = "/c/section-907/"


@pytest.fixture(scope="module")
def elsewhere(site: Site) -> Iterator[str]:
    """Another site on another origin: its page holds the snippet, or a frame of what is asked."""

    @Request.application
    def answer(request: Request) -> Response:
        framed = request.args.get("frame")
        body = (
            f'<iframe src="{site.url}{framed}" width="600" height="600"></iframe>'
            if framed
            else _snippet(site)
        )
        return Response(f"<!doctype html><title>A blog</title>{body}", content_type="text/html")

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


def _snippet(site: Site) -> str:
    """The two lines that the share page offers, as somebody would paste them."""
    page = requests.get(site.url + PETITION + "share", timeout=10).text
    return unescape(page.split('id="snippet"')[1].split(">", 1)[1].split("</textarea>")[0])


@pytest.fixture
def visitors(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Contexts to look at the other site with; none of them may end up with a cookie."""
    contexts: list[BrowserContext] = []
    yield contexts
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert cookies == []


def visit(browser: Browser, contexts: list[BrowserContext], url: str, scripts: bool = True) -> Page:
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 420, "height": 900}
    )
    context.set_default_timeout(PATIENCE)
    contexts.append(context)
    page = context.new_page()
    page.goto(url)
    return page


def fill(frame: FrameLocator, email: str) -> None:
    for name, text in {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "email": email,
        "zip": "59001",
    }.items():
        frame.locator(f"#{name}").fill(text)
    frame.get_by_role("button", name="Sign the petition").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_visitor_of_another_site_signs_inside_the_widget(
    browser: Browser,
    visitors: list[BrowserContext],
    site: Site,
    elsewhere: str,
    scripts: bool,
) -> None:
    page = visit(browser, visitors, elsewhere, scripts)
    frame = page.frame_locator("iframe")

    fill(frame, "no address")
    expect(frame.locator("#error-summary")).to_contain_text("There is a problem")
    expect(frame.locator("#first_name")).to_have_value("Ani")
    expect(frame.locator("#error-summary")).to_be_focused()
    expect(frame.locator("#error-summary")).to_be_in_viewport()
    frame.locator("#zip").fill("10011")
    frame.locator("#email").fill("split@example.org")
    frame.get_by_role("button", name="Sign the petition").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("two districts")
    frame.get_by_role("button", name="Sign the petition").click()
    expect(frame.locator("#error-summary")).to_be_focused()
    expect(frame.locator("#error-summary")).to_be_in_viewport()
    page.goto(page.url)
    fill(frame, f"widget.{scripts}@example.org")

    expect(frame.get_by_role("heading", level=1)).to_have_text("Check your email")
    assert site.mailed_link(f"widget.{scripts}@example.org", "/confirm")
    assert page.url == elsewhere


def test_the_frame_is_as_high_as_what_is_in_it(
    browser: Browser, visitors: list[BrowserContext], elsewhere: str
) -> None:
    page = visit(browser, visitors, elsewhere)
    frame = page.frame_locator("iframe")
    inside = frame.locator("html")

    page.wait_for_function("document.querySelector('iframe').style.height !== ''")

    height = inside.evaluate("node => Math.ceil(node.getBoundingClientRect().height)")
    assert page.evaluate("document.querySelector('iframe').clientHeight") == height
    assert inside.evaluate("node => node.scrollHeight <= node.clientHeight")


def test_a_frame_that_was_ready_first_is_asked_for_its_height(
    browser: Browser, visitors: list[BrowserContext], elsewhere: str
) -> None:
    page = visit(browser, visitors, elsewhere)
    page.wait_for_function("document.querySelector('iframe').style.height !== ''")
    page.evaluate("document.querySelector('iframe').style.height = ''")

    page.evaluate(
        """() => new Promise((done) => {
            const again = document.createElement("script");
            again.src = document.querySelector("script[src*=embed]").src;
            again.onload = done;
            document.body.append(again);
        })"""
    )

    page.wait_for_function("document.querySelector('iframe').style.height !== ''")


def test_nobody_else_may_set_the_height(
    browser: Browser, visitors: list[BrowserContext], elsewhere: str
) -> None:
    page = visit(browser, visitors, elsewhere)
    page.wait_for_function("document.querySelector('iframe').style.height !== ''")
    before = page.evaluate("document.querySelector('iframe').style.height")

    page.evaluate("window.postMessage({ campaign: 'height', height: 50 }, '*')")
    page.evaluate("new Promise((done) => setTimeout(done, 100))")

    assert page.evaluate("document.querySelector('iframe').style.height") == before


def test_another_site_cannot_frame_the_petition_itself(
    browser: Browser, visitors: list[BrowserContext], elsewhere: str
) -> None:
    page = visit(browser, visitors, f"{elsewhere}?frame={PETITION}")

    assert page.frame_locator("iframe").locator("#email").count() == 0


def test_a_button_copies_the_address_and_the_snippet(open_page: OpenPage, site: Site) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(PETITION + "share")
    buttons = page.get_by_role("button", name="Copy", exact=True)

    buttons.nth(0).click()
    expect(page.get_by_role("status").nth(0)).to_have_text("Copied.")
    address = page.evaluate("navigator.clipboard.readText()")
    buttons.nth(1).click()
    expect(page.get_by_role("status").nth(1)).to_have_text("Copied.")

    assert address == site.url + PETITION + "?source=copy"
    assert page.evaluate("navigator.clipboard.readText()").startswith("<iframe src=")


def test_a_button_hands_the_petition_to_another_app(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.add_init_script("navigator.share = async (data) => { window.shared = data; }")
    page.goto(PETITION)

    page.get_by_role("button", name="Share with another app").click()

    shared = page.evaluate("window.shared")
    assert shared["url"] == site.url + PETITION + "?source=native"
    assert shared["title"] == page.get_by_role("heading", level=1).inner_text().replace("\xa0", " ")
    assert shared["text"]


def test_without_scripts_no_button_promises_what_it_cannot_do(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(PETITION + "share")

    expect(page.get_by_role("button")).to_have_text(["Put it into the links"])  # it sends a form
    expect(page.get_by_label("Or copy the link")).to_be_visible()


def test_the_keyboard_leads_from_a_tile_to_its_state(open_page: OpenPage, site: Site) -> None:
    count_signatures(site)
    page = open_page(viewport={"width": 700, "height": 800})
    page.goto(PETITION + "map")

    page.locator("a.tile", has_text="MT").focus()
    width = page.evaluate(
        "getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth"
    )
    page.keyboard.press("Enter")

    assert width == "4px"
    expect(page.get_by_role("heading", level=1)).to_have_text("Signatures from Montana")


def test_the_keyboard_leads_from_a_shape_to_its_state_and_on_to_a_district(
    open_page: OpenPage, site: Site
) -> None:
    count_signatures(site)
    page = open_page(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    page.goto(PETITION + "map")
    assert not page.locator("a.tile").first.is_visible()

    page.locator("a.place[href$='/map/MT']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Signatures from Montana")

    page.get_by_role("link", name="Montana's 2nd district").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Montana's 2nd district")
    expect(page.get_by_role("link", name="Sign the petition")).to_be_visible()


def test_a_phone_has_the_tiles_in_place_of_the_shapes(open_page: OpenPage, site: Site) -> None:
    count_signatures(site)
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(PETITION + "map")

    assert page.locator("a.tile").first.is_visible()
    assert not page.locator("a.place").first.is_visible()


def test_where_colors_are_forced_patterns_still_tell_the_shades_apart(
    open_page: OpenPage, site: Site
) -> None:
    count_signatures(site)
    page = open_page(viewport={"width": 1280, "height": 800}, forced_colors="active")
    page.goto(PETITION + "map")

    fills = page.eval_on_selector_all(
        "pattern",
        """patterns => patterns.map(pattern => [...pattern.children].map(
            part => part.getAttribute("d") + getComputedStyle(part).fill
                + getComputedStyle(part).fillOpacity).join())""",
    )

    assert len(set(fills)) == 5


def test_a_tile_is_large_enough_for_a_thumb_on_a_small_phone(
    open_page: OpenPage, site: Site
) -> None:
    """24 by 24 CSS pixels (WCAG 2.2, 2.5.8), at 360."""
    count_signatures(site)
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(PETITION + "map")

    sizes = page.eval_on_selector_all(
        "a.tile rect",
        "nodes => nodes.map(n => n.getBoundingClientRect()).map(r => Math.min(r.width, r.height))",
    )

    assert len(sizes) == 56
    assert min(sizes) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def count_signatures(site: Site) -> None:
    count_in(site.database, {"CA-30": 40, "MT-1": 12, "NY-12": 9}, at=datetime.now(UTC))


def test_a_script_alone_makes_the_widget_in_its_place(open_page: OpenPage, site: Site) -> None:
    """The options are in the script's `data-` attributes."""
    page = open_page()
    page.route(
        f"{site.url}/another-site",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<p>Before</p><script src="{site.url}/embed.js" data-campaign="section-907" '
            'data-lang="es" data-source="blog" data-title="Firme" async></script><p>After</p>',
        ),
    )

    page.goto(f"{site.url}/another-site")

    frame = page.locator("p:text('Before') + iframe")
    expect(frame).to_have_attribute("src", f"{site.url}/c/section-907/embed?lang=es&source=blog")
    expect(frame).to_have_attribute("title", "Firme")
    inside = page.frame_locator("iframe")
    expect(inside.locator("html")).to_have_attribute("lang", "es")
    expect(inside.locator("input[name=source]")).to_have_value("blog")
