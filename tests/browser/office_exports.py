"""The exports in every state that an organizer meets: how to get to it."""

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter
from tests.organizing.exporting import add

_PAGE = f"{HOME}exports"


def _empty(page: Page, site: Site) -> None:
    enter(page, site, "exporter", "section-907")
    page.goto(f"{_PAGE}?district=WY-0")


def _signers(page: Page, site: Site) -> None:
    """Thirty signers of three states, where there are not as many already."""
    with site.database.reading() as connection:
        known = connection.exec_driver_sql("SELECT count(*) FROM signatures").scalar_one()
    if known < 30:
        states = ("RI", "CA", "MT")
        add(
            site.database,
            *({"mail_opt_in": one % 4 == 0, "state": states[one % 3]} for one in range(30)),
        )
    enter(page, site)


def _counted(page: Page, site: Site) -> None:
    _signers(page, site)
    page.goto(_PAGE)


def _past(page: Page, site: Site) -> None:
    _counted(page, site)
    page.get_by_label("Purpose").fill("Delivery day")
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    page.goto(_PAGE)


def _saved(page: Page, site: Site) -> None:
    _signers(page, site)
    page.goto(f"{_PAGE}?preset=mailchimp&state=CA")
    page.get_by_label("Purpose").fill("The monthly letter")
    page.get_by_text("Save this export for next time", exact=True).click()
    page.get_by_label("Name").fill("Monthly letter")
    click_and_load(page.get_by_role("button", name="Save", exact=True))


def _wrong(page: Page, site: Site) -> None:
    _signers(page, site)
    page.goto(f"{_PAGE}?district=nowhere")


def _everybody(page: Page, site: Site) -> None:
    _signers(page, site)
    page.goto(f"{_PAGE}?preset=mailchimp")
    page.get_by_label("Purpose").fill("The monthly letter")
    page.get_by_text("Include people who did not ask for news").click()
    page.get_by_label("All selected signers").check()
    page.get_by_label("Reason").fill("They agreed at the town hall")


def _sure(page: Page, site: Site) -> None:
    _everybody(page, site)
    click_and_load(page.get_by_role("button", name="Download"))


EXPORTS: dict[str, State] = {
    "exports-empty": _empty,
    "exports": _counted,
    "exports-past": _past,
    "exports-saved": _saved,
    "exports-error": _wrong,
    "exports-everybody": _everybody,
    "exports-sure": _sure,
}
