"""Signatures and consents: one function a question, one statement each where that is possible.

The paths that meet a crowd are Core statements built once, when the module loads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign import public_names
from campaign.mail_address import mailable
from campaign.store.db import leases
from campaign.store.db.column_types import as_time
from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.models import consents, outbox, signatures
from campaign.store.outbox import message_id


@dataclass(frozen=True, repr=False)
class Signature:
    """A signature as it is stored. Its `repr()` shows the public id and the status alone."""

    id: int
    public_id: str
    campaign: str
    status: str
    first_name: str
    last_name: str
    name_key: str
    email: str
    email_key: str
    household_slot: int
    zip: str
    state: str
    district: str
    city: str
    comment: str
    comment_status: str
    show_name: bool
    name_status: str
    mail_opt_in: bool
    source: str
    sheet: str
    language: str
    origin: str
    reason: str
    flags: tuple[str, ...]
    network: str
    nonce: bytes
    confirm_nonce: bytes | None
    earlier: Mapping[str, Any] | None
    wording_version: str
    created_at: datetime
    reminded_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    unsubscribed_at: datetime | None
    anonymised_at: datetime | None
    number: int

    def __repr__(self) -> str:
        return f"Signature({self.public_id}, {self.status})"

    @property
    def is_confirmed(self) -> bool:
        """True when it counts."""
        return self.status == "confirmed"


#: What a sign-up says, as far as it is kept when a later one of the same address replaces it.
WORDS = (
    "first_name", "last_name", "zip", "state", "district", "city", "comment", "show_name",
    "mail_opt_in", "source", "language", "wording_version",
)  # fmt: skip
_BOXES = frozenset({"show_name", "mail_opt_in"})


@dataclass(frozen=True, repr=False)
class HouseholdMember:
    """A signature of one address in one campaign, as much as a further sign-up has to know.

    `words` are the columns of `WORDS`, `earlier` those that it replaced.
    """

    id: int
    slot: int
    name_key: str
    zip: str
    email: str
    status: str
    mails: int
    mailed_at: datetime | None
    words: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Any] | None = None


@dataclass(frozen=True, repr=False)
class Mailbox:
    """Who signed with one address: a campaign's household, and all others that nobody confirmed.

    `waiting_elsewhere` counts those of other campaigns, mailed of late and not confirmed.
    """

    household: tuple[HouseholdMember, ...] = ()
    waiting_elsewhere: int = 0


_mailbox = CompiledStatement(
    sa.select(
        signatures.c.campaign,
        signatures.c.created_at,
        signatures.c.id,
        signatures.c.household_slot,
        signatures.c.name_key,
        signatures.c.zip,
        signatures.c.email,
        signatures.c.status,
        signatures.c.mails,
        signatures.c.mailed_at,
        signatures.c.earlier,
        *(signatures.c[name] for name in WORDS),
    )
    .where(signatures.c.email_key == sa.bindparam("address"))
    .order_by(signatures.c.campaign, signatures.c.household_slot)
)


def mailbox(connection: Connection, campaign: str, email_key: str, *, since: datetime) -> Mailbox:
    """Return who signed with this address; "of late" is since that time.

    All of it in one question, so that a new address costs what a known one does.
    """
    rows = list(_mailbox.run(connection, {"address": email_key}))
    return Mailbox(
        tuple(_resident(row[2:]) for row in rows if row[0] == campaign),
        sum(
            row[0] != campaign and row[7] == "pending" and (as_time(row[1]) or since) > since
            for row in rows
        ),
    )


def _resident(row: Sequence[Any]) -> HouseholdMember:
    return HouseholdMember(
        id=row[0],
        slot=row[1],
        name_key=row[2],
        zip=row[3],
        email=row[4],
        status=row[5],
        mails=row[6],
        mailed_at=as_time(row[7]),
        earlier=_document(row[8]),
        words={
            name: bool(value) if name in _BOXES else value
            for name, value in zip(WORDS, row[9:], strict=True)
        },
    )


def _document(stored: object) -> Mapping[str, Any] | None:
    """Return a document that came straight from a driver: text on SQLite."""
    found = orjson.loads(stored) if isinstance(stored, str) else stored
    return found if isinstance(found, dict) else None


_TYPED = (*WORDS, "name_key", "name_status", "comment_status", "earlier")
_ADDED = (
    "public_id", "campaign", "status", "reason", "email", "email_key", "household_slot", "origin",
    "flags", "network", "nonce", "confirm_nonce", "created_at", "mailed_at", "mails",
)  # fmt: skip
_add = CompiledStatement(
    sa.insert(signatures)
    .values({name: sa.bindparam(name) for name in (*_ADDED, *_TYPED)})
    .returning(signatures.c.id)
)


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Add a signature of these columns, all that `_ADDED` and `_TYPED` name, and return its row.

    `earlier` may be left out, and `name_status` is not given: it is judged here.
    """
    judged = name_status(values["first_name"])
    [(row,)] = _add.run(connection, {"earlier": None, **values, "name_status": judged})
    return int(row)


