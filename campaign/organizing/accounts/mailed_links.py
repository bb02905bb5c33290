"""Mailed links into an account: invitation and password reset.

A link works once, for one purpose, until it expires. Opening its page changes nothing; the button
there does.
"""

from datetime import datetime

from sqlalchemy import Connection

from campaign import text
from campaign.errors import InvalidInput
from campaign.keys import Keyring
from campaign.link_lifetimes import Purpose
from campaign.organizing.accounts import passwords
from campaign.organizing.accounts.accounts import queue_mail, record
from campaign.store import accounts, outbox, tokens, used_links
from campaign.store.accounts import Account
from campaign.store.db.engine import Database

#: The longest name of an account.
MAX_NAME = 80

_REFUSED = "This link no longer works. Ask for a new one."


def ask_for_password(db: Database, address: str, *, now: datetime) -> None:
    """Queue a mail with a link to a new password, whether or not the address has an account.

    The mail sender drops it if there is no account: without a lookup here, the response cannot
    reveal which addresses have one.
    """
    with db.writing() as connection:
        outbox.enqueue(connection, "password", campaign="", to=address, payload={}, now=now)


def find_account(
    db: Database, token: str, purpose: Purpose, *, keyring: Keyring, now: datetime
) -> Account:
    """Return the account of a mailed link. Raises TokenRefused, identical for all causes."""
    with db.reading() as connection:
        return _find_account(connection, token, purpose, keyring=keyring, now=now)


def accept_invitation(
    db: Database, token: str, *, name: str, password: str, keyring: Keyring, now: datetime
) -> Account:
    """Open an invited account with a name and a password, and use up the link.

    Raises TokenRefused, and InvalidInput for a bad name or password.
    """
    known = find_account(db, token, "invitation", keyring=keyring, now=now)
    named = text.line(name, limit=MAX_NAME, field="name")
    if not named:
        raise InvalidInput("Enter the name that your colleagues know you by.", field="name")
    passwords.require_good(password, known=_guesses(known))
    hashed = passwords.hash_password(password)
    with db.writing() as connection:
        account = _find_account(connection, token, "invitation", keyring=keyring, now=now)
        _set_password(connection, account, hashed, name=named)
        used_links.record(connection, token, "account-opened", now=now)
        record(connection, "account-opened", account, f"user:{account.id}", now)
    return account


def reset_password(
    db: Database, token: str, *, password: str, keyring: Keyring, now: datetime
) -> Account:
    """Set a new password by a mailed link, use up the link, and end every session.

    The second factor stays. Raises TokenRefused and InvalidInput.
    """
    known = find_account(db, token, "password", keyring=keyring, now=now)
    passwords.require_good(password, known=_guesses(known))
    hashed = passwords.hash_password(password)
    with db.writing() as connection:
        account = _find_account(connection, token, "password", keyring=keyring, now=now)
        _set_password(connection, account, hashed)
        used_links.record(connection, token, "password-set", now=now)
        queue_mail(connection, "password-changed", account, "", now)
        record(connection, "password-reset", account, f"user:{account.id}", now)
    return account


def record_password_change(connection: Connection, account: Account, now: datetime) -> None:
    """Audit that a person changed their own password, and notify them by mail."""
    accounts.change(connection, account.id, nonce=tokens.new_nonce())
    queue_mail(connection, "password-changed", account, "", now)
    record(connection, "password-changed", account, f"user:{account.id}", now)


def _set_password(connection: Connection, account: Account, hashed: str, **more: str) -> None:
    accounts.change(
        connection,
        account.id,
        password=hashed,
        uniquifier=accounts.new_uniquifier(),
        nonce=tokens.new_nonce(),
        **more,
    )


def _find_account(
    connection: Connection, token: str, purpose: Purpose, *, keyring: Keyring, now: datetime
) -> Account:
    claim = tokens.read(token)
    account = None if claim is None else accounts.find_by_public_id(connection, claim.public_id)
    if (
        claim is None
        or account is None
        or not account.active
        or account.is_invited != (purpose == "invitation")
        or claim.expires_at <= now
        or not tokens.is_true(claim, keyring, purpose, account.nonce)
    ):
        raise used_links.refusal(connection, token, _REFUSED)
    return account


def _guesses(account: Account) -> tuple[str, ...]:
    """Words that an attacker would try first; short ones are left out: they match by chance."""
    words = (account.email.partition("@")[0], *account.name.split())
    return tuple(word.casefold() for word in words if len(word) > 3)
