"""Heartbeats: when each thread of a worker last ran, for health checks and metrics."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import heartbeats

#: The threads of a worker: mail; periodic tasks; jobs; webhooks and other integrations.
Thread = Literal["mail", "tasks", "jobs", "integrations"]
THREADS: tuple[Thread, ...] = get_args(Thread)

#: A worker is alive if one of its threads ran within this time.
ALIVE = timedelta(minutes=2)

#: The name of workers that take their turns and end, such as those that a timer starts.
ONCE = "once"

_KEPT = timedelta(days=1)

_beat = {
    name: insert.on_conflict_do_update(
        index_elements=[heartbeats.c.worker, heartbeats.c.thread],
        set_={"at": insert.excluded.at},
    )
    for name, insert in both(heartbeats).items()
}


def beat(connection: Connection, worker: str, thread: Thread, *, now: datetime) -> None:
    """Record that a thread of that worker runs."""
    connection.execute(
        _beat[dialect_of(connection)], {"worker": worker, "thread": thread, "at": now}
    )


def end(connection: Connection, worker: str, *, now: datetime) -> None:
    """Delete a worker that has ended, and all that were silent for a day."""
    connection.execute(
        sa.delete(heartbeats).where(
            (heartbeats.c.worker == worker) | (heartbeats.c.at < now - _KEPT)
        )
    )


def last_beats(connection: Connection, *, now: datetime) -> Mapping[Thread, datetime]:
    """Return when each thread last ran; threads that never did are left out.

    If several workers are alive, the most silent thread counts, so that one that hangs is not
    hidden by another worker. If none is alive, or they take their turns and end, the latest counts.
    """
    rows = connection.execute(sa.select(heartbeats)).all()
    alive = {row.worker for row in rows if now - row.at <= ALIVE and row.worker != ONCE}
    beats: dict[Thread, datetime] = {}
    for thread in THREADS:
        of_thread = [row for row in rows if row.thread == thread]
        living = [row.at for row in of_thread if row.worker in alive]
        if living:
            beats[thread] = min(living)
        elif of_thread:
            beats[thread] = max(row.at for row in of_thread)
    return beats
