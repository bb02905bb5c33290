"""Every form of the site, by the endpoint that takes it, and the ways in which sending it fails.

A way goes to a page, sends a form that is refused, and leaves the page with the answer. Beside it
are words of the error, which whatever has the focus then must say.
"""

import re

import sqlalchemy as sa
from playwright.sync_api import Page

from campaign.store import models
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, OFFICE, State, enter
from tests.browser.office_batch import BATCHES
from tests.browser.office_connect import STATES as CONNECT
from tests.browser.office_connect import make_webhook
from tests.browser.office_exports import EXPORTS
from tests.browser.office_paper import STATES as PAPER
from tests.browser.office_paper import type_row
from tests.browser.office_rooms import ROOMS
from tests.browser.office_texts import STATES as TEXTS
from tests.browser.pages import (
    AT_HOME,
    IN_NEW_YORK,
    PERSONAL,
    PUBLIC,
    TWO_STATES,
    fill_letter,
    fill_petition,
    make_letters,
    open_choice,
    sign,
)

#: A way to fail, and words of the error.
Way = tuple[State, str]

# What is sent is let through by the browser, and refused by the site.
_LET_THROUGH = "() => { for (const form of document.forms) form.noValidate = true; }"

# Whatever says where a form comes from, or what it is about, is not what the site gave.
_SPOIL = """button => {
    const form = button.form;
    for (const field of form.querySelectorAll("input[type=hidden]"))
        if (["csrf_token", "token", "seal"].includes(field.name)) field.value = "spoilt";
    form.setAttribute("action", form.action.replace(
        /\\/(confirm|approve|me|unsubscribe)\\/[^/]+/, "/$1/no-such-token"));
}"""

STALE = "This form could not be accepted"
GONE = "This link no longer works"


def press(page: Page, name: str | re.Pattern[str], *, last: bool = False) -> None:
    """Press a button of that name, without the browser's own look at the fields."""
    page.evaluate(_LET_THROUGH)
    buttons = page.get_by_role("button", name=name)
    click_and_load(buttons.last if last else buttons.first)


def spoilt(
    state: State, button: str, typed: dict[str, str] | None = None, *, last: bool = False
) -> State:
    """Go to a state, and press a button of a form that the site does not take any more."""

    def go(page: Page, site: Site) -> None:
        state(page, site)
        for field, words in (typed or {}).items():
            page.locator(f"#{field}").fill(words)
        buttons = page.get_by_role("button", name=button)
        one = buttons.last if last else buttons.first
        page.evaluate(_LET_THROUGH)
        one.evaluate(_SPOIL)
        click_and_load(one)

    return go


def _filled(
    state: State,
    button: str | re.Pattern[str],
    typed: dict[str, str] | None = None,
    *,
    last: bool = False,
) -> State:
    """Go to a state, fill fields by their ids, and press a button."""

    def go(page: Page, site: Site) -> None:
        state(page, site)
        for field, words in (typed or {}).items():
            page.locator(f"#{field}").fill(words)
        press(page, button, last=last)

    return go


# -- for citizens ----------------------------------------------------------------------------------


def _agreed_by_a_link_that_is_gone(page: Page, site: Site) -> None:
    PERSONAL["own"](page, site)
    button = page.get_by_role("button", name="Save my choices")
    button.evaluate("button => { button.form.action = button.form.action + '/../wording'; }")
    button.evaluate(_SPOIL)
    click_and_load(button)


def _petition(page: Page, site: Site) -> None:
    fill_petition(page, "no address", zip_code="1")
    sign(page)


def _district_without_an_answer(page: Page, site: Site) -> None:
    PERSONAL["petition-district"](page, site)
    press(page, "Sign the petition")


def _no_such_zip(page: Page, site: Site) -> None:
    fill_petition(page, "ani@example.org", zip_code="59999")
    sign(page)


def _district_of_no_such_zip(page: Page, site: Site) -> None:
    PERSONAL["petition-district"](page, site)
    page.locator("#zip").fill("59999")
    press(page, "Sign the petition")


def _corrected_to_a_split_zip(page: Page, site: Site) -> None:
    PERSONAL["confirm"](page, site)
    page.locator("#zip").fill("10011")
    press(page, "Confirm my signature")
    press(page, "Confirm my signature")


def _letter(**typed: str) -> State:
    def go(page: Page, site: Site) -> None:
        fill_letter(page, {**AT_HOME, **typed})
        make_letters(page)

    return go


