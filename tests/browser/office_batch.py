"""The volunteers' pages in every state: a table asked for, checked, refused; sheets to print."""

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import State, enter

BATCH = "/volunteer/batch"
PEOPLE = (
    "First name,Last name,Street,ZIP,Consent,Shoe size\n"
    "Ani,Petrosyan,12 Main Street,59101,yes,9\n"
    "Bo,Featherstonehaugh-Cholmondeley,1 Elm Street,10011,yes,\n"
    "Cy,Poe,9 Oak Street,82001,no,\n"
)


def hand_in(page: Page, text: str = PEOPLE) -> None:
    """Choose a table on the page, and send it."""
    page.goto(BATCH)
    page.get_by_label("Table of people").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    click_and_load(page.get_by_role("button", name="Check the table"))


def _volunteer(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    page.goto("/volunteer/")


def _form(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    page.goto(BATCH)
    page.get_by_text("Which columns").click()


def _checked(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    hand_in(page)


def _error(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    hand_in(page, "Name,Town\nAni,Billings\n")


def _nobody(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    hand_in(page, PEOPLE.replace("yes", "no"))


def _sheet(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    page.goto("/volunteer/sheet")


BATCHES: dict[str, State] = {
    "volunteer": _volunteer,
    "batch": _form,
    "batch-checked": _checked,
    "batch-error": _error,
    "batch-nobody": _nobody,
    "blank-sheet": _sheet,
}
