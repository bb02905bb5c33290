"""Every page of the site in every state that a citizen meets, by name: how to get there."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from playwright.sync_api import Page

from campaign.petition import review
from tests.browser.furnishing import LONG_FIRST_NAME, LONG_LAST_NAME
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
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
IN_NEW_YORK = {**AT_HOME, "street": "421 8th Ave", "city": "New York", "zip": "10011"}


#: The offices of the people of Helena, as a round of calls.
MONTANA = "D000618,S001232,D000634"
#: A ZIP that lies in Massachusetts and Rhode Island.
TWO_STATES = "02861"


def fill_letter(page: Page, typed: dict[str, str] = AT_HOME) -> None:
    """Open the letter builder and fill in its form; the ZIP tells the state."""
    page.goto("/c/section-907/write")
    for name, text in typed.items():
        page.locator(f"#{name}").fill(text)


def open_choice(page: Page, title: str) -> None:
    """Open one of the builder's folded choices, by the title of its line."""
    page.locator(".choice > summary").filter(has_text=title).click()


def make_letters(page: Page) -> None:
    """Press the button that makes the letters."""
    click_and_load(page.locator("#made button[value=preview]"))


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
    click_and_load(page.locator("form").get_by_role("button", name="Sign the petition"))


def _petition_error(page: Page, site: Site) -> None:
    fill_petition(page, "no address", zip_code="1")
    sign(page)


def _district_question(page: Page, site: Site) -> None:
    fill_petition(page, "split@example.org", zip_code="10011")
    sign(page)


def _office_report_error(page: Page, site: Site) -> None:
    page.goto("/c/section-907/members/D000618/report")
    page.locator("#value").fill("406-555-0100")
    _press(page, "Send the report")


def _confirm(page: Page, site: Site) -> None:
    page.goto(site.sign(_address()))


def _confirm_two(page: Page, site: Site) -> None:
    email = _address()
    site.queue(email, first_name="Ani", comment="My grandmother was born there.")
    page.goto(site.sign(email, first_name="Bo", show_name=True))


def _confirm_error(page: Page, site: Site) -> None:
    _confirm(page, site)
    page.locator("#zip").fill("59999")
    _press(page, "Confirm my signature")


def _likely_typo(page: Page, site: Site) -> None:
    fill_petition(page, "ani@gmial.com")
    sign(page)


def _waiting_early(page: Page, site: Site) -> None:
    """What a fresh link asked for too early is answered."""
    _waiting(page, site)
    page.locator("#no-mail summary").click()
    page.locator("button[value=again]").evaluate("button => { button.disabled = false; }")
    click_and_load(page.locator("button[value=again]"))


def _waiting(page: Page, site: Site) -> None:
    fill_petition(page, "a.rather.long.address.of.somebody@mail.example.org")
    sign(page)


def _thanks(page: Page, site: Site) -> None:
    _confirm(page, site)
    _press(page, "Confirm my signature")


def _share_credited(page: Page, site: Site) -> None:
    """The links that name who shares them, with a line of one's own."""
    _thanks(page, site)
    page.locator("#line").fill("My grandmother was born in Shushi. Will you sign with me?")
    page.get_by_label("Say that it comes from me").check()
    _press(page, "Put it into the links")


def _credited(page: Page, site: Site) -> None:
    _share_credited(page, site)
    page.goto(page.locator("#share-address").input_value())


def _disowned(page: Page, site: Site) -> None:
    _confirm(page, site)
    _press(page, "I did not sign: delete it")


def _link_used(page: Page, site: Site) -> None:
    link = site.sign(_address())
    page.goto(link)
    _press(page, "Confirm my signature")
    page.goto(link)