def _email_typed_wrong(page: Page, site: Site) -> None:
    fill_letter(page)
    page.locator(".more-fields summary").click()
    page.locator("#email").fill("no address")
    make_letters(page)


def _zip_of_two_states(page: Page, site: Site) -> None:
    fill_letter(page, {**AT_HOME, "zip": TWO_STATES})
    make_letters(page)


def _other_state(page: Page, site: Site) -> None:
    _zip_of_two_states(page, site)
    page.locator("#state").select_option("WY")
    make_letters(page)


def _split_zip(page: Page, site: Site) -> None:
    fill_letter(page, IN_NEW_YORK)
    make_letters(page)


def _too_many_points(page: Page, site: Site) -> None:
    fill_letter(page)
    open_choice(page, "Points to make")
    for box in page.locator("input[name=points]").all()[:6]:
        box.check()
    make_letters(page)


def _to_no_one(page: Page, site: Site) -> None:
    fill_letter(page)
    open_choice(page, "Letters to")
    for box in page.locator("input[name=to]").all():
        box.uncheck()
    make_letters(page)


def _no_file(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)
    page.locator("#zip").fill("123")
    press(page, re.compile("^Download the PDF"))


def _by_hand(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)
    page.locator(".edit summary").first.click()
    page.locator(".edit-text").first.evaluate("field => { field.value = 'word '.repeat(9000); }")
    press(page, re.compile("^Show my changes"))


def _stale_office_report(page: Page, site: Site) -> None:
    PUBLIC["office-report"](page, site)
    page.locator("#office-0").check()
    page.locator("#field-0").check()
    spoilt(lambda page, site: None, "Send the report")(page, site)


def _members_by_street(page: Page, site: Site) -> None:
    page.goto("/c/section-907/members?zip=10011")
    press(page, "Find my district")


def _asking_for_links(page: Page, site: Site) -> None:
    page.goto("/me")


def _report(page: Page, site: Site) -> None:
    spoilt(PUBLIC["call"], "I left a message")(page, site)


def _report_from_letters(page: Page, site: Site) -> None:
    PERSONAL["write-channels"](page, site)
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no network')); }")
    page.locator("form[data-mark] button").first.click()


