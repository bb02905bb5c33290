"""Accounts of the people who run campaigns: identity, roles, log-in."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.keys import Keyring
from campaign.link_lifetimes import LIFETIMES, Purpose
from campaign.store import audit
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import accounts, grants
from campaign.store.tokens import mint, new_nonce, new_public_id


@dataclass(frozen=True)
class Account:
    """An account and its grants. Its `repr()` shows no personal data.

    `password` is an Argon2id hash, or None before the invitation is accepted. `totp_secret` and
    `recovery_codes` are encrypted. `grants` maps a campaign, or "*" for all, to a role.
    """

    id: int
    public_id: str
    email: str = field(repr=False)
    name: str = field(repr=False)
    password: str | None = field(repr=False)
    uniquifier: str = field(repr=False)
    active: bool
    totp_secret: str | None = field(repr=False)
    totp_step: int | None = field(repr=False)
    recovery_codes: tuple[str, ...] | None = field(repr=False)
    nonce: bytes = field(repr=False)
    created_at: datetime
    last_seen_at: datetime | None
    grants: Mapping[str, str]
    #: Campaign or "*" -> when the account got its current role there.
    granted_at: Mapping[str, datetime]

    @property
    def is_invited(self) -> bool:
        """True until the person has chosen a password."""
        return self.password is None

    @property
    def shown_name(self) -> str:
        """The name that colleagues see; the address if there is no name yet."""
        return self.name or self.email


def key_of(email: str) -> str:
    """Return the lookup key of an address. Unlike for signers, `+tag` and dots matter."""
    return email.strip().casefold()


def new_uniquifier() -> str:
    """Return a new session id of an account; setting it ends all earlier sessions."""
    return secrets.token_hex(32)


def add(
    connection: Connection,
    *,
    email: str,
    name: str = "",
    password: str | None = None,
    now: datetime,
) -> Account:
    """Add an account without a role. Raises StoreConflict if the address has an account."""
    account_id = connection.execute(
        sa.insert(accounts).returning(accounts.c.id),
        {
            "public_id": new_public_id(now),
            "email": email,
            "email_key": key_of(email),
            "name": name,
            "password": password,
            "uniquifier": new_uniquifier(),
            "active": True,
            "nonce": new_nonce(),
            "created_at": now,
            **_unused_number(connection),
        },
    ).scalar_one()
    account = find(connection, account_id)
    assert account is not None
    return account


def _unused_number(connection: Connection) -> dict[str, int]:
    """Return the id of a new account, on SQLite, which may reuse the id of a deleted row.

    The audit log names a deleted account by its id, so that id must not be used again.
    """
    if connection.dialect.name != "sqlite":
        return {}
    deleted = (
        int(record.details["account"])
        for record in audit.records(connection, action="account-deleted", limit=None)
    )
    last = connection.execute(sa.select(sa.func.max(accounts.c.id))).scalar() or 0
    return {"id": max(last, *deleted, 0) + 1}


def find(connection: Connection, account_id: int) -> Account | None:
    """Return the account with that id, or None."""
    return _one(connection, accounts.c.id == account_id)


def find_by_email(connection: Connection, email: str) -> Account | None:
    """Return the account of that address, ignoring case, or None."""
    return _one(connection, accounts.c.email_key == key_of(email))


def find_by_public_id(connection: Connection, public_id: str) -> Account | None:
    """Return the account with that public id, or None."""
    return _one(connection, accounts.c.public_id == public_id)


def find_by_uniquifier(connection: Connection, uniquifier: str) -> Account | None:
    """Return the account that a session names, or None."""
    return _one(connection, accounts.c.uniquifier == uniquifier)


def of_campaign(
    connection: Connection, campaign: str, every: str = "*", *, for_change: bool = False
) -> tuple[Account, ...]:
    """Return the accounts with a role in that campaign or in all, sorted by address.

    `for_change` locks these roles until the transaction ends.
    """
    query = sa.select(grants.c.account_id).where(grants.c.campaign.in_((campaign, every)))
    # SQLite ignores this clause, because it has one writer at a time.
    ids = connection.scalars(query.with_for_update() if for_change else query)
    return _many(connection, accounts.c.id.in_(sorted(set(ids))))


def all_accounts(connection: Connection) -> tuple[Account, ...]:
    """Return all accounts, sorted by address."""
    return _many(connection, sa.true())


def names(connection: Connection, ids: Iterable[int]) -> Mapping[int, str]:
    """Return {id of the account: the name that colleagues see}."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(accounts.c.id, accounts.c.name, accounts.c.email).where(accounts.c.id.in_(wanted))
    )
    return {row.id: row.name or row.email for row in rows}


