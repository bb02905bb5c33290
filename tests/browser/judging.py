"""What every page in every state is held to: axe, focus, targets, widths, colors, rest."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

#: WCAG 2.2 AA, and axe's best practices, which cost nothing to keep.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_AXE = """options => axe.run(document, options).then(found => found.violations.map(
    one => `${one.id} (${one.impact}): ${one.help}\\n  ` +
        one.nodes.map(node => `${node.html}\\n    ${node.failureSummary}`).join("\\n  ")))"""

_FOCUSABLE = """
const focusable = () => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter(element => element.checkVisibility() && !element.closest(".aside-field"))
    .filter(element => !element.disabled && element.tabIndex >= 0);
"""

# Each element takes the focus in turn, as by keyboard: the element, or what is drawn in it, must
# show a ring that it does not show without the focus.
_WITHOUT_RING = f"""() => {{ {_FOCUSABLE}
    const ring = (element) => [element, ...element.querySelectorAll("rect, path")]
        .map(node => getComputedStyle(node))
        .map(style => [
            style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
            style.strokeWidth, style.stroke].join(" "));
    const missing = [];
    for (const element of focusable()) {{
        document.activeElement?.blur();
        const without = ring(element);
        element.focus({{ preventScroll: true }});
        const rings = ring(element);
        const seen = rings.some((now, index) => now !== without[index] && parseFloat(now) >= 2)
            || rings.slice(1).some((now, index) => now !== without[index + 1]);
        if (document.activeElement !== element || !seen) missing.push(element.outerHTML);
    }}
    document.activeElement?.blur();
    return missing;
}}"""

# Nothing that stays in its place, such as a bar at the lower edge, may lie over what has the focus
# (WCAG 2.4.11).
_COVERED = f"""async () => {{ {_FOCUSABLE}
    const isFree = (element) => {{
        // Of what is larger than the window, the part in it.
        const whole = element.getClientRects()[0];
        const left = Math.max(whole.left, 0), right = Math.min(whole.right, innerWidth);
        const head = Math.max(whole.top, 0), foot = Math.min(whole.bottom, innerHeight);
        // A shape on a map fills only a part of its box.
        const steps = element.ownerSVGElement
            ? Array.from({{length: 25}}, (_, at) => (at + 0.5) / 25) : [0.1, 0.5, 0.9];
        const points = steps.flatMap(across => steps.map(down =>
            [left + (right - left) * across, head + (foot - head) * down]));
        return points.some(([x, y]) => {{
            const top = document.elementFromPoint(x, y);
            return top && (element.contains(top) || top.contains(element) ||
                [...(element.labels ?? [])].some(label => label.contains(top)));
        }});
    }};
    const covered = [];
    for (const element of focusable()) {{
        element.focus();
        // A field may be moved into sight only with the next picture.
        if (!isFree(element)) await new Promise(resolve => requestAnimationFrame(resolve));
        if (!isFree(element)) covered.push(element.outerHTML);
    }}
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    return covered;
}}"""

# 44 CSS pixels for what is pressed or typed into; links in a sentence are as high as its line, and
# whatever stands alone has the 24 of WCAG 2.5.8 (which axe checks, too).
_SMALL_TARGETS = """() =>
    [...document.querySelectorAll("button, a.button, summary, input, select, textarea")]
        .filter(element => element.checkVisibility() && !element.closest(".aside-field"))
        .filter(element => !["checkbox", "radio", "hidden"].includes(element.type))
        .filter(element => element.getBoundingClientRect().height < 43.5)
        .map(element => element.outerHTML)"""
_SMALL_BOXES = """() =>
    [...document.querySelectorAll("input[type=checkbox], input[type=radio]")]
        .filter(element => element.checkVisibility())
        .filter(element => Math.min(
            element.getBoundingClientRect().width, element.getBoundingClientRect().height) < 24)
        .map(element => element.outerHTML)"""

_MOVING = """() => [
    ...document.getAnimations().map(one => one.effect?.target?.outerHTML ?? "an animation"),
    ...[...document.querySelectorAll("*")].filter(element => {
        const style = getComputedStyle(element);
        return [style.transitionDuration, style.animationDuration]
            .some(list => list.split(",").some(time => parseFloat(time) > 0))
            || style.scrollBehavior === "smooth";
    }).map(element => element.outerHTML.slice(0, 200)),
]"""

# Where colors are forced, backgrounds and shadows are gone: a control needs an edge.
_WITHOUT_EDGE = """() =>
    [...document.querySelectorAll("button, a.button, input, select, textarea")]
        .filter(element => element.checkVisibility() && !element.closest(".aside-field"))
        .filter(element => !["checkbox", "radio", "hidden"].includes(element.type))
        .filter(element => {
            const style = getComputedStyle(element);
            return style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1
                || style.borderTopColor === style.backgroundColor;
        })
        .map(element => element.outerHTML)"""

# Text that its own box cuts off, where no bar lets a person reach the rest.
_CUT_TEXT = """() =>
    [...document.querySelectorAll("main *, header *, footer *")]
        .filter(element => element.checkVisibility() && element.clientWidth > 1)
        .filter(element => !element.matches("input, textarea, select, svg *, .aside-field"))
        .filter(element => ["hidden", "clip"].includes(getComputedStyle(element).overflowX))
        .filter(element => element.scrollWidth > element.clientWidth + 1)
        .map(element => element.outerHTML.slice(0, 200))"""

# A short word that goes on in a second line, as in "Cop/y".
_BROKEN_WORDS = """() => {
    const broken = [];
    const range = document.createRange();
    for (const element of document.querySelectorAll("button, a.button, label, legend")) {
        if (!element.checkVisibility()) continue;
        if (element.closest(".visually-hidden, .aside-field")) continue;
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.parentElement.closest(".visually-hidden")) continue;
            for (const word of node.data.matchAll(/\\p{L}{2,14}/gu)) {
                range.setStart(node, word.index);
                range.setEnd(node, word.index + word[0].length);
                const tops = [...range.getClientRects()].map(one => one.top);
                if (Math.max(...tops) - Math.min(...tops) > 4) broken.push(word[0]);
            }
        }
    }
    return broken;
}"""

# Spacing that a person may set (WCAG 1.4.12), through the door that the CSP leaves to tools.
_SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
}"""

