"""Every page of the back office in every state that somebody meets there: how to get to it.

Each state begins with a page of a visitor who is logged out; `enter` logs in.
"""

import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page

from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import mailed_links, passwords
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.web.organize.login import session_key
from tests.browser.live import Site
from tests.browser.navigation import click_and_load

PASSWORD = "correct horse battery staple"
_HASHED = passwords.hash_password(PASSWORD)
HOME = "/organize/section-907/"

State = Callable[[Page, Site], None]


def make_account(
    site: Site, role: str = "owner", campaign: str = "section-907", name: str = "Nare Organizer"
) -> Account:
    """Make an account of that role, whose password is `PASSWORD`."""
    now = datetime.now(UTC)
    with site.database.writing() as connection:
        made = accounts.add(
            connection,
            email=f"{role}-{secrets.token_hex(4)}@example.org",
            name=name,
            password=_HASHED,
            now=now,
        )
        if role:
            accounts.grant(connection, made.id, campaign=campaign, role=role, now=now)
    return made


def enter(page: Page, site: Site, role: str = "owner", campaign: str = "section-907") -> Account:
    """Be logged in with a new account of that role; where one lands is the state.

    By the cookie, not by the page: one network may log in only so often.
    """
    account = make_account(site, role, campaign)
    app = Flask(__name__)
    app.secret_key = session_key(site.settings)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    now = time.time()
    session = {
        "_user_id": account.uniquifier,
        "_permanent": True,
        "_fresh": True,
        "fs_paa": now,
        "begun": int(now),
    }
    page.context.add_cookies(
        [
            {
                "name": "campaign",
                "value": str(serializer.dumps(session)),
                "url": site.url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
    page.goto("/organize/")
    return account


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill the log-in page in and send it."""
    page.goto("/organize/log-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    click_and_load(page.get_by_role("button", name="Log in"))


def _log_in(page: Page, site: Site) -> None:
    page.goto("/organize/log-in")


def _refused(page: Page, site: Site) -> None:
    log_in(page, "nobody@example.org")


def _ask_password(page: Page, site: Site) -> None:
    page.goto("/organize/password")


def _asked_password(page: Page, site: Site) -> None:
    page.goto("/organize/password")
    page.get_by_label("Email").fill(make_account(site).email)
    click_and_load(page.get_by_role("button", name="Send the link"))


def _new_password(page: Page, site: Site) -> None:
    account = make_account(site)
    mailed_links.ask_for_password(site.database, account.email, now=datetime.now(UTC))
    page.goto(site.mailed_link(account.email, "/organize/password"))


def _invitation(page: Page, site: Site) -> None:
    address = f"invited-{secrets.token_hex(4)}@example.org"
    running.invite(
        site.database,
        address,
        "organizer",
        campaign="section-907",
        actor="cli:tests",
        now=datetime.now(UTC),
    )
    page.goto(site.mailed_link(address, "/organize/invitation"))


def _invitation_error(page: Page, site: Site) -> None:
    _invitation(page, site)
    page.get_by_label("Your name").fill("Nare")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password again").fill("else")
    click_and_load(page.get_by_role("button", name="Create my account"))


def _dead_link(page: Page, site: Site) -> None:
    page.goto("/organize/invitation/this-link-was-cut-short")


def _overview(page: Page, site: Site) -> None:
    enter(page, site)


def _menu(page: Page, site: Site) -> None:
    enter(page, site)
    page.locator(".office-account summary").click()


def _no_role(page: Page, site: Site) -> None:
    enter(page, site, "")


def _campaigns(page: Page, site: Site) -> None:
    enter(page, site, "owner", "*")


def _accounts(page: Page, site: Site) -> None:
    make_account(site, "organizer", name="Ani Sargsyan")
    make_account(site, "volunteer", name="Benjamin Featherstonehaugh-Cholmondeley")
    address = f"invited-{secrets.token_hex(4)}@example.org"
    running.invite(
        site.database,
        address,
        "exporter",
        campaign="section-907",
        actor="cli:tests",
        now=datetime.now(UTC),
    )
    enter(page, site)
    page.goto(f"{HOME}accounts")


def _invite_error(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(f"{HOME}accounts")
    page.get_by_label("Email").fill("no@address")
    click_and_load(page.get_by_role("button", name="Send the invitation"))


def _account(page: Page, site: Site) -> None:
    helper = make_account(site, "organizer", name="Ani Sargsyan")
    enter(page, site)
    page.goto(f"{HOME}accounts/{helper.public_id}")


def _remove(page: Page, site: Site) -> None:
    helper = make_account(site, "organizer", name="Ani Sargsyan")
    enter(page, site)
    page.goto(f"{HOME}accounts/{helper.public_id}/remove")


def _audit(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(f"{HOME}audit")


def _audit_empty(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(f"{HOME}audit?day=2020-01-01")


def _own(page: Page, site: Site) -> None:
    enter(page, site, "organizer")
    page.goto("/organize/own/")


def _change_password(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto("/organize/own/password")


def _set_up(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto("/organize/own/second-factor")


def _scan(page: Page, site: Site) -> None:
    _set_up(page, site)
    click_and_load(page.get_by_role("button", name="Set up an authenticator app"))


def _factor_on(page: Page, site: Site) -> None:
    _scan(page, site)
    shown = page.locator(".key").text_content() or ""
    page.get_by_label("Code").fill(pyotp.TOTP(re.sub("[ -]", "", shown)).now())
    click_and_load(page.get_by_role("button", name="Turn on"))
    page.goto("/organize/own/second-factor")


def _recovery_codes(page: Page, site: Site) -> None:
    _factor_on(page, site)
    page.goto("/organize/own/recovery-codes")
    click_and_load(page.get_by_role("button", name="Create new codes"))


def _code(page: Page, site: Site) -> None:
    account = enter(page, site)
    _scan_and_leave(page)
    log_in(page, account.email)


def _scan_and_leave(page: Page) -> None:
    page.goto("/organize/own/second-factor")
    click_and_load(page.get_by_role("button", name="Set up an authenticator app"))
    shown = page.locator(".key").text_content() or ""
    page.get_by_label("Code").fill(pyotp.TOTP(re.sub("[ -]", "", shown)).now())
    click_and_load(page.get_by_role("button", name="Turn on"))
    page.locator(".office-account summary").click()
    click_and_load(page.get_by_role("button", name="Log out"))


def _wrong_code(page: Page, site: Site) -> None:
    _code(page, site)
    page.get_by_label("Code").fill("000000")
    click_and_load(page.get_by_role("button", name="Continue"))


def _recovery(page: Page, site: Site) -> None:
    _code(page, site)
    click_and_load(page.get_by_role("link", name="Use a recovery code"))


def _verify(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto("/organize/verify")


def _forbidden(page: Page, site: Site) -> None:
    enter(page, site, "viewer")
    page.goto(f"{HOME}accounts")


def _not_found(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto("/organize/no-such-campaign/")


#: The ways in, one's own account, and the accounts and the audit of a campaign.
ACCOUNTS: dict[str, State] = {
    "log-in": _log_in,
    "log-in-refused": _refused,
    "password-ask": _ask_password,
    "password-asked": _asked_password,
    "password-new": _new_password,
    "invitation": _invitation,
    "invitation-error": _invitation_error,
    "dead-link": _dead_link,
    "log-in-code": _code,
    "log-in-wrong-code": _wrong_code,
    "log-in-recovery": _recovery,
    "office-menu": _menu,
    "no-role": _no_role,
    "campaigns": _campaigns,
    "accounts": _accounts,
    "accounts-error": _invite_error,
    "account": _account,
    "account-remove": _remove,
    "audit": _audit,
    "audit-empty": _audit_empty,
    "own": _own,
    "own-password": _change_password,
    "own-second-factor-scan": _scan,
    "own-second-factor-on": _factor_on,
    "own-recovery-codes": _recovery_codes,
    "verify": _verify,
    "forbidden": _forbidden,
}

#: Every state of the back office, for pictures too; each room adds its own.
OFFICE: dict[str, State] = {
    **ACCOUNTS,
    "office": _overview,
    "office-not-found": _not_found,
    "own-second-factor": _set_up,
}
