"""Signers as organizers look for them: a page at a time, the newest first, however many there are.

A page begins after the last row of the one before, so that page 1,000 costs what page 1 does.
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

#: A count goes no further: it is there to tell few from many.
MOST_COUNTED = 1_000

_ENDED = frozenset({SignatureStatus.WITHDRAWN, SignatureStatus.INVALID})


@dataclass(frozen=True)
class Search:
    """What is asked of signers; what is empty is not asked.

    `name_words` are words of a name's key (`identity.name_key`), each found anywhere in it.
    `email_key` is the key of a whole address. `zip` may be the first digits. `since` is included,
    `until` is not, both by the time of signing.
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
    #: No row that was added later than this one.
    up_to: int | None = None
    #: The public id of a signature whose comment others share word for word.
    like: str = ""
    #: A version on record whose words they did not sign.
    other_words_than: str = ""

    def conditions(self) -> list[Any]:
        """Return the conditions of the search on `signatures`."""
        columns = signatures.c
        asked: list[Any] = [columns.campaign == self.campaign]
        for name in ("email_key", "state", "district", "origin", "source"):
            if value := getattr(self, name):
                asked.append(columns[name] == value)
        if self.status:
            # Spelled out: only so do both databases use the small indexes of rare states.
            asked.append(columns.status == sa.literal_column(f"'{_known(self.status)}'"))
            if self.status in _ENDED:
                asked.append(sa.text("status IN ('withdrawn', 'invalid')"))  # its index's own words
        if self.only_flagged:
            asked.append(columns.flags != sa.literal_column("''"))
        if self.name_words:
            # By itself it needs the index of names alone.
            asked.append(columns.id.in_(_named(self.campaign, self.name_words)))
        if self.zip:
            asked.append(columns.zip.startswith(self.zip, autoescape=True))
        if self.flag:
            asked.append((" " + columns.flags + " ").contains(f" {self.flag} ", autoescape=True))
        if self.network:
            asked.append(columns.network.startswith(self.network, autoescape=True))
        if self.domain:
            asked.append(columns.email_key.endswith(f"@{self.domain}", autoescape=True))
        if self.like:
            one = signatures.alias("one")
            comment = sa.select(one.c.comment).where(
                one.c.public_id == self.like, one.c.campaign == self.campaign
            )
            asked += [columns.comment != "", columns.comment == comment.scalar_subquery()]
        if self.other_words_than:
            asked.append(wordings.signed_other(self.other_words_than))
        if self.up_to is not None:
            asked.append(columns.id <= self.up_to)
        if self.since is not None:
            asked.append(columns.created_at >= self.since)
        if self.until is not None:
            asked.append(columns.created_at < self.until)
        return asked


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
    """Some signers, the newest first; `after` and `before` begin the next page and the last one."""

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
    """Return `size` signers that were added earlier than row `after`, or later than row `before`.

    Without either, the newest.
    """
    asked = sa.select(signatures).where(*search.conditions()).limit(size + 1)
    if before is not None:
        newer = asked.where(signatures.c.id > before).order_by(signatures.c.id)
        rows = [of_row(row) for row in connection.execute(newer)]
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(
            tuple(rows),
            after=rows[-1].id if rows else None,
            before=rows[0].id if more and rows else None,
        )
    if after is not None:
        asked = asked.where(signatures.c.id < after)
    rows = [of_row(row) for row in connection.execute(asked.order_by(signatures.c.id.desc()))]
    more, rows = len(rows) > size, rows[:size]
    return Page(
        tuple(rows),
        after=rows[-1].id if more and rows else None,
        before=rows[0].id if after is not None and rows else None,
    )


def count(connection: Connection, search: Search) -> int:
    """Return how many signers a search finds: MOST_COUNTED stands for that many or more."""
    some = (
        sa.select(sa.literal_column("1"))
        .select_from(signatures)
        .where(*search.conditions())
        .limit(MOST_COUNTED)
        .subquery()
    )
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def newest(connection: Connection) -> int:
    """Return the number of the row that was added last, 0 for none."""
    return int(connection.execute(sa.select(sa.func.max(signatures.c.id))).scalar_one() or 0)


def public_ids(
    connection: Connection, search: Search, *, statuses: Sequence[str], limit: int
) -> tuple[str, ...]:
    """Return the public ids of up to `limit` signers of a search in one of those states."""
    asked = (
        sa.select(signatures.c.public_id)
        .where(*search.conditions(), signatures.c.status.in_(statuses))
        .order_by(signatures.c.id)
        .limit(limit)
    )
    return tuple(connection.execute(asked).scalars())


def decisions(connection: Connection, found: Signature) -> tuple[Record, ...]:
    """Return what was decided about one signature alone, oldest first."""
    rows = connection.execute(
        sa.select(audit_table)
        .where(
            audit_table.c.campaign == found.campaign,
            audit_table.c.action != "signers-read",
            sa.cast(audit_table.c.details, sa.String).contains(
                f'"{found.public_id}"', autoescape=True
            ),
        )
        .order_by(audit_table.c.id)
    )
    return tuple(audit.of_row(row) for row in rows)


@dataclass(frozen=True)
class Mail:
    """A mail about a signature: of what kind, and what became of it."""

    kind: str
    status: OutboxStatus
    at: datetime
    reason: str


def mail(connection: Connection, found: Signature) -> tuple[Mail, ...]:
    """Return the mails about a signature that are still on record, oldest first."""
    rows: Any = connection.execute(
        sa.select(
            outbox.c.kind,
            outbox.c.status,
            outbox.c.created_at,
            outbox.c.finished_at,
            outbox.c.last_error,
        )
        .where(outbox.c.signature_id == found.id)
        .order_by(outbox.c.id)
    )
    return tuple(
        Mail(row.kind, OutboxStatus(row.status), row.finished_at or row.created_at, row.last_error)
        for row in rows
    )
