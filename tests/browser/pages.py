"""Every page of the site in every state that a citizen meets, by name: how to get there."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page

from tests.browser.live import Site
from tests.web.counted import count_in

#: A person of Helena, Montana, whose ZIP lies in one district: name of a field -> what is typed.
AT_HOME = {
    "first_name": "Ani",
    "last_name": "Petrosyan",
    "street": "12 Main Street",
    "city": "Helena",
    "zip": "59601",
    "personal": "My grandmother was born in Shushi. A promise made in law is a promise.",
}
#: A person of New York whose ZIP lies in two districts.
IN_NEW_YORK = {**AT_HOME, "street": "421 8th Ave", "city": "New York", "zip": "10001"}


def fill_letter(page: Page, typed: dict[str, str] = AT_HOME, state: str = "MT") -> None:
    """Open the letter builder and fill in its form."""
    page.goto("/c/section-907/write")
    for name, text in typed.items():
        page.locator(f"#{name}").fill(text)
    page.locator("#state").select_option(state)


def make_letters(page: Page) -> None:
    """Press the button that makes the letters."""
    page.locator("button[value=preview]").click()


def fill_petition(page: Page, email: str, zip_code: str = "59001") -> None:
    """Open the petition and fill in its form."""
    page.goto("/c/section-907/")
    for name, text in {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "email": email,
        "zip": zip_code,
    }.items():
        page.locator(f"#{name}").fill(text)


def sign(page: Page) -> None:
    """Press the button under the petition's form."""
    page.locator("form").get_by_role("button", name="Sign the petition").click()


def _petition_error(page: Page, site: Site) -> None:
    fill_petition(page, "no address", zip_code="1")
    sign(page)


def _district_question(page: Page, site: Site) -> None:
    fill_petition(page, "split@example.org", zip_code="10001")
    sign(page)


def _confirm(page: Page, site: Site) -> None:
    email = f"confirm{len(site.inbox.messages)}@example.org"
    fill_petition(page, email)
    sign(page)
    page.goto(site.mailed_link(email, "/confirm"))


def _thanks(page: Page, site: Site) -> None:
    _confirm(page, site)
    page.get_by_role("button", name="Confirm my signature").click()


def _members_by_street(page: Page, site: Site) -> None:
    page.goto("/c/section-907/members?zip=10001")
    page.locator("#street").fill("421 8th Ave")
    page.get_by_role("button", name="Find my district").click()


def _letter_error(page: Page, site: Site) -> None:
    fill_letter(page, {"zip": "123"}, state="")
    make_letters(page)


def _letter_split(page: Page, site: Site) -> None:
    fill_letter(page, IN_NEW_YORK, state="NY")
    make_letters(page)


def _letter(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)


def _map(page: Page, site: Site) -> None:
    count_in(
        site.database,
        {"CA-30": 400, "NY-12": 90, "TX-7": 61, "MT-2": 12, "FL-1": 30, "WY-0": 3, "VT-0": 3},
        at=datetime.now(UTC),
    )
    page.goto("/c/section-907/map")


def _widget_error(page: Page, site: Site) -> None:
    page.goto("/c/section-907/embed")
    sign(page)


def _at(path: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        page.goto(path)

    return go


#: Name -> gets a page there. Names are fit for files.
STATES: dict[str, Callable[[Page, Site], None]] = {
    "petition": _at("/c/section-907/"),
    "petition-error": _petition_error,
    "petition-district": _district_question,
    "signed": _at("/c/section-907/signed"),
    "confirm": _confirm,
    "thanks": _thanks,
    "link-refused": _at("/confirm/no-such-token"),
    "members": _at("/c/section-907/members"),
    "members-error": _at("/c/section-907/members?zip=1"),
    "members-found": _at("/c/section-907/members?zip=59001"),
    "members-split": _at("/c/section-907/members?zip=10001"),
    "members-geocoder-down": _members_by_street,
    "members-vacant": _at("/c/section-907/members?district=TX-23"),
    "members-delegate": _at("/c/section-907/members?zip=20001"),
    "members-military": _at("/c/section-907/members?zip=09012"),
    "call": _at("/c/section-907/call/D000618"),
    "write": _at("/c/section-907/write"),
    "write-error": _letter_error,
    "write-district": _letter_split,
    "write-letters": _letter,
    "facts": _at("/c/section-907/facts"),
    "map-empty": _at("/c/section-907/map"),
    "map": _map,
    "map-state": _at("/c/section-907/map/CA"),
    "share": _at("/c/section-907/share"),
    "updates": _at("/c/section-907/updates"),
    "widget": _at("/c/section-907/embed"),
    "widget-error": _widget_error,
    "widget-signed": _at("/c/section-907/embed/signed"),
    "privacy": _at("/privacy"),
    "accessibility": _at("/accessibility"),
    "not-found": _at("/no-such-page"),
}