_FORMS_WITHOUT_BUTTON = """() => [...document.forms]
    .filter(form => form.method === "post")
    .filter(form => ![...form.elements].some(one => one.type === "submit"))
    .map(form => form.outerHTML)"""


def assert_good(page: Page) -> None:
    """Hold the page, as it stands, to everything that this module knows."""
    assert_axe_finds_nothing(page, {"type": "tag", "values": TAGS})
    _assert_none(page.evaluate(_FORMS_WITHOUT_BUTTON), "forms that need a script to be sent")
    page.emulate_media(color_scheme="dark")
    assert_axe_finds_nothing(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    assert_focus_is_seen(page)
    page.emulate_media(forced_colors="active")
    _assert_none(page.evaluate(_WITHOUT_EDGE), "without an edge in forced colors")
    assert_focus_is_seen(page)
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    _assert_none(page.evaluate(_MOVING), "moving")
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """Hold the page to narrow windows, large letters and wide spacing. Leaves the window narrow."""
    text_size = "size => { document.documentElement.style.fontSize = size; }"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(text_size, "200%")
    _assert_none(cut_off(page), "cut off with text of twice the size")
    page.evaluate(text_size, "")
    _assert_none(page.evaluate(_BROKEN_WORDS), "broken within a word")

    page.set_viewport_size({"width": 360, "height": 740})
    _assert_none(cut_off(page), "cut off")
    _assert_none(page.evaluate(_BROKEN_WORDS), "broken within a word, on a phone")
    _assert_none(page.evaluate(_SMALL_TARGETS), "less than 44 px high")
    _assert_none(page.evaluate(_SMALL_BOXES), "boxes of less than 24 px")
    _assert_none(page.evaluate(_COVERED), "covered while they have the focus")

    page.evaluate(_SPACED)
    _assert_none(cut_off(page), "cut off with wide spacing")
    page.evaluate("document.adoptedStyleSheets = []")

    # What a window of 640 px at 200% zoom has to lay a page out in (WCAG 1.4.10).
    page.set_viewport_size({"width": 320, "height": 512})
    _assert_none(cut_off(page), "cut off at 320 px")


def assert_focus_is_seen(page: Page) -> None:
    """Hold everything that takes the focus to showing it, as to somebody with a keyboard."""
    page.keyboard.press("Tab")
    _assert_none(page.evaluate(_WITHOUT_RING), "without a ring while they have the focus")


def assert_axe_finds_nothing(page: Page, run_only: dict[str, str | Sequence[str]]) -> None:
    """Run axe, which is bundled with its package, on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"runOnly": run_only, "resultTypes": ["violations"]}
    if run_only["type"] == "tag":
        options["rules"] = {"target-size": {"enabled": True}}
    found: list[str] = page.evaluate(_AXE, options)
    _assert_none(found, "found by axe")


def cut_off(page: Page) -> list[str]:
    """What lies beyond the right edge of the window, or is cut off by its own box."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    cut: list[str] = page.evaluate(_CUT_TEXT)
    return [*([f"{beyond} px beyond the right edge"] if beyond > 0 else []), *cut]


def _assert_none(found: Sequence[str], what: str) -> None:
    assert not found, "\n".join((f"{what}:", *found))


def assert_focus_names(page: Page, error: str) -> None:
    """Hold the page after a failing post to this: what has the focus is in sight, and says why.

    What a person sees first is the top of what has the focus; what a screen reader says is its
    accessible name and description, of which `error` is a part. The window stays as it is.
    """
    page.wait_for_load_state()
    expect(page.locator(":focus"), "nothing has the focus").to_be_attached()
    box = page.evaluate("""() => {
        const { top, left, right } = document.activeElement.getBoundingClientRect();
        return { top, left, right, width: innerWidth, height: innerHeight };
    }""")
    focused, said = accessible_words(page)
    assert 0 <= box["top"] < box["height"] - 44, f"out of sight: {focused} at {box}"
    assert -box["right"] < 0 <= box["width"] - box["left"], f"out of sight: {focused} at {box}"
    assert error in said, f"«{error}» is not what is said of {focused}: «{said}»"


def accessible_words(page: Page) -> tuple[str, str]:
    """Return the element that has the focus, and its accessible name and description.

    They are computed by the browser, as for a screen reader.
    """
    session = page.context.new_cdp_session(page)
    try:
        found = session.send("Runtime.evaluate", {"expression": "document.activeElement"})
        tree = session.send(
            "Accessibility.getPartialAXTree",
            {"objectId": found["result"]["objectId"], "fetchRelatives": False},
        )
    finally:
        session.detach()
    node = tree["nodes"][0]
    words = [node.get(kind, {}).get("value", "") for kind in ("name", "description")]
    return found["result"]["description"], " – ".join(word for word in words if word)
