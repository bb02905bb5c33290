"""Revoke access again after a backup is restored.

A backup predates revoked keys, removed roles and changed passwords. From the replaced database we
carry over every restriction, but nothing that would grant access.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.organizing.accounts import passwords, roles
from campaign.store import accounts, api_tokens, audit, outbox, tokens
from campaign.store.accounts import Account
from campaign.store.db.engine import Database


@dataclass(frozen=True)
class Access:
    """Access in the replaced database: accounts, revoked keys, public ids of deleted accounts."""

    accounts: tuple[Account, ...] = ()
    revoked: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Revoked:
    """How many keys, roles and accounts (deleted, disabled or in need of a password) changed."""

    keys: int
    roles: int
    accounts: int


def find_access(db: Database) -> Access:
    """Return the access that a database grants now. Raises StoreUnavailable."""
    with db.reading() as connection:
        return Access(
            accounts.all_accounts(connection),
            api_tokens.revoked(connection),
            frozenset(
                str(record.details["public_id"])
                for record in audit.records(connection, action="account-deleted", limit=None)
            ),
        )


def revoke_again(db: Database, before: Access, *, now: datetime) -> Revoked:
    """Revoke again what `before` had revoked, and end every session and mailed link.

    If a password was changed since the backup, its owner must set a new one by mail; the second
    factor of the backup stays. Raises StoreUnavailable.
    """
    known = {account.public_id: account for account in before.accounts}
    taken = closed = 0
    with db.writing() as connection:
        keys = api_tokens.revoke_again(connection, before.revoked, now=now)
        for account in accounts.all_accounts(connection):
            if account.public_id in before.deleted:
                outbox.forget_address(connection, account.email)
                accounts.delete(connection, account.id)
                closed += 1
                continue
            accounts.end_sessions(connection, account.id)
            accounts.change(connection, account.id, nonce=tokens.new_nonce())
            then = known.get(account.public_id)
            if then is not None:
                taken += _take_roles(connection, account, then.grants, now)
                closed += _close(connection, account, then)
    return Revoked(keys, taken, closed)


def _take_roles(
    connection: Connection, account: Account, held: Mapping[str, str], now: datetime
) -> int:
    taken = 0
    for campaign, back in account.grants.items():
        role = held.get(campaign)
        if role is None:
            accounts.revoke(connection, account.id, campaign=campaign)
        elif roles.ROLES.index(roles.role(role)) > roles.ROLES.index(roles.role(back)):
            accounts.grant(connection, account.id, campaign=campaign, role=role, now=now)
        else:
            continue
        taken += 1
    return taken


def _close(connection: Connection, account: Account, then: Account) -> bool:
    values: dict[str, Any] = {}
    if account.active and not then.active:
        values["active"] = False
    if account.password and then.password and account.password != then.password:
        values["password"] = passwords.hash_password(secrets.token_urlsafe(32))
    if values:
        accounts.change(connection, account.id, **values)
    return bool(values)
