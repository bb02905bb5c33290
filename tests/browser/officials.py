"""A city's campaign, which asks officials outside Congress only, and its pages by name."""

from datetime import UTC, datetime

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import State, enter
from tests.browser.pages import AT_HOME, make_letters
from tests.web.counted import count_in

CITY = "/c/main-street/"
#: Whom the people of Helena call, one after the other.
ROUND = "mayor,council,governor,treasury"


def _at(path: str) -> State:
    def go(page: Page, site: Site) -> None:
        page.goto(CITY + path)

    return go


def _letters(page: Page, site: Site) -> None:
    page.goto(f"{CITY}write")
    for name, text in AT_HOME.items():
        page.locator(f"#{name}").fill(text)
    make_letters(page)
    page.get_by_role("tab", name="Mayor Jo Doe").click()
    for way in page.locator("#to-mayor .ways-out details > summary").all():
        way.click()


def _thanks(page: Page, site: Site) -> None:
    page.goto(
        site.sign(
            f"neighbor.{datetime.now(UTC):%H%M%S%f}@example.org",
            campaign="main-street",
            zip="59601",
        )
    )
    click_and_load(page.get_by_role("button", name="Confirm my signature"))


def _scoreboard(page: Page, site: Site) -> None:
    count_in(site.database, {"MT-2": 1234, "WY-0": 7}, at=datetime.now(UTC), campaign="main-street")
    enter(page, site, "owner", "*")
    page.goto("/organize/main-street/stances")


#: What anybody may open.
STATES: dict[str, State] = {
    "officials-call-start": _at("call"),
    "officials-call": _at("call/mayor"),
    "officials-call-without-clock": _at("call/council"),
    "officials-round": _at(f"call/council?offices={ROUND}&marked=voicemail"),
    "officials-round-executive": _at(f"call/treasury?offices={ROUND}&marked=no-answer"),
    "officials-round-spanish": _at(f"call/governor?offices={ROUND}&marked=contact&lang=es"),
    "officials-contacted": _at("contacted/mayor?outcome=no-answer&calls=4"),
    "officials-contacted-executive": _at("contacted/treasury?outcome=posted"),
    "officials-contacted-armenian": _at("contacted/mayor?outcome=voicemail&lang=hy"),
    "officials-members": _at("members?zip=59601"),
    "officials-members-empty": _at("members"),
    "officials-letters": _letters,
    "officials-thanks": _thanks,
}
#: What organizers open.
OFFICE: dict[str, State] = {"officials-scoreboard": _scoreboard}
