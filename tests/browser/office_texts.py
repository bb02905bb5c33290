"""The pages on which a campaign's texts are edited, in every state."""

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter

TEXTS = f"{HOME}texts"
DRAFT = f"{HOME}draft"


def _go(page: Page, site: Site, rest: str = "") -> None:
    enter(page, site, "owner", "*")
    page.goto(f"{TEXTS}{rest}")


def _texts(page: Page, site: Site) -> None:
    _go(page, site)


def _edit(page: Page, site: Site) -> None:
    _go(page, site, "/edit/letters.md")


def _preview(page: Page, site: Site) -> None:
    _edit(page, site)
    click_and_load(page.get_by_role("button", name="Preview"))


def _error(page: Page, site: Site) -> None:
    _go(page, site, "/edit/petition.md")
    page.locator("#text").fill("Nothing of a petition.")
    click_and_load(page.get_by_role("button", name="Save", exact=True))


def _facts(page: Page, site: Site) -> None:
    _go(page, site, "/facts")


def _fact(page: Page, site: Site) -> None:
    _facts(page, site)
    click_and_load(page.locator("tbody th a").first)


def _settings(page: Page, site: Site) -> None:
    _go(page, site, "/settings")


def _picture(page: Page, site: Site) -> None:
    _go(page, site, "/picture")


def _picture_error(page: Page, site: Site) -> None:
    _picture(page, site)
    page.locator("#alt_en").fill("")
    click_and_load(page.get_by_role("button", name="Save"))


def _history_empty(page: Page, site: Site) -> None:
    _go(page, site, "/history")


def _kept(page: Page, site: Site) -> None:
    """A version that somebody kept, beside what it changed."""
    _go(page, site, "/edit/story.md")
    page.locator("#text").fill(page.locator("#text").input_value() + "\n\nOne line more.\n")
    page.get_by_label("What you changed").fill("A line more")
    click_and_load(page.get_by_role("button", name="Save", exact=True))
    page.goto(f"{TEXTS}/history")
    click_and_load(page.locator("tbody th a").first)


def _draft_empty(page: Page, site: Site) -> None:
    enter(page, site, "owner", "*")
    page.goto(DRAFT)
    discard = page.get_by_role("button", name="Discard the draft")
    if discard.count():
        click_and_load(discard)
        page.goto(DRAFT)


def _drafted(page: Page, site: Site, addition: str = "One line more.") -> None:
    """A draft of two texts."""
    _draft_empty(page, site)
    for file in ("story.md", "points.md"):
        page.goto(f"{TEXTS}/edit/{file}")
        page.locator("#text").fill(f"{page.locator('#text').input_value()}\n\n{addition}\n")
        click_and_load(page.get_by_role("button", name="Save to draft"))


def _draft_refused(page: Page, site: Site) -> None:
    _drafted(page, site, "One line more.[^no-such-fact]")
    click_and_load(page.get_by_role("button", name="Publish the draft"))


def _draft_line(page: Page, site: Site) -> None:
    """The text with the problem, as the list of problems opens it."""
    _draft_refused(page, site)
    click_and_load(page.locator("#error-summary-list a").first)


def _draft_link(page: Page, site: Site) -> None:
    _drafted(page, site)
    click_and_load(page.get_by_role("button", name="Make a", exact=False))


def _preview_by_link(page: Page, site: Site) -> None:
    _draft_link(page, site)
    page.goto(page.locator(".shown-once code").inner_text())


def _preview_withdrawn(page: Page, site: Site) -> None:
    page.goto("/preview/no-such-link")


def _new(page: Page, site: Site) -> None:
    _go(page, site)
    page.goto("/organize/new")


#: The campaign's texts, facts, settings and versions.
STATES: dict[str, State] = {
    "texts": _texts,
    "text-edit": _edit,
    "text-preview": _preview,
    "text-error": _error,
    "text-facts": _facts,
    "text-fact": _fact,
    "text-settings": _settings,
    "text-picture": _picture,
    "text-picture-error": _picture_error,
    "text-history-empty": _history_empty,
    "text-version": _kept,
    "campaign-new": _new,
    "draft-empty": _draft_empty,
    "draft": _drafted,
    "draft-refused": _draft_refused,
    "draft-line": _draft_line,
    "draft-link": _draft_link,
    "draft-preview": _preview_by_link,
    "draft-preview-withdrawn": _preview_withdrawn,
}
