"""Time slots that all workers share, to send at a limited rate."""

import time

import sqlalchemy as sa

from campaign.store.db.engine import Database
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import rates

# The row of a slot expires this much later, so that it is not deleted while it is used.
_KEPT_S = 60.0

#: The clock that all workers share: SQLite is one machine, PostgreSQL has its own.
_NOW: dict[str, sa.ColumnElement[float]] = {
    "sqlite": sa.bindparam("now", type_=sa.Float),
    "postgresql": sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float),
}


def _reserving(dialect: str) -> sa.UpdateBase:
    """Return the statement that reserves the next slot and returns how long to wait for it."""
    insert = both(rates)[dialect]
    gap = sa.bindparam("gap", type_=sa.Float)
    now = _NOW[dialect]
    is_past = rates.c.expires_at - _KEPT_S + gap <= now
    return (
        insert.values(key=sa.bindparam("name"), hits=1, expires_at=now + _KEPT_S)
        .on_conflict_do_update(
            index_elements=[rates.c.key],
            set_={
                "hits": rates.c.hits + 1,
                "expires_at": sa.case((is_past, now + _KEPT_S), else_=rates.c.expires_at + gap),
            },
        )
        .returning((rates.c.expires_at - _KEPT_S - now).label("wait"))
    )


_reserve = {name: _reserving(name) for name in _NOW}


def reserve_slot(db: Database, name: str, *, gap_s: float) -> float:
    """Reserve the next free slot of that name and return the wait, in seconds.

    Slots are at least `gap_s` seconds apart, across all workers. Raises StoreUnavailable.
    """
    with db.counting() as connection:
        values: dict[str, float | str] = {"name": f"slot {name}", "gap": gap_s}
        dialect = dialect_of(connection)
        if dialect == "sqlite":
            values["now"] = time.time()
        wait = connection.execute(_reserve[dialect], values).scalar_one()
    return max(0.0, float(wait))