CITIZENS: dict[str, dict[str, Way]] = {
    "petition.sign": {
        "empty": (_filled(PUBLIC["petition"], "Sign the petition"), "Enter your first name"),
        "typed-wrong": (_petition, "ZIP"),
        "stale": (spoilt(PUBLIC["petition"], "Sign the petition"), "Enter your first name"),
        "district": (_district_without_an_answer, "street"),
        "typo": (PERSONAL["petition-typo"], "Did you mean ani@gmail.com"),
        "no-such-zip": (_no_such_zip, "We do not know ZIP code 59999"),
        "district-of-no-such-zip": (_district_of_no_such_zip, "We do not know ZIP code 59999"),
    },
    "embed.sign": {
        "empty": (_filled(PUBLIC["widget"], "Sign the petition"), "Enter your first name")
    },
    "confirm.confirm": {
        "empty": (
            _filled(PERSONAL["confirm"], "Confirm my signature", {"first_name": ""}),
            "Enter your first name",
        ),
        "no-such-zip": (PERSONAL["confirm-error"], "We do not know ZIP code 59999"),
        "split-zip": (_corrected_to_a_split_zip, "street"),
        "two-people": (_filled(PERSONAL["confirm-two"], "Confirm my signature"), "one person or"),
        "gone": (spoilt(PERSONAL["confirm"], "Confirm my signature"), GONE),
    },
    "confirm.disown": {"gone": (spoilt(PERSONAL["confirm"], "I did not sign"), GONE)},
    "share.show_in_own_words": {
        "long": (
            _filled(PUBLIC["share"], "Put it into the links", {"line": "x" * 300}),
            "characters",
        )
    },
    "members.show": {
        "no-zip": (_filled(PUBLIC["members"], "Show my members"), "Enter the ZIP"),
        "bad-zip": (_filled(PUBLIC["members"], "Show my members", {"zip": "59"}), "ZIP"),
    },
    "members.by_street": {"empty": (_members_by_street, "street")},
    "builder.make": {
        "empty": (_filled(PUBLIC["write"], "Make my letters"), "Enter your first name"),
        "bad-zip": (_letter(zip="123"), "ZIP"),
        "no-state": (_zip_of_two_states, "Choose your state"),
        "other-state": (_other_state, "ZIP"),
        "bad-email": (_email_typed_wrong, "email"),
        "too-long": (_letter(personal="word " * 2000), "characters"),
        "split-zip": (_split_zip, "districts"),
        "many-points": (_too_many_points, "Choose up to"),
        "to-no-one": (_to_no_one, "at least one recipient"),
        "by-hand": (_by_hand, "characters"),
        "no-file": (_no_file, "ZIP"),
    },
    "letter_to_editor.make": {
        "empty": (_filled(PUBLIC["editor"], "Draft my letter"), "Enter your first name"),
    },
    "cwc_request.start": {
        "empty": (_filled(PERSONAL["sending-ask"], "Email me the link"), "email"),
        "stale": (spoilt(PERSONAL["sending-ask"], "Email me the link"), "email"),
    },
    "cwc_approval.approve": {
        "gone": (spoilt(PERSONAL["sending-read"], "Send these letters"), GONE),
    },
    "cwc_approval.disown": {
        "gone": (spoilt(PERSONAL["sending-read"], "Delete these letters"), GONE)
    },
    "office_report.hold": {
        "empty": (PERSONAL["office-report-error"], "Choose the office"),
        "stale": (_stale_office_report, "open for a"),
    },
    "contact_report.mark": {"stale": (_report, "open for a")},
    "my_signature.correct": {
        "bad-zip": (_filled(PERSONAL["own"], "Save my corrections", {"zip": "1"}), "ZIP"),
        "no-zip": (_filled(PERSONAL["own"], "Save my corrections", {"zip": ""}), "ZIP"),
        "district": (_filled(PERSONAL["own-district"], "Save my corrections"), "street"),
        "gone": (spoilt(PERSONAL["own"], "Save my corrections"), GONE),
        "no-name": (
            _filled(PERSONAL["own"], "Save my corrections", {"first_name": ""}),
            "Enter your first name",
        ),
    },
    "my_signature.choose": {"gone": (spoilt(PERSONAL["own"], "Save my choices"), GONE)},
    "my_signature.stop_credit": {
        "gone": (spoilt(PERSONAL["own-credited"], "Stop naming me"), GONE)
    },
    "my_signature.agree": {"gone": (_agreed_by_a_link_that_is_gone, GONE)},
    "my_signature.withdraw": {
        "gone": (spoilt(PERSONAL["withdraw"], "Withdraw my signature"), GONE)
    },
    "my_signature.erase": {"gone": (spoilt(PERSONAL["erase"], "Erase everything"), GONE)},
    "my_signature.send_links": {
        "empty": (_filled(_asking_for_links, "Send me the link"), "email"),
        "stale": (
            spoilt(_asking_for_links, "Send me the link", {"email": "ani@example.org"}),
            "open for a",
        ),
    },
    "my_signature.unsubscribe": {"gone": (spoilt(PERSONAL["unsubscribe"], "Unsubscribe"), GONE)},
}

#: Ways that need a script to be there at all.
SCRIPTED: dict[str, Way] = {"report-from-letters": (_report_from_letters, "could not count")}

# -- for the people who run campaigns --------------------------------------------------------------


def _log_in_wrong(page: Page, site: Site) -> None:
    OFFICE["log-in-refused"](page, site)


def _enroll_wrong(page: Page, site: Site) -> None:
    OFFICE["own-second-factor-scan"](page, site)
    page.get_by_label("Code").fill("000000")
    press(page, "Turn on")


def _another_factor(page: Page, site: Site) -> None:
    OFFICE["own-second-factor"](page, site)
    page.locator("input[name=setup]").first.evaluate("field => { field.value = 'by-pigeon'; }")
    press(page, re.compile("^Set up"))


def _no_role(page: Page, site: Site) -> None:
    OFFICE["account"](page, site)
    page.locator("#role option").first.evaluate("option => { option.value = 'emperor'; }")
    page.locator("#role").select_option(index=0)
    press(page, "Change the role")


def _deletion(page: Page, site: Site) -> None:
    OFFICE["account"](page, site)
    click_and_load(page.get_by_role("link", name="Delete the account"))


def _own_deletion(page: Page, site: Site) -> None:
    OFFICE["own"](page, site)
    click_and_load(page.get_by_role("link", name="Delete my account"))


def _no_zip(page: Page, site: Site) -> None:
    TEXTS["draft-empty"](page, site)
    file = {"name": "it.zip", "mimeType": "application/zip", "buffer": b"No ZIP."}
    page.locator("#zip").set_input_files(file)  # type: ignore[arg-type]
    press(page, "Upload to the draft")


