"""Slots in time that all workers share: one after another, never two at once."""

import time

import sqlalchemy as sa

from campaign.store.db.engine import Database
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import rates

# A slot outlives its time by this much, so that nobody clears it as run out meanwhile.
_KEPT_S = 60.0

#: The clock that all workers share: SQLite is one machine, PostgreSQL has its own.
_NOW: dict[str, sa.ColumnElement[float]] = {
    "sqlite": sa.bindparam("now", type_=sa.Float),
    "postgresql": sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float),
}


def _taking(dialect: str) -> sa.UpdateBase:
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


_take = {name: _taking(name) for name in _NOW}


def take_slot(db: Database, name: str, *, gap_s: float) -> float:
    """Take the next free slot of that name and return how long to wait for it, in seconds.

    Slots are at least `gap_s` apart, whoever takes them. Raises StoreUnavailable.
    """
    with db.counting() as connection:
        values: dict[str, float | str] = {"name": f"slot {name}", "gap": gap_s}
        dialect = dialect_of(connection)
        if dialect == "sqlite":
            values["now"] = time.time()
        wait = connection.execute(_take[dialect], values).scalar_one()
    return max(0.0, float(wait))
