"""Removing what is kept no longer: found by reading, removed in small transactions.

A long transaction would keep everybody from signing meanwhile.
"""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import leases
from campaign.store.engine import Database
from campaign.store.models import consents, outbox, signatures

_BATCH = 500


def delete_pending(db: Database, *, signed_before: datetime) -> int:
    """Delete signatures that were never confirmed. Returns how many."""
    is_old = (signatures.c.status == sa.literal_column("'pending'")) & (
        signatures.c.created_at < signed_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def delete_withdrawn(db: Database, *, ended_before: datetime) -> int:
    """Delete signatures that were taken back. Returns how many."""
    is_old = (signatures.c.status == "withdrawn") & (signatures.c.ended_at < ended_before)
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def delete_held(db: Database, *, signed_before: datetime) -> int:
    """Delete signatures that were set aside and that nobody released. Returns how many."""
    is_old = (signatures.c.status == sa.literal_column("'held'")) & (
        signatures.c.created_at < signed_before
    )
    return _in_batches(db, signatures, is_old, _delete_from(signatures, is_old))


def anonymise(db: Database, *, signed_before: datetime, now: datetime) -> int:
    """Take the person out of old signatures; place and day stay, and so the count. How many."""
    is_old = (
        signatures.c.status.in_(("confirmed", "invalid"))
        & signatures.c.anonymised_at.is_(None)
        & (signatures.c.created_at < signed_before)
    )
    nobody = dict.fromkeys(
        (
            "first_name", "last_name", "name_key", "zip", "city", "comment", "network", "flags",
            "sheet",
        ),
        "",
    )  # fmt: skip

    def work(connection: Connection, ids: list[int]) -> int:
        done = connection.scalars(
            sa.update(signatures)
            .where(_those_of(signatures, ids, is_old))
            .values(
                **nobody,
                email=None,
                email_key=None,
                comment_status="none",
                show_name=False,
                mail_opt_in=False,
                confirm_nonce=None,
                earlier=None,
                anonymised_at=now,
            )
            .returning(signatures.c.id)
        ).all()
        for table in (consents, outbox):
            connection.execute(sa.delete(table).where(table.c.signature_id.in_(done)))
        return len(done)

    return _in_batches(db, signatures, is_old, work)


def forget_mail(db: Database, *, finished_before: datetime) -> int:
    """Delete outbox rows that were sent or given up. Returns how many."""
    is_old = outbox.c.finished_at.is_not(None) & (outbox.c.finished_at < finished_before)
    return _in_batches(db, outbox, is_old, _delete_from(outbox, is_old))


def _delete_from(
    table: sa.Table, is_old: sa.ColumnElement[bool]
) -> Callable[[Connection, list[int]], int]:
    def work(connection: Connection, ids: list[int]) -> int:
        gone = sa.delete(table).where(_those_of(table, ids, is_old)).returning(table.c.id)
        return len(connection.execute(gone).all())

    return work


def _those_of(
    table: sa.Table, ids: list[int], is_old: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Those of these rows that are old still: one may have been confirmed since it was found.

    In the order of the rows, and without those that somebody else is at: they are found next time.
    """
    return leases.taken(table.c.id, table.c.id.in_(ids), is_old, order=(table.c.id,), most=len(ids))


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
