"""Search signers for organizers, newest first, in pages.

A page starts after the last row of the previous one, so that page 1,000 is as fast as page 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import audit, wordings
from campaign.store.audit import Record
from campaign.store.models import audit as audit_table
from campaign.store.models import outbox, signatures
from campaign.store.signatures import Signature, of_row
from campaign.store.statuses import OutboxStatus, SignatureStatus

#: Counts stop here; they only tell few from many.
MAX_COUNTED = 1_000

_ENDED = frozenset({SignatureStatus.WITHDRAWN, SignatureStatus.INVALID})


@dataclass(frozen=True)
class Search:
    """A search; empty fields match all.

    `name_words` are words of a name key (`identity.name_key`), each found anywhere in it.
    `email_key` is the key of a whole address. `zip` may be its first digits. `since` is inclusive,
    `until` exclusive, both by the time of signing.
    """

    campaign: str
    name_words: tuple[str, ...] = ()
    email_key: str = ""
    zip: str = ""
    state: str = ""
    district: str = ""
    source: str = ""
    status: str = ""
    origin: str = ""
    flag: str = ""
    network: str = ""
    domain: str = ""
    since: datetime | None = None
    until: datetime | None = None
    only_flagged: bool = False
    #: No rows with ids above this one.
    up_to: int | None = None
    #: The public id of a signature whose comment they share word for word.
    like: str = ""
    #: A recorded wording version whose text they did not sign.
    other_words_than: str = ""

    def conditions(self) -> list[Any]:
        """Return the conditions on `signatures`."""
        columns = signatures.c
        conditions: list[Any] = [columns.campaign == self.campaign]
        for name in ("email_key", "state", "district", "origin", "source"):
            if value := getattr(self, name):
                conditions.append(columns[name] == value)
        if self.status:
            # Spelled out, so that both databases use the partial indexes of rare statuses.
            conditions.append(columns.status == sa.literal_column(f"'{_known(self.status)}'"))
            if self.status in _ENDED:
                conditions.append(sa.text("status IN ('withdrawn', 'invalid')"))
        if self.only_flagged:
            conditions.append(columns.flags != sa.literal_column("''"))
        if self.name_words:
            # A subquery needs only the index of names.
            conditions.append(columns.id.in_(_named(self.campaign, self.name_words)))
        if self.zip:
            conditions.append(columns.zip.startswith(self.zip, autoescape=True))
        if self.flag:
            conditions.append(
                (" " + columns.flags + " ").contains(f" {self.flag} ", autoescape=True)
            )
        if self.network:
            conditions.append(columns.network.startswith(self.network, autoescape=True))
        if self.domain:
            conditions.append(columns.email_key.endswith(f"@{self.domain}", autoescape=True))
        if self.like:
            shared = signatures.alias("one")
            comment = sa.select(shared.c.comment).where(
                shared.c.public_id == self.like, shared.c.campaign == self.campaign
            )
            conditions += [columns.comment != "", columns.comment == comment.scalar_subquery()]
        if self.other_words_than:
            conditions.append(wordings.signed_other_words(self.other_words_than))
        if self.up_to is not None:
            conditions.append(columns.id <= self.up_to)
        if self.since is not None:
            conditions.append(columns.created_at >= self.since)
        if self.until is not None:
            conditions.append(columns.created_at < self.until)
        return conditions


def _named(campaign: str, words: Sequence[str]) -> sa.Select[int]:
    named = signatures.alias("named")
    return sa.select(named.c.id).where(
        named.c.campaign == campaign,
        *(named.c.name_key.contains(word, autoescape=True) for word in words),
    )


def _known(status: str) -> str:
    if not status.isalpha() or not status.isascii():
        raise ValueError(status)
    return status


@dataclass(frozen=True)
class Page:
    """Some signers, newest first; `after` and `before` start the next and the previous page."""

    signers: tuple[Signature, ...]
    after: int | None
    before: int | None


def page(
    connection: Connection,
    search: Search,
    *,
    size: int,
    after: int | None = None,
    before: int | None = None,
) -> Page:
    """Return `size` signers with ids below `after`, or above `before`, or the newest."""
    conditions = sa.select(signatures).where(*search.conditions()).limit(size + 1)
    if before is not None:
        newer = conditions.where(signatures.c.id > before).order_by(signatures.c.id)
        rows = [of_row(row) for row in connection.execute(newer)]
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(
            tuple(rows),
            after=rows[-1].id if rows else None,
            before=rows[0].id if more and rows else None,
        )
    if after is not None:
        conditions = conditions.where(signatures.c.id < after)
    rows = [of_row(row) for row in connection.execute(conditions.order_by(signatures.c.id.desc()))]
    more, rows = len(rows) > size, rows[:size]
    return Page(
        tuple(rows),
        after=rows[-1].id if more and rows else None,
        before=rows[0].id if after is not None and rows else None,
    )


def count(connection: Connection, search: Search) -> int:
    """Return how many signers match; `MAX_COUNTED` means that many or more."""
    some = (
        sa.select(sa.literal_column("1"))
        .select_from(signatures)
        .where(*search.conditions())
        .limit(MAX_COUNTED)
        .subquery()
    )
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def newest(connection: Connection) -> int:
    """Return the id of the row that was added last, or 0."""
    return int(connection.execute(sa.select(sa.func.max(signatures.c.id))).scalar_one() or 0)


def public_ids(
    connection: Connection, search: Search, *, statuses: Sequence[str], limit: int
) -> tuple[str, ...]:
    """Return the public ids of up to `limit` matching signers with one of these statuses."""
    conditions = (
        sa.select(signatures.c.public_id)
        .where(*search.conditions(), signatures.c.status.in_(statuses))
        .order_by(signatures.c.id)
        .limit(limit)
    )
    return tuple(connection.execute(conditions).scalars())


def decisions(connection: Connection, signature: Signature) -> tuple[Record, ...]:
    """Return the audit records about a single signature, oldest first."""
    rows = connection.execute(
        sa.select(audit_table)
        .where(
            audit_table.c.campaign == signature.campaign,
            audit_table.c.action != "signers-read",
            sa.cast(audit_table.c.details, sa.String).contains(
                f'"{signature.public_id}"', autoescape=True
            ),
        )
        .order_by(audit_table.c.id)
    )
    return tuple(audit.of_row(row) for row in rows)


@dataclass(frozen=True)
class Mail:
    """A mail about a signature: its kind, status, time, and the reason for the status."""

    kind: str
    status: OutboxStatus
    at: datetime
    reason: str


def mail(connection: Connection, signature: Signature) -> tuple[Mail, ...]:
    """Return the mails about a signature that are still in the outbox table, oldest first."""
    rows: Any = connection.execute(
        sa.select(
            outbox.c.kind,
            outbox.c.status,
            outbox.c.created_at,
            outbox.c.finished_at,
            outbox.c.last_error,
        )
        .where(outbox.c.signature_id == signature.id)
        .order_by(outbox.c.id)
    )
    return tuple(
        Mail(row.kind, OutboxStatus(row.status), row.finished_at or row.created_at, row.last_error)
        for row in rows
    )