def name_status(first_name: str) -> str:
    """Return whether a first name may be shown, or waits for an organizer to read it."""
    return "waiting" if public_names.needs_review(first_name) else "shown"


_IS_HIDDEN = signatures.c.name_status == sa.literal_column("'hidden'")


def _typing(*more: str) -> sa.Update:
    new: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in (*_TYPED, "mailed_at", "mails", *more)
    }
    # Once an organizer hid a name, the next one waits.
    waits: sa.ColumnElement[str] = sa.literal_column("'waiting'")
    new["name_status"] = sa.case((_IS_HIDDEN, waits), else_=new["name_status"])
    return sa.update(signatures).where(signatures.c.id == sa.bindparam("row")).values(new)


def _typed(row: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return what the statements of `_typing` ask for."""
    judged = {**values, "name_status": name_status(values["first_name"])}
    return {"row": row, **{f"new_{name}": value for name, value in judged.items()}}


def _judged(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns to change, with what a new first name means for its being shown."""
    if "first_name" not in values:
        return dict(values)
    is_same = signatures.c.first_name == values["first_name"]
    judged = sa.case(
        (is_same, signatures.c.name_status),
        (_IS_HIDDEN, "waiting"),
        else_=name_status(values["first_name"]),
    )
    return {**values, "name_status": judged}


_renew = CompiledStatement(
    _typing().where(sa.text("status IN ('pending', 'held')")).returning(signatures.c.id)
)
_let_go_on = (
    _typing("created_at", "flags", "network")
    .where(signatures.c.status == "held")
    .values(status="pending", reason="", confirm_nonce=sa.bindparam("new_confirm_nonce"))
)
_revive = (
    _typing("created_at", "confirm_nonce")
    .where(signatures.c.status == "withdrawn")
    .values(
        status="pending",
        reason="",
        number=sa.null(),
        confirmed_at=sa.null(),
        reminded_at=sa.null(),
        ended_at=sa.null(),
    )
)

_note_mail = CompiledStatement(
    sa.update(signatures)
    .where(signatures.c.id == sa.bindparam("row"))
    .values(mails=signatures.c.mails + 1, mailed_at=sa.bindparam("now"))
)


def renew(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Put what somebody typed anew into a signature that nobody confirmed yet.

    The links already mailed still work, and show the new words. `values` are the columns of what
    was typed, with `mailed_at` and `mails`. Returns False, with nothing changed, when it is neither
    pending nor held any more.
    """
    return bool(_renew.run(connection, _typed(row, values)))


def let_go_on(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Put what somebody typed into a signature that was set aside, and make it pending.

    `values` are those of `renew`, with `created_at`, `flags`, `network` and `confirm_nonce`.
    Returns False, with nothing changed, when it is not held any more.
    """
    return connection.execute(_let_go_on, _typed(row, values)).rowcount == 1


def revive(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Make a withdrawn signature pending again, with new words and a new link.

    `values` are those of `renew`, with `created_at` and `confirm_nonce`. Returns False, with
    nothing changed, when it is withdrawn no more.
    """
    return connection.execute(_revive, _typed(row, values)).rowcount == 1


_drop = CompiledStatement(sa.delete(signatures).where(signatures.c.id == sa.bindparam("row")))


def drop_blank(connection: Connection, row: int) -> None:
    """Delete a blank signature with what hangs on it. Row 0 is none: nothing changes."""
    _drop.run(connection, {"row": row})


def note_mail(connection: Connection, row: int, *, now: datetime) -> None:
    """Note that one more mail goes to the signer. Row 0 is nobody: nothing changes."""
    _note_mail.run(connection, {"row": row, "now": now})


def _guarded(table: sa.Table, names: Sequence[str]) -> sa.Insert:
    """An INSERT that writes its row only when told to.

    A sign-up runs the same statements for a new and for a known address, so that time tells
    nothing.
    """
    values = [sa.bindparam(name, type_=table.c[name].type) for name in names]
    wanted = sa.bindparam("wanted", type_=sa.Boolean) == sa.true()
    return sa.insert(table).from_select(list(names), sa.select(*values).where(wanted))


_consent_names = (
    "signature_id", "act", "wording_version", "sentence", "mail_opt_in", "show_name", "at"
)  # fmt: skip
_consent = CompiledStatement(_guarded(consents, _consent_names))

_mail_names = (
    "kind", "campaign", "to", "payload", "message_id", "signature_id", "status", "not_before",
    "attempts", "last_error", "created_at",
)  # fmt: skip
_mail = CompiledStatement(_guarded(outbox, _mail_names))


def record_consent(
    connection: Connection,
    signature_id: int,
    act: str,
    *,
    now: datetime,
    wording_version: str = "",
    sentence: str = "",
    mail_opt_in: bool = False,
    show_name: bool = False,
    wanted: bool = True,
) -> None:
    """Append what a person agreed to or took back; nothing where not `wanted`."""
    _consent.run(
        connection,
        {
            "signature_id": signature_id,
            "act": act,
            "wording_version": wording_version,
            "sentence": sentence,
            "mail_opt_in": mail_opt_in,
            "show_name": show_name,
            "at": now,
            "wanted": wanted,
        },
    )


def queue_mail(
    connection: Connection,
    kind: str,
    *,
    campaign: str,
    to: str,
    signature_id: int,
    language: str,
    now: datetime,
    wanted: bool = True,
) -> None:
    """Queue a mail about a signature; nothing where not `wanted`."""
    _mail.run(
        connection,
        {
            "kind": kind,
            "campaign": campaign,
            "to": mailable(to),
            "payload": {"signature": signature_id, "language": language},
            "message_id": message_id(),
            "signature_id": signature_id,
            "status": "queued",
            "not_before": now,
            "attempts": 0,
            "last_error": "",
            "created_at": now,
            "wanted": wanted,
        },
    )


_by_public_id = sa.select(signatures).where(signatures.c.public_id == sa.bindparam("wanted_id"))
_by_id = sa.select(signatures).where(signatures.c.id == sa.bindparam("wanted_id"))
_by_email = sa.select(signatures).where(signatures.c.email_key == sa.bindparam("address"))


def by_public_id(
    connection: Connection, public_id: str, *, for_change: bool = False
) -> Signature | None:
    """Return the signature with that public id, None where there is none.

    `for_change` keeps others from changing it until the transaction ends. Whoever holds more than
    one signature takes them in the order of their rows.
    """
    asked = _held(_by_public_id) if for_change else _by_public_id
    row = connection.execute(asked, {"wanted_id": public_id}).one_or_none()
    return None if row is None else of_row(row)


def _held(asked: sa.Select[Any]) -> sa.Select[Any]:
    # SQLite has one writer at a time, and ignores this clause.
    return asked.with_for_update(key_share=True)


def by_public_ids(
    connection: Connection, campaign: str, public_ids: Sequence[str]
) -> tuple[Signature, ...]:
    """Return those of these signatures that are a campaign's, held until the transaction ends."""
    asked = sa.select(signatures).where(
        signatures.c.public_id.in_(list(public_ids)), signatures.c.campaign == campaign
    )
    rows = connection.execute(_held(asked.order_by(signatures.c.id)))
    return tuple(of_row(row) for row in rows)


def by_id(connection: Connection, row_id: int) -> Signature | None:
    """Return the signature in that row, None where there is none."""
    row = connection.execute(_by_id, {"wanted_id": row_id}).one_or_none()
    return None if row is None else of_row(row)


@dataclass(frozen=True)
class Mailed:
    """How often a signer was mailed a link to confirm, and when last."""

    mails: int
    at: datetime | None


def mailed(connection: Connection, row_id: int) -> Mailed:
    """Return how often the signer of that row was mailed, and when last."""
    row = connection.execute(
        sa.select(signatures.c.mails, signatures.c.mailed_at).where(signatures.c.id == row_id)
    ).one()
    return Mailed(row.mails, row.mailed_at)


def by_email(connection: Connection, email_key: str) -> tuple[Signature, ...]:
    """Return every signature of an address, in every campaign, oldest first."""
    rows = connection.execute(_by_email.order_by(signatures.c.id), {"address": email_key})
    return tuple(of_row(row) for row in rows)


# -- Changes ---------------------------------------------------------------------------------------
# Each is one statement that says on what condition, and returns the signature that it changed. Only
# what it returns is counted, told and kept on record: what was read before may be true no more.


def _changed(connection: Connection, statement: sa.Update | sa.Delete) -> Signature | None:
    row = connection.execute(statement.returning(signatures)).one_or_none()
    return None if row is None else of_row(row)


_confirm = (
    sa.update(signatures)
    .where(
        signatures.c.id == sa.bindparam("row"),
        signatures.c.status == "pending",
        signatures.c.confirm_nonce == sa.bindparam("proof"),
    )
    .values(
        status="confirmed",
        confirmed_at=sa.bindparam("now"),
        mailed_at=sa.bindparam("now"),
        earlier=sa.null(),
    )
    .returning(signatures)
)


def confirm(
    connection: Connection,
    row: int,
    confirm_nonce: bytes,
    *,
    now: datetime,
    words: Mapping[str, Any] | None = None,
) -> Signature | None:
    """Confirm a pending signature once and return it: of many who try at once, one gets it.

    `words` are columns that its signer corrected on the confirming page.
    """
    statement = _confirm.values(_judged(words)) if words else _confirm
    given = {"row": row, "proof": confirm_nonce, "now": now}
    done = connection.execute(statement, given).one_or_none()
    return None if done is None else of_row(done)


def change(
    connection: Connection, row: int, *, was: Sequence[str], values: dict[str, Any]
) -> Signature | None:
    """Change a signature while its status is one of `was`, and return it as it is now.

    None, with nothing changed, when its status is another, or it is gone.
    """
    statement = sa.update(signatures).where(signatures.c.id == row, signatures.c.status.in_(was))
    return _changed(connection, statement.values(_judged(values)))


def change_own(
    connection: Connection, found: Signature, values: dict[str, Any]
) -> Signature | None:
    """Change what a person said of themselves while the signature stands as it was `found`.

    It has to have the same status and the same place, and a person still. Returns it as it is now;
    None, with nothing changed, when it stands otherwise.
    """
    statement = sa.update(signatures).where(
        signatures.c.id == found.id,
        signatures.c.status == found.status,
        signatures.c.state == found.state,
        signatures.c.district == found.district,
        signatures.c.anonymised_at.is_(None),
    )
    return _changed(connection, statement.values(_judged(values)))


def sign_anew(connection: Connection, found: Signature, version: str) -> Signature | None:
    """Let a signature that counts be of another wording, while it bears the one `found` with it.

    Returns it as it is now; None, with nothing changed, when it stands otherwise.
    """
    statement = sa.update(signatures).where(
        signatures.c.id == found.id,
        signatures.c.status == "confirmed",
        signatures.c.wording_version == found.wording_version,
        signatures.c.anonymised_at.is_(None),
    )
    return _changed(connection, statement.values(wording_version=version))


def reinstate(connection: Connection, row: int, *, confirm_nonce: bytes) -> Signature | None:
    """Let an invalid signature be what it was: confirmed if it had been, else held.

    Returns it as it is now, None when it is invalid no more.
    """
    was_confirmed = signatures.c.confirmed_at.is_not(None)
    statement = sa.update(signatures).where(
        signatures.c.id == row, signatures.c.status == "invalid"
    )
    return _changed(
        connection,
        statement.values(
            status=sa.case((was_confirmed, "confirmed"), else_="held"),
            confirm_nonce=sa.case(
                (was_confirmed, signatures.c.confirm_nonce),
                else_=sa.literal(confirm_nonce, signatures.c.confirm_nonce.type),
            ),
            reason="",
            ended_at=None,
        ),
    )


def unsubscribe(connection: Connection, row: int, *, now: datetime) -> Signature | None:
    """Take a signer off the list and return the signature; None where that was done before."""
    statement = sa.update(signatures).where(
        signatures.c.id == row, signatures.c.unsubscribed_at.is_(None)
    )
    return _changed(connection, statement.values(mail_opt_in=False, unsubscribed_at=now))


def mail_again(
    connection: Connection, row: int, *, fewer_than: int, mailed_before: datetime, now: datetime
) -> Signature | None:
    """Count one more confirming mail to a pending signer and return the signature.

    None when it is pending no more, has no address, had its last mail after `mailed_before`, or has
    had so many.
    """
    columns = signatures.c
    statement = sa.update(signatures).where(
        columns.id == row,
        columns.status == "pending",
        columns.email.is_not(None),
        columns.mails < fewer_than,
        columns.mailed_at.is_(None) | (columns.mailed_at <= mailed_before),
    )
    return _changed(connection, statement.values(mailed_at=now, mails=columns.mails + 1))


def judge_name(connection: Connection, found: Signature, status: str) -> Signature | None:
    """Note whether the first name that was `found` is shown; None when it is another by now."""
    statement = sa.update(signatures).where(
        signatures.c.id == found.id,
        signatures.c.first_name == found.first_name,
        signatures.c.first_name != "",
    )
    return _changed(connection, statement.values(name_status=status))


def judge_comment(connection: Connection, found: Signature, status: str) -> Signature | None:
    """Note what was decided about the comment that was `found`; None when it is another by now."""
    statement = sa.update(signatures).where(
        signatures.c.id == found.id,
        signatures.c.comment == found.comment,
        signatures.c.comment != "",
    )
    return _changed(connection, statement.values(comment_status=status))


def delete(
    connection: Connection, row: int, *, was: Sequence[str] | None = None
) -> Signature | None:
    """Delete a signature with its consents and its queued mail, while its status is in `was`.

    Returns it as it was at that moment; None, with nothing deleted, when it is another or gone.
    """
    statement = sa.delete(signatures).where(signatures.c.id == row)
    if was is not None:
        statement = statement.where(signatures.c.status.in_(was))
    return _changed(connection, statement)


def delete_paper(connection: Connection, row: int) -> Signature | None:
    """Delete a signature given on paper that counts, or waits to be reviewed, as `delete` does."""
    statement = sa.delete(signatures).where(
        signatures.c.id == row,
        signatures.c.status.in_(("confirmed", "held")),
        signatures.c.origin == "paper",
        signatures.c.anonymised_at.is_(None),
    )
    return _changed(connection, statement)


def cancel_mail(connection: Connection, row: int, kinds: Sequence[str]) -> int:
    """Delete mails of these kinds about a signature that have not left. Returns how many."""
    return connection.execute(
        sa.delete(outbox).where(
            outbox.c.signature_id == row, outbox.c.kind.in_(kinds), outbox.c.status == "queued"
        )
    ).rowcount


def consent_history(connection: Connection, row: int) -> tuple[Row[Any], ...]:
    """Return what the signer agreed to and took back, in order."""
    return tuple(
        connection.execute(
            sa.select(consents).where(consents.c.signature_id == row).order_by(consents.c.id)
        )
    )


def of_row(row: Row[Any]) -> Signature:
    """Return the signature in a row of the table."""
    return Signature(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        status=row.status,
        first_name=row.first_name,
        last_name=row.last_name,
        name_key=row.name_key,
        email=row.email or "",
        email_key=row.email_key or "",
        household_slot=row.household_slot,
        zip=row.zip,
        state=row.state,
        district=row.district,
        city=row.city,
        comment=row.comment,
        comment_status=row.comment_status,
        show_name=row.show_name,
        name_status=row.name_status,
        mail_opt_in=row.mail_opt_in,
        source=row.source,
        sheet=row.sheet,
        language=row.language,
        origin=row.origin,
        reason=row.reason,
        flags=tuple(row.flags.split()),
        network=row.network,
        nonce=row.nonce,
        confirm_nonce=row.confirm_nonce,
        earlier=row.earlier,
        wording_version=row.wording_version,
        created_at=row.created_at,
        reminded_at=row.reminded_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        unsubscribed_at=row.unsubscribed_at,
        anonymised_at=row.anonymised_at,
        number=row.number or 0,
    )


@dataclass(frozen=True, repr=False)
class Unreminded:
    """A pending signature whose reminder is due."""

    id: int
    campaign: str
    email: str
    language: str


def take_unreminded(
    connection: Connection,
    *,
    signed_after: datetime,
    signed_before: datetime,
    fewer_mails_than: int,
    now: datetime,
    limit: int,
) -> tuple[Unreminded, ...]:
    """Mark up to `limit` pending signatures as reminded and return them.

    Only those that had a mail before, fewer than so many, and did not ask for no more.
    """
    due = leases.next_unlocked(
        signatures.c.id,
        signatures.c.status == sa.literal_column("'pending'"),
        signatures.c.created_at > signed_after,
        signatures.c.created_at <= signed_before,
        signatures.c.reminded_at.is_(None),
        signatures.c.unsubscribed_at.is_(None),
        signatures.c.mails.between(1, fewer_mails_than - 1),
        order=(signatures.c.created_at,),
        limit=limit,
    )
    rows = connection.execute(
        sa.update(signatures)
        .where(due)
        .values(reminded_at=now, mailed_at=now, mails=signatures.c.mails + 1)
        .returning(
            signatures.c.id, signatures.c.campaign, signatures.c.email, signatures.c.language
        )
    )
    return tuple(Unreminded(*row) for row in rows)