def _sign_long_names(site: Site) -> None:
    """Sign with the longest names, a long address and a comment that is shown."""
    signature = site.confirm(
        _address("a.very.long.address.that.no.line.of.a.small.phone.can.hold"),
        campaign="long-names",
        first_name=LONG_FIRST_NAME,
        last_name=LONG_LAST_NAME,
        comment=f"{LONG_FIRST_NAME * 3} signs, https://example.org/{'path/' * 20} too.",
        show_name=True,
    )
    review.judge_comment(
        site.database,
        signature.public_id,
        is_approved=True,
        actor="a test",
        now=datetime.now(UTC),
    )


def _long_names(page: Page, site: Site) -> None:
    _sign_long_names(site)
    page.goto("/c/long-names/")


def _long_names_thanks(page: Page, site: Site) -> None:
    page.goto(
        site.sign(
            _address(),
            campaign="long-names",
            first_name=LONG_FIRST_NAME,
            last_name=LONG_LAST_NAME,
        )
    )
    _press(page, "Confirm my signature")


def _long_names_own(page: Page, site: Site) -> None:
    _sign_long_names(site)
    address = [recipient for recipient, _ in site.inbox.messages][-1]
    page.goto(site.mailed_link(address, "/me"))


def _own(page: Page, site: Site) -> None:
    email = _address()
    site.confirm(email, comment="My grandmother was born in Shushi.")
    page.goto(site.mailed_link(email, "/me"))


def _own_credited(page: Page, site: Site) -> None:
    """The own page of a signer whom their links name."""
    _own(page, site)
    at = page.url
    page.get_by_label("Say that it comes from me").check()
    _press(page, "Put it into the links")
    page.goto(at)


def _own_error(page: Page, site: Site) -> None:
    _own(page, site)
    page.locator("#zip").fill("1")
    _press(page, "Save my corrections")


def _own_district(page: Page, site: Site) -> None:
    _own(page, site)
    page.locator("#zip").fill("10011")
    _press(page, "Save my corrections")


def _own_changed(page: Page, site: Site) -> None:
    _own(page, site)
    _press(page, "Save my choices")


def _withdraw(page: Page, site: Site) -> None:
    _own(page, site)
    click_and_load(page.get_by_role("link", name="Withdraw my signature"))


def _withdrawn(page: Page, site: Site) -> None:
    _withdraw(page, site)
    _press(page, "Withdraw my signature")


def _erase(page: Page, site: Site) -> None:
    _own(page, site)
    click_and_load(page.get_by_role("link", name="Erase everything"))


def _erased(page: Page, site: Site) -> None:
    _erase(page, site)
    _press(page, "Erase everything")


def _unsubscribe(page: Page, site: Site) -> None:
    email = _address()
    site.confirm(email)
    page.goto(site.mailed_link(email, "/unsubscribe"))


def _unsubscribed(page: Page, site: Site) -> None:
    _unsubscribe(page, site)
    _press(page, "Unsubscribe")


def _press(page: Page, name: str) -> None:
    click_and_load(page.get_by_role("button", name=name))


_numbers = count(1)


def _address(name: str = "ani") -> str:
    """A mail address that nobody signed with before."""
    return f"{name}.{next(_numbers)}@example.org"


def _members_by_street(page: Page, site: Site) -> None:
    page.goto("/c/section-907/members?zip=10011")
    page.locator("#street").fill("421 8th Ave")
    click_and_load(page.get_by_role("button", name="Find my district"))


def _letter_error(page: Page, site: Site) -> None:
    fill_letter(page, {"zip": "123"})
    make_letters(page)


def _letter_split(page: Page, site: Site) -> None:
    fill_letter(page, IN_NEW_YORK)
    make_letters(page)


def _letter(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)


def _letter_brief_to_a_chair(page: Page, site: Site) -> None:
    fill_letter(page)
    open_choice(page, "Length and mailing")
    page.get_by_label("Brief: your words").check()
    open_choice(page, "Letters to")
    page.get_by_label("who chairs the Senate Committee on Foreign Relations").check()
    open_choice(page, "Points to make")
    page.locator(".point summary").first.click()
    make_letters(page)
    page.get_by_role("tab", name="Senator Risch").click()


