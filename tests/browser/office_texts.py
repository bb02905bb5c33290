"""The pages on which a campaign's texts are edited, in every state."""

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter

TEXTS = f"{HOME}texts"


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
    click_and_load(page.get_by_role("button", name="Save"))


def _facts(page: Page, site: Site) -> None:
    _go(page, site, "/facts")


def _fact(page: Page, site: Site) -> None:
    _facts(page, site)
    click_and_load(page.locator("tbody th a").first)


def _settings(page: Page, site: Site) -> None:
    _go(page, site, "/settings")


def _history_empty(page: Page, site: Site) -> None:
    _go(page, site, "/history")


def _kept(page: Page, site: Site) -> None:
    """A version that somebody kept, beside what it changed."""
    _go(page, site, "/edit/story.md")
    page.locator("#text").fill(page.locator("#text").input_value() + "\n\nOne line more.\n")
    page.get_by_label("What you changed").fill("A line more")
    click_and_load(page.get_by_role("button", name="Save"))
    page.goto(f"{TEXTS}/history")
    click_and_load(page.locator("tbody th a").first)


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
    "text-history-empty": _history_empty,
    "text-version": _kept,
    "campaign-new": _new,
}
