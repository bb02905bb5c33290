"""Delete data that is no longer kept: find rows by reading, delete them in small transactions.

A long transaction would block sign-ups.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import districts
from campaign.store.db import leases
from campaign.store.db.engine import Database
from campaign.store.db.literals import equals_literal
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import bounces, consents, outbox, signatures, unlisted
from campaign.store.statuses import CommentStatus, NameStatus, SignatureStatus

_BATCH = 500


def delete_pending(db: Database, *, signed_before: datetime) -> int:
    """Delete signatures that were never confirmed; return how many."""
    is_old = equals_literal(signatures.c.status, SignatureStatus.PENDING) & (
        signatures.c.created_at < signed_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def delete_withdrawn(db: Database, *, ended_before: datetime) -> int:
    """Delete signatures that were withdrawn; return how many."""
    is_old = (signatures.c.status == SignatureStatus.WITHDRAWN) & (
        signatures.c.ended_at < ended_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def delete_held(db: Database, *, signed_before: datetime) -> int:
    """Delete signatures that were set aside and never released; return how many."""
    is_old = equals_literal(signatures.c.status, SignatureStatus.HELD) & (
        signatures.c.created_at < signed_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def delete_invalid(db: Database, *, signed_before: datetime) -> int:
    """Delete signatures that an organizer struck; return how many."""
    is_old = (signatures.c.status == SignatureStatus.INVALID) & (
        signatures.c.created_at < signed_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


#: The columns of a signature after its personal data was erased: it counts for its campaign.
ANONYMOUS: dict[str, Any] = {
    **dict.fromkeys(
        (
            "first_name", "last_name", "name_key", "zip", "state", "district", "city", "comment",
            "source", "sheet", "reason", "flags", "network", "wording_version",
            "signed_district",
        ),
        "",
    ),
    **dict.fromkeys(
        (
            "email", "email_key", "confirm_nonce", "credit_nonce", "earlier", "mailed_at",
            "reminded_at", "confirmed_at", "ended_at", "unsubscribed_at", "number",
        ),
    ),
    "comment_status": CommentStatus.NONE,
    "show_name": False,
    "name_status": NameStatus.HIDDEN,
    "mail_opt_in": False,
    "language": "en",
    "mails": 0,
    "household_slot": 0,
    "lines": 0,
    "signed_lines": 0,
    # This column cannot be NULL, so all rows get the same time.
    "created_at": datetime(1970, 1, 1, tzinfo=UTC),
    # Links are derived from the nonce, so that no old link works.
    "nonce": b"",
}  # fmt: skip

#: Id, campaign, state, district, origin, lines and time of signing.
_Place = sa.Row[int, str, str, str, str, int, datetime]

_count_unlisted = {
    name: insert.on_conflict_do_update(
        index_elements=[
            unlisted.c.campaign, unlisted.c.state, unlisted.c.district, unlisted.c.origin
        ],
        set_={
            "count": unlisted.c.count + insert.excluded.count,
            "lines": sa.case(
                (unlisted.c.lines < insert.excluded.lines, unlisted.c.lines),
                else_=insert.excluded.lines,
            ),
        },
    )
    for name, insert in both(unlisted).items()
}  # fmt: skip


def anonymize(db: Database, *, signed_before: datetime, now: datetime) -> int:
    """Erase the personal data of old confirmed signatures; return how many.

    They still count. Only numbers remain of their places, in `unlisted`.
    """
    is_old = (
        equals_literal(signatures.c.status, SignatureStatus.CONFIRMED)
        & signatures.c.anonymised_at.is_(None)
        & (signatures.c.created_at < signed_before)
    )

    def work(connection: Connection, ids: list[int]) -> int:
        rows = _lock_places(connection, ids, is_old)
        if rows:
            _erase_person(connection, [row.id for row in rows], now)
            _count_places(connection, rows)
        return len(rows)

    return _in_batches(db, signatures, is_old, work)


def _lock_places(
    connection: Connection, ids: list[int], is_old: sa.ColumnElement[bool]
) -> Sequence[_Place]:
    """Return id and places of those that are still old.

    Sorted and locked, so that they are not withdrawn, corrected or erased meanwhile.
    """
    columns = signatures.c
    return connection.execute(
        sa.select(
            columns.id,
            columns.campaign,
            columns.state,
            columns.district,
            columns.origin,
            columns.lines,
            columns.created_at,
        )
        .where(columns.id.in_(ids), is_old)
        .order_by(columns.id)
        .with_for_update()
    ).all()


def _erase_person(connection: Connection, ids: list[int], now: datetime) -> None:
    connection.execute(
        sa.update(signatures)
        .where(signatures.c.id == sa.bindparam("row"))
        .values(**ANONYMOUS, public_id=sa.bindparam("blank_id"), anonymised_at=now),
        [{"row": row_id, "blank_id": f"gone-{secrets.token_hex(12)}"} for row_id in ids],
    )
    for table in (consents, outbox, bounces):
        connection.execute(sa.delete(table).where(table.c.signature_id.in_(ids)))


def _count_places(connection: Connection, rows: Sequence[_Place]) -> None:
    places = Counter((row.campaign, row.state, row.district, row.origin) for row in rows)
    lines: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        place = (row.campaign, row.state, row.district, row.origin)
        own = districts.lines_of(row.district, row.lines, row.created_at)
        lines[place] = min(own, lines.get(place, own))
    columns = ("campaign", "state", "district", "origin")
    connection.execute(
        _count_unlisted[dialect_of(connection)],
        [
            dict(zip(columns, place, strict=True)) | {"count": count, "lines": lines[place]}
            for place, count in sorted(places.items())
        ],
    )


def forget_mail(db: Database, *, finished_before: datetime) -> int:
    """Delete outbox rows that were sent or given up; return how many."""
    is_old = outbox.c.finished_at.is_not(None) & (outbox.c.finished_at < finished_before)
    return _in_batches(db, outbox, is_old, _delete_from(outbox, is_old))


def _delete_from(
    table: sa.Table, is_old: sa.ColumnElement[bool]
) -> Callable[[Connection, list[int]], int]:
    def work(connection: Connection, ids: list[int]) -> int:
        deletion = sa.delete(table).where(_those_of(table, ids, is_old)).returning(table.c.id)
        return len(connection.execute(deletion).all())

    return work


def _those_of(
    table: sa.Table, ids: list[int], is_old: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Return the condition on those of these rows that are still old and not locked.

    A row may have been confirmed since it was found. Locked rows are found again next time.
    """
    return leases.next_unlocked(
        table.c.id, table.c.id.in_(ids), is_old, order=(table.c.id,), limit=len(ids)
    )


def _in_batches(
    db: Database,
    table: sa.Table,
    is_old: sa.ColumnElement[bool],
    work: Callable[[Connection, list[int]], int],
) -> int:
    with db.reading() as connection:
        ids = list(connection.scalars(sa.select(table.c.id).where(is_old)))
    done = 0
    for start in range(0, len(ids), _BATCH):
        with db.writing() as connection:
            done += work(connection, ids[start : start + _BATCH])
    return done