def _letter_by_hand(page: Page, site: Site) -> None:
    """A letter that is open to be changed, of a person with long names who has much to say."""
    own = "What happened there happened to my family, and I have not forgotten a word of it. " * 36
    fill_letter(
        page,
        {
            **AT_HOME,
            "first_name": LONG_FIRST_NAME[:60],
            "last_name": LONG_LAST_NAME[:60],
            "personal": own,
        },
    )
    make_letters(page)
    page.locator(".edit summary").first.click()
    field = page.locator(".edit-text").first
    field.fill(field.input_value() + "\n\nOne line more, by hand.")
    click_and_load(page.get_by_role("button", name="Show my changes").first)


def _letter_by_hand_error(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)
    page.locator(".edit summary").first.click()
    page.locator(".edit-text").first.fill("word " * 3000)
    click_and_load(page.get_by_role("button", name="Show my changes").first)


def _sending_ask(page: Page, site: Site) -> None:
    _letter(page, site)
    _press(page, "Send through Congress's electronic system")


def _sending_error(page: Page, site: Site) -> None:
    _sending_ask(page, site)
    page.locator("#email").fill("no address")
    _press(page, "Email me the link")


def _send(page: Page, site: Site, email: str = "") -> str:
    """Ask for the letters to be sent, and return the address that the link was mailed to."""
    _sending_ask(page, site)
    email = email or _address()
    page.locator("#email").fill(email)
    page.get_by_label("Title").select_option("Ms.")
    _press(page, "Email me the link")
    return email


def _sending_asked(page: Page, site: Site) -> None:
    _send(page, site)


def _sending_read(page: Page, site: Site) -> None:
    page.goto(site.mailed_link(_send(page, site), "/approve"))


def _sending_sent(page: Page, site: Site) -> None:
    _sending_read(page, site)
    _press(page, "Send these letters in my name")
    site.send_mail()
    page.reload()


def _sending_too_soon(page: Page, site: Site) -> None:
    email = _send(page, site)
    page.goto(site.mailed_link(email, "/approve"))
    _press(page, "Send these letters in my name")
    page.goto(site.mailed_link(_send(page, site, email), "/approve"))


def _sending_deleted(page: Page, site: Site) -> None:
    _sending_read(page, site)
    _press(page, "Delete these letters")


def _ways(page: Page, site: Site) -> None:
    _letter(page, site)
    page.evaluate("document.querySelectorAll('.written details').forEach(each => each.open = true)")


def _editor_draft(page: Page, site: Site) -> None:
    page.goto("/c/section-907/editor")
    for name in ("first_name", "last_name", "city"):
        page.locator(f"#{name}").fill(AT_HOME[name])
    page.locator("#personal").fill("A sentence that is one of many. " * 30)
    _press(page, "Draft my letter")


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


def _failing(status: int) -> Callable[[Page, Site], None]:
    return _at(f"/failing/{status}")