def _older_version(page: Page, site: Site) -> None:
    TEXTS["text-version"](page, site)
    page.goto("/organize/section-907/texts/history")
    click_and_load(page.locator("tbody th a").last)


def _sent_webhook(page: Page, site: Site) -> None:
    made = make_webhook(site)
    with site.database.writing() as connection:
        connection.execute(
            sa.update(models.outbox)
            .where(models.outbox.c.to == made.public_id)
            .values(status="sent")
        )
    enter(page, site)
    page.goto(f"/organize/section-907/connect/webhooks/{made.public_id}")


def _paper_rows(page: Page, site: Site) -> None:
    PAPER["paper"](page, site)
    type_row(page, 3, "Bo", "Li", "5900")
    press(page, "Enter this sheet")


def _paper_undone_twice(page: Page, site: Site) -> None:
    PAPER["paper-entered"](page, site)
    page.locator("form[action$=undo] input[name=line]").first.evaluate(
        "field => { field.value = 'gone'; }"
    )
    press(page, re.compile("^Undo"))


def _table_gone(page: Page, site: Site) -> None:
    PAPER["paper-table"](page, site)
    for file in (site.settings.home / "jobs").glob("*/*"):
        if file.is_file():
            file.unlink()
    press(page, re.compile("^Enter"))


def _table_empty(page: Page, site: Site) -> None:
    PAPER["paper"](page, site)
    press(page, "Check the table")


def _batch_gone(page: Page, site: Site) -> None:
    BATCHES["batch-checked"](page, site)
    for file in (site.settings.home / "jobs").rglob("*"):
        if file.is_file():
            file.unlink()
    press(page, re.compile("^Make"))


def _sheets(page: Page, site: Site) -> None:
    _filled(BATCHES["blank-sheet"], "Download the sheets", {"pages": "0"})(page, site)


def _nothing_to_deliver(page: Page, site: Site) -> None:
    PAPER["deliver"](page, site)
    page.locator("form[action$=packets]").first.evaluate(
        """form => { form.insertAdjacentHTML("beforeend",
            "<input type=hidden name=district value=AK-0>"); }"""
    )
    press(page, "Make the delivery day kit")


def _erasure(page: Page, site: Site) -> None:
    ROOMS["signer"](page, site)
    click_and_load(page.get_by_role("link", name="Erase this person"))


def _stale(room: str) -> State:
    """Post a form of a page that was open too long, as its button would."""

    def go(page: Page, site: Site) -> None:
        ROOMS["signers"](page, site)
        form = page.locator("form[role=search]")
        form.evaluate("(form, action) => { form.action = action; }", f"{HOME}{room}")
        button = page.get_by_role("button", name="Find")
        button.evaluate(_SPOIL)
        click_and_load(button)

    return go


def _record(page: Page, site: Site) -> None:
    ROOMS["signer"](page, site)
    press(page, "Strike")


def _find(page: Page, site: Site) -> None:
    ROOMS["signers-error"](page, site)


def _strike_without_a_reason(page: Page, site: Site) -> None:
    ROOMS["strike"](page, site)
    press(page, re.compile("^Strike"))


def _no_comment(page: Page, site: Site) -> None:
    ROOMS["comments"](page, site)
    press(page, "Save decisions")


def _update_of_nobody(page: Page, site: Site) -> None:
    ROOMS["update"](page, site)
    page.locator("#subject").fill("")
    press(page, "Save and preview")


def _open_connect(page: Page, site: Site) -> None:
    CONNECT["connect"](page, site)
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")


def _revoke(page: Page, site: Site) -> None:
    CONNECT["connect"](page, site)
    click_and_load(page.get_by_role("link", name=re.compile("^Revoke")).first)


def _delete_webhook(page: Page, site: Site) -> None:
    CONNECT["connect-webhook"](page, site)
    click_and_load(page.get_by_role("link", name=re.compile("Delete", re.IGNORECASE)).first)


def _new_secret(page: Page, site: Site) -> None:
    CONNECT["connect-webhook"](page, site)
    click_and_load(page.get_by_role("link", name=re.compile("secret", re.IGNORECASE)).first)


def _invited(page: Page, site: Site) -> None:
    OFFICE["accounts"](page, site)
    click_and_load(page.get_by_role("link", name=re.compile("@example.org|invited")).first)


def _export(page: Page, site: Site) -> None:
    EXPORTS["exports"](page, site)
    press(page, "Download")


