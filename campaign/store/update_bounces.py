"""Updates that bounced or that their readers complained about, by signer."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import bounces, updates

#: What a mail server said of an update that did not arrive; `complained` is its reader's word.
BounceKind = Literal["gone", "full", "blocked", "failed", "complained"]

#: After so many updates that found a mailbox full, it gets no more.
MAX_FULL = 3

#: Signers whose mailbox is gone or was full too often, or who complained.
UNREACHABLE = sa.union_all(
    sa.select(bounces.c.signature_id).where(bounces.c.kind.in_(["gone", "complained"])),
    sa.select(bounces.c.signature_id)
    .where(bounces.c.kind == "full")
    .group_by(bounces.c.signature_id)
    .having(sa.func.count() >= MAX_FULL),
)

# A later report replaces an earlier one only where it says more: a complaint more than all, and
# that a mailbox is gone more than that it was full.
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
    """Keep what a mail server or a reader said of an update to a signer.

    False, with nothing changed, where as much was known of this update and signer.
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