def change(connection: Connection, account_id: int, **values: Any) -> None:
    """Set columns of an account."""
    connection.execute(sa.update(accounts).where(accounts.c.id == account_id).values(**values))


def delete(connection: Connection, account_id: int) -> None:
    """Delete an account with its roles. The audit log still has its id, which is not used again."""
    connection.execute(sa.delete(accounts).where(accounts.c.id == account_id))


def end_sessions(connection: Connection, account_id: int) -> None:
    """End all sessions of an account."""
    change(connection, account_id, uniquifier=new_uniquifier())


def use_totp_step(connection: Connection, account_id: int, step: int) -> bool:
    """Record the step of a one-time code; False if it or a later one was used before."""
    is_new = accounts.c.totp_step.is_(None) | (accounts.c.totp_step < step)
    return bool(
        connection.execute(
            sa.update(accounts).where(accounts.c.id == account_id, is_new).values(totp_step=step)
        ).rowcount
    )


def use_recovery_code(connection: Connection, account_id: int, sealed: str) -> bool:
    """Remove a recovery code, given as stored; False if it was used before."""
    codes = connection.execute(
        sa.select(accounts.c.recovery_codes).where(accounts.c.id == account_id).with_for_update()
    ).scalar()
    if not codes or sealed not in codes:
        return False
    change(connection, account_id, recovery_codes=[code for code in codes if code != sealed])
    return True


_grant = {
    name: insert.on_conflict_do_update(
        index_elements=[grants.c.account_id, grants.c.campaign],
        set_={column: insert.excluded[column] for column in ("role", "granted_at")},
    )
    for name, insert in both(grants).items()
}


def grant(
    connection: Connection, account_id: int, *, campaign: str, role: str, now: datetime
) -> None:
    """Give an account a role in a campaign, in place of any it had there."""
    connection.execute(
        _grant[dialect_of(connection)],
        {"account_id": account_id, "campaign": campaign, "role": role, "granted_at": now},
    )


def revoke(connection: Connection, account_id: int, *, campaign: str) -> None:
    """Remove an account's role in a campaign."""
    connection.execute(
        sa.delete(grants).where(grants.c.account_id == account_id, grants.c.campaign == campaign)
    )


def token(account: Account, purpose: Purpose, *, keyring: Keyring, now: datetime) -> str:
    """Return the token of a mailed link that opens the account; `LIFETIMES` limits its validity.

    The token is not stored. It works once, because the account's nonce changes with its password.
    """
    return mint(
        keyring,
        purpose,
        public_id=account.public_id,
        nonce=account.nonce,
        expires_at=now + LIFETIMES[purpose],
    )


def _one(connection: Connection, which: sa.ColumnElement[bool]) -> Account | None:
    row = connection.execute(sa.select(accounts).where(which)).one_or_none()
    if row is None:
        return None
    roles = connection.execute(sa.select(grants).where(grants.c.account_id == row.id))
    return _of_row(row, roles.all())


def _many(connection: Connection, which: sa.ColumnElement[bool]) -> tuple[Account, ...]:
    rows = connection.execute(sa.select(accounts).where(which).order_by(accounts.c.email_key)).all()
    roles: dict[int, list[Row[Any]]] = {row.id: [] for row in rows}
    for role in connection.execute(sa.select(grants).where(grants.c.account_id.in_(sorted(roles)))):
        roles[role.account_id].append(role)
    return tuple(_of_row(row, roles[row.id]) for row in rows)


def _of_row(row: Row[Any], roles: Sequence[Row[Any]]) -> Account:
    return Account(
        id=row.id,
        public_id=row.public_id,
        email=row.email,
        name=row.name,
        password=row.password,
        uniquifier=row.uniquifier,
        active=row.active,
        totp_secret=row.totp_secret,
        totp_step=row.totp_step,
        recovery_codes=None if row.recovery_codes is None else tuple(row.recovery_codes),
        nonce=row.nonce,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        grants={grant.campaign: grant.role for grant in roles},
        granted_at={grant.campaign: grant.granted_at for grant in roles},
    )
