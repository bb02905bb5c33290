"""Heartbeats: when each thread of a worker last took a turn, told to whoever watches the site."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import heartbeats

#: The threads of a worker: mail and regular work; long jobs; webhooks and other systems.
Thread = Literal["mail", "jobs", "integrations"]
THREADS: tuple[Thread, ...] = get_args(Thread)

#: A worker is alive while one of its threads has taken a turn within this time.
ALIVE = timedelta(minutes=2)

_KEPT = timedelta(days=1)

_beat = {
    name: insert.on_conflict_do_update(
        index_elements=[heartbeats.c.worker, heartbeats.c.thread],
        set_={"at": insert.excluded.at},
    )
    for name, insert in both(heartbeats).items()
}


def beat(connection: Connection, worker: str, thread: Thread, *, now: datetime) -> None:
    """Note that a thread of that worker has taken a turn."""
    connection.execute(
        _beat[dialect_of(connection)], {"worker": worker, "thread": thread, "at": now}
    )


def end(connection: Connection, worker: str, *, now: datetime) -> None:
    """Forget a worker that has ended, and those of which nothing was heard for a day."""
    connection.execute(
        sa.delete(heartbeats).where(
            (heartbeats.c.worker == worker) | (heartbeats.c.at < now - _KEPT)
        )
    )


def last_turns(connection: Connection, *, now: datetime) -> Mapping[Thread, datetime]:
    """Return when each thread last took a turn; threads that never did are left out.

    Of several workers that are alive, that of the thread that has been silent for longest: one
    that hangs is not hidden by its like in another worker. Where none is alive, the latest.
    """
    rows = connection.execute(sa.select(heartbeats)).all()
    alive = {row.worker for row in rows if now - row.at <= ALIVE}
    found: dict[Thread, datetime] = {}
    for thread in THREADS:
        mine = [row for row in rows if row.thread == thread]
        living = [row.at for row in mine if row.worker in alive]
        if living:
            found[thread] = min(living)
        elif mine:
            found[thread] = max(row.at for row in mine)
    return found