OFFICE_FORMS: dict[str, dict[str, Way]] = {
    "security.login": {
        "wrong": (_log_in_wrong, "is wrong"),
        "empty": (_filled(OFFICE["log-in"], "Log in"), "is wrong"),
        "stale": (spoilt(OFFICE["log-in"], "Log in"), STALE),
    },
    "security.logout": {"stale": (spoilt(OFFICE["office-menu"], "Log out"), STALE)},
    "security.verify": {
        "wrong": (_filled(OFFICE["verify"], "Continue", {"password": "wrong"}), "password is wrong")
    },
    "security.two_factor_setup": {"unknown": (_another_factor, "second factor")},
    "security.two_factor_setup_validate": {"wrong": (_enroll_wrong, "code")},
    "security.two_factor_token_validation": {
        "wrong": (OFFICE["log-in-wrong-code"], "code"),
        "empty": (_filled(OFFICE["log-in-code"], "Continue"), "digits"),
    },
    "security.mf_recovery": {
        "wrong": (_filled(OFFICE["log-in-recovery"], "Continue", {"code": "no-such-code"}), "code"),
    },
    "security.mf_recovery_codes": {
        "stale": (spoilt(OFFICE["own-recovery-codes"], "Create new codes"), STALE)
    },
    "security.change_password": {
        "wrong": (
            _filled(
                OFFICE["own-password"],
                "Change the password",
                {"password": "x", "new_password": "short", "new_password_confirm": "other"},
            ),
            "password",
        )
    },
    "accounts.forgotten": {"empty": (_filled(OFFICE["password-ask"], "Send the link"), "email")},
    "accounts.reset": {
        "short": (_filled(OFFICE["password-new"], re.compile("password"), last=True), "password")
    },
    "accounts.accept": {"short": (OFFICE["invitation-error"], "passwords do not match")},
    "accounts.own": {"empty": (_filled(OFFICE["own"], "Save", {"name": ""}), "name")},
    "accounts.show": {"bad": (OFFICE["accounts-error"], "email address")},
    "accounts.one": {"no-role": (_no_role, "role")},
    "accounts.again": {"stale": (spoilt(_invited, "again"), STALE)},
    "accounts.delete": {"stale": (spoilt(_deletion, "Delete"), STALE)},
    "accounts.delete_own": {"stale": (spoilt(_own_deletion, "Delete"), STALE)},
    "accounts.remove": {"stale": (spoilt(OFFICE["account-remove"], "Remove the role"), STALE)},
    "signers.find": {"bad": (_find, "district")},
    "signers.decide": {"no-reason": (_record, "Enter a reason")},
    "signers.correct": {
        "bad-zip": (_filled(ROOMS["signer"], "Correct name and ZIP", {"zip": "1"}), "ZIP")
    },
    "signers.erase": {"stale": (spoilt(_erasure, "Erase this person"), STALE)},
    "signers.release": {"stale": (_stale("signers/release"), STALE)},
    "signers.undo": {"stale": (_stale("signers/pressed/1"), STALE)},
    "signers.strike": {"no-reason": (_strike_without_a_reason, "Enter a reason")},
    "signers.judge": {"nothing": (_no_comment, "at least one")},
    "batch.check": {
        "no-table": (_filled(BATCHES["batch"], "Check the table"), "table"),
        "refused": (BATCHES["batch-error"], "column"),
    },
    "batch.make": {"gone": (_batch_gone, "table")},
    "batch.print_sheet": {"none": (_sheets, "pages")},
    "exports.show": {"bad": (EXPORTS["exports-error"], "district")},
    "exports.run": {"no-purpose": (_export, "purpose")},
    "exports.forget": {"stale": (spoilt(EXPORTS["exports-saved"], "Delete"), STALE)},
    "deliver.packets": {"nothing": (_nothing_to_deliver, "There are no signers there yet")},
    "deliver.petition": {"few": (PAPER["deliver-refused"], "signers in each file")},
    "cwc_letters.retry": {"stale": (spoilt(ROOMS["electronic"], "Retry", last=True), STALE)},
    "paper.enter": {
        "row": (_paper_rows, "Line 3"),
        "page-id": (
            _filled(PAPER["paper"], "Enter this sheet", {"sheet": "?", "first_name-1": "Bo"}),
            "page",
        ),
    },
    "paper.undo": {"gone": (_paper_undone_twice, "There is no page here")},
    "paper.hand_in": {"empty": (_table_empty, "Choose a table")},
    "paper.enter_table": {"gone": (_table_gone, "Upload it again")},
    "updates.create": {
        "empty": (ROOMS["update-error"], "Enter a subject"),
    },
    "updates.ask_again": {"stale": (_stale("updates/ask-again"), STALE)},
    "updates.act": {"empty": (_update_of_nobody, "subject")},
    "updates.send": {"stale": (spoilt(ROOMS["update-sure"], "Send to"), STALE)},
    "updates.schedule": {
        "past": (
            _filled(ROOMS["update-sure"], "Schedule it", {"day": "2020-01-01", "clock": "09:30"}),
            "That time has passed",
        )
    },
    "updates.stop": {"stale": (spoilt(ROOMS["update-sent"], "Stop"), STALE)},
    "texts.publish": {"stale": (spoilt(TEXTS["texts"], "Unpublish", last=True), STALE)},
    "texts.change": {"bad": (TEXTS["text-error"], "petition.md")},
    "texts.publish_draft": {"bad": (TEXTS["draft-refused"], "no-such-fact")},
    "texts.discard_draft": {"stale": (spoilt(TEXTS["draft"], "Discard the draft"), STALE)},
    "texts.languages": {"stale": (spoilt(TEXTS["draft-empty"], "Drop", last=True), STALE)},
    "texts.upload_zip": {"no-zip": (_no_zip, "ZIP")},
    "texts.preview_link": {"stale": (spoilt(TEXTS["draft-empty"], "Make a"), STALE)},
    "texts.archive": {"stale": (spoilt(TEXTS["draft-empty"], "Archive the campaign"), STALE)},
    "texts.settings": {
        "bad": (_filled(TEXTS["text-settings"], "Save", {"accent": "mauve"}), "accent"),
    },
    "texts.picture": {"no-words": (TEXTS["text-picture-error"], "what the picture shows")},
    "texts.remove_picture": {"stale": (spoilt(TEXTS["text-picture"], "Remove"), STALE)},
    "texts.fact": {
        "long": (_filled(TEXTS["text-fact"], "Save", {"publisher": "x" * 300}), "characters")
    },
    "texts.new_fact": {
        "bad": (_filled(TEXTS["text-facts"], "Create the fact", {"id": "!"}), "an id")
    },
    "texts.restore": {"stale": (spoilt(_older_version, "Restore this version"), STALE)},
    "texts.start": {"empty": (_filled(TEXTS["campaign-new"], re.compile("."), last=True), "")},
    "integrations.make_key": {"empty": (_filled(_open_connect, "Create the key"), "")},
    "integrations.revoke_key": {"stale": (spoilt(_revoke, "Revoke"), STALE)},
    "integrations.add_webhook": {"bad": (CONNECT["connect-errors"], "public host name")},
    "integrations.webhook": {
        "bad": (_filled(CONNECT["connect-webhook"], "Save", {"url": "x"}), "https")
    },
    "integrations.test_webhook": {
        "stale": (spoilt(CONNECT["connect-webhook"], "Send a test"), STALE)
    },
    "integrations.renew_secret": {"stale": (spoilt(_new_secret, "secret"), STALE)},
    "integrations.switch": {"stale": (spoilt(CONNECT["connect-webhook"], "Switch"), STALE)},
    "integrations.send_again": {"stale": (spoilt(_sent_webhook, "Send again"), STALE)},
    "integrations.delete": {"stale": (spoilt(_delete_webhook, "Delete"), STALE)},
    "integrations.action_network": {
        "empty": (
            _filled(CONNECT["connect-action-network-on"], "Save", {"url": ""}),
            "API endpoint",
        )
    },
    "stances.import_file": {"empty": (ROOMS["stances-error"], "file")},
    "stances.member": {"empty": (ROOMS["stance-error"], "can be checked")},
    "corrections.correct": {"wrong": (ROOMS["corrections-error"], "No member has the id")},
    "corrections.dismiss": {"stale": (spoilt(ROOMS["corrections"], "Dismiss"), STALE)},
    "corrections.remove": {"stale": (spoilt(ROOMS["corrections"], "Remove"), STALE)},
    "jobs.cancel": {"stale": (spoilt(ROOMS["job"], "Stop"), STALE)},
}

#: Endpoints that take a post, and are no form of a page: scripts ask them; and what of the log-in's
#: library has no page here.
NO_FORMS = {
    "earlier_paths.moved",  # it sends every form on
    "builder.follow",
    "builder.taken",
    "paper.check",
    "security.two_factor_rescue",
    "security.tf_select",
}
