"""Updates that bounced or that their readers complained about, by signer."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import bounces, updates

#: Why an update did not arrive; `complained` if its reader reported it as spam.
BounceKind = Literal["gone", "full", "blocked", "failed", "complained"]

#: A mailbox that was full for this many updates gets no more.
MAX_FULL = 3

#: Signers whose mailbox is gone or was full too often, or who complained.
UNREACHABLE = sa.union_all(
    sa.select(bounces.c.signature_id).where(bounces.c.kind.in_(["gone", "complained"])),
    sa.select(bounces.c.signature_id)
    .where(bounces.c.kind == "full")
    .group_by(bounces.c.signature_id)
    .having(sa.func.count() >= MAX_FULL),
)

# A later report replaces an earlier one only if it weighs more.
_WEIGHT = {"failed": 0, "blocked": 0, "full": 1, "gone": 2, "complained": 3}

_record = {
    name: insert.on_conflict_do_update(
        index_elements=[bounces.c.signature_id, bounces.c.update_id],
        set_={"kind": insert.excluded.kind, "at": insert.excluded.at},
        where=sa.case(_WEIGHT, value=insert.excluded.kind) > sa.case(_WEIGHT, value=bounces.c.kind),
    ).returning(bounces.c.signature_id)
    for name, insert in both(bounces).items()
}


def record(
    connection: Connection, signature_id: int, kind: BounceKind, *, update_id: int, now: datetime
) -> bool:
    """Record what a mail server or a reader reported about an update to a signer.

    Returns False, with nothing changed, if as much or more was known of this update and signer.
    """
    new = connection.execute(
        _record[dialect_of(connection)],
        {"signature_id": signature_id, "update_id": update_id, "kind": kind, "at": now},
    )
    if new.one_or_none() is None:
        return False
    name = kind if kind in {"complained", "blocked"} else "bounced"
    column = updates.c[name]
    connection.execute(
        sa.update(updates).where(updates.c.id == update_id).values({name: column + 1})
    )
    return True