#: What anybody may open and look up. Name -> gets a page there; names are fit for files.
PUBLIC: dict[str, Callable[[Page, Site], None]] = {
    "petition": _at("/c/section-907/"),
    "petition-challenge": _at("/c/asking/"),
    "petition-closed": _at("/c/closed/"),
    "petition-early": _at("/c/early/"),
    "home": _at("/"),
    "members": _at("/c/section-907/members"),
    "members-error": _at("/c/section-907/members?zip=1"),
    "members-found": _at("/c/section-907/members?zip=59001"),
    "members-split": _at("/c/section-907/members?zip=10011"),
    "members-geocoder-down": _members_by_street,
    "members-vacant": _at("/c/section-907/members?district=TX-23"),
    "members-delegate": _at("/c/section-907/members?zip=20001"),
    "members-military": _at("/c/section-907/members?zip=09012"),
    "call-start": _at("/c/section-907/call"),
    "call-error": _at("/c/section-907/call?zip=1"),
    "call-round": _at(f"/c/section-907/call/S001232?offices={MONTANA}&marked=voicemail"),
    "call": _at("/c/section-907/call/D000618"),
    "call-newcomer": _at("/c/section-907/call/G000607"),
    "contacted": _at("/c/section-907/contacted/D000618?outcome=contact"),
    "contacted-nobody": _at("/c/section-907/contacted/D000618?outcome=no-answer"),
    "editor": _at("/c/section-907/editor"),
    "write": _at("/c/section-907/write"),
    "facts": _at("/c/section-907/facts"),
    "map-empty": _at("/c/asking/map"),
    "map": _map,
    "map-people": _at("/c/section-907/map?by=people"),
    "map-state": _at("/c/section-907/map/CA?district=30"),
    "district": _at("/c/section-907/d/CA-30"),
    "district-vacant": _at("/c/section-907/d/TX-23"),
    "district-island": _at("/c/section-907/d/GU-0"),
    "petition-counted": _at("/c/section-907/?source=counted"),
    "office-report": _at("/c/section-907/members/D000618/report"),
    "office-reported": _at("/c/section-907/members/D000618/reported"),
    "share": _at("/c/section-907/share"),
    "share-long-names": _at("/c/long-names/share"),
    "updates": _at("/c/section-907/updates"),
    "widget": _at("/c/section-907/embed"),
    "widget-paid-from-abroad": _at("/c/long-names/embed"),
    "widget-closed": _at("/c/closed/embed"),
    "privacy": _at("/privacy"),
    "accessibility": _at("/accessibility"),
    "not-found": _at("/no-such-page"),
    "not-allowed": _at("/c/section-907/sign"),
}

#: What forms and mailed links lead to, and failures.
PERSONAL: dict[str, Callable[[Page, Site], None]] = {
    "petition-error": _petition_error,
    "petition-district": _district_question,
    "signed": _at("/c/section-907/signed"),
    "petition-typo": _likely_typo,
    "waiting": _waiting,
    "waiting-early": _waiting_early,
    "confirm": _confirm,
    "confirm-two": _confirm_two,
    "confirm-error": _confirm_error,
    "thanks": _thanks,
    "share-credited": _share_credited,
    "credited": _credited,
    "disowned": _disowned,
    "link-refused": _at("/confirm/no-such-token"),
    "link-used": _link_used,
    "long-names": _long_names,
    "long-names-thanks": _long_names_thanks,
    "long-names-own": _long_names_own,
    "own": _own,
    "own-credited": _own_credited,
    "own-error": _own_error,
    "own-district": _own_district,
    "own-changed": _own_changed,
    "withdraw": _withdraw,
    "withdrawn": _withdrawn,
    "erase": _erase,
    "erased": _erased,
    "unsubscribe": _unsubscribe,
    "unsubscribed": _unsubscribed,
    "write-error": _letter_error,
    "write-district": _letter_split,
    "write-letters": _letter,
    "write-channels": _ways,
    "editor-draft": _editor_draft,
    "office-report-error": _office_report_error,
    "write-brief": _letter_brief_to_a_chair,
    "write-by-hand": _letter_by_hand,
    "write-by-hand-error": _letter_by_hand_error,
    "sending-ask": _sending_ask,
    "sending-error": _sending_error,
    "sending-asked": _sending_asked,
    "sending-read": _sending_read,
    "sending-sent": _sending_sent,
    "sending-too-soon": _sending_too_soon,
    "sending-deleted": _sending_deleted,
    "sending-link-refused": _at("/approve/no-such-token"),
    "widget-error": _widget_error,
    "widget-signed": _at("/c/section-907/embed/signed"),
    "failing-422": _failing(422),
    "failing-429": _failing(429),
    "failing-500": _failing(500),
    "failing-503": _failing(503),
}

STATES = PUBLIC | PERSONAL
