"""The back office's pages for paper and for delivering, in every state: how to get to it."""

import secrets

from playwright.sync_api import Page

from campaign.cli.worker_setup import handlers
from campaign.organizing import jobs
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter

TABLE = (
    b"first_name,last_name,zip,email\nAni,Petrosyan,59001,\nBo,Li,00000,\n"
    b"Cy,,82001,\nDi,Ito,82001,not an address\n"
)


def work(site: Site) -> None:
    """Let the worker do what waits."""
    while jobs.run_next(site.database, handlers(site.settings, site.campaigns), site.settings):
        pass


def _paper(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    page.goto(f"{HOME}paper")


def type_row(page: Page, number: int, *cells: str) -> None:
    """Type a line of a sheet: first name, last name, ZIP, e-mail."""
    for name, cell in zip(("first_name", "last_name", "zip", "email"), cells, strict=False):
        page.locator(f"#{name}-{number}").fill(cell)


def _paper_errors(page: Page, site: Site) -> None:
    enter(page, site, "organizer")  # who may be told that somebody is counted already
    page.goto(f"{HOME}paper")
    type_row(page, 1, "Hovhannes", "Hovhannisyan", "59001")
    type_row(page, 2, "Bo", "Li", "5900", "bo@example.org")
    type_row(page, 3, "Nguyễn Thị", "Đặng-Featherstonehaugh", "82001")
    click_and_load(page.get_by_role("button", name="Enter this sheet"))
    type_row(page, 1, "Hovhannes", "Hovhannisyan", "59001")
    click_and_load(page.get_by_role("button", name="Enter this sheet"))


def _paper_entered(page: Page, site: Site) -> None:
    _paper(page, site)
    type_row(page, 1, "Aram", "Sargsyan", "82001")
    click_and_load(page.get_by_role("button", name="Enter this sheet"))


def hand_in(page: Page) -> None:
    """Hand a table in by the page."""
    page.locator("#file").set_input_files(
        {"name": "paper.csv", "mimeType": "text/csv", "buffer": TABLE}
    )
    click_and_load(page.get_by_role("button", name="Check the table"))


def _table_waits(page: Page, site: Site) -> None:
    _paper(page, site)
    hand_in(page)


def _table_looked_through(page: Page, site: Site) -> None:
    _table_waits(page, site)
    work(site)
    page.reload()


def _deliver(page: Page, site: Site) -> None:
    site.confirm(f"signer-{secrets.token_hex(4)}@example.org")
    enter(page, site, "organizer")
    page.goto(f"{HOME}deliver")


def _deliver_state(page: Page, site: Site) -> None:
    _deliver(page, site)
    page.get_by_label("Members from").select_option(index=1)
    click_and_load(page.get_by_role("button", name="Show"))
    click_and_load(page.get_by_role("button", name="Make packet").first)
    work(site)
    page.goto(f"{HOME}deliver")


def _deliver_refused(page: Page, site: Site) -> None:
    _deliver(page, site)
    page.get_by_label("Files", exact=True).select_option("number")
    page.get_by_label("Signers in each file").fill("7")
    click_and_load(page.get_by_role("button", name="Make the petition"))


#: Paper and delivering.
STATES: dict[str, State] = {
    "paper": _paper,
    "paper-errors": _paper_errors,
    "paper-entered": _paper_entered,
    "paper-table-waits": _table_waits,
    "paper-table": _table_looked_through,
    "deliver": _deliver,
    "deliver-made": _deliver_state,
    "deliver-refused": _deliver_refused,
}
