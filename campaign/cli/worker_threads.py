"""The loop of each thread of a worker: it takes turns and survives every error."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from campaign import logs
from campaign.errors import StoreUnavailable
from campaign.store import heartbeats
from campaign.store.db.engine import Database
from campaign.store.heartbeats import Thread

_log = logs.logger("worker")

#: The result of a turn: more to do at once, nothing due, or not possible now.
Outcome = Literal["more", "idle", "stalled"]
Turn = Callable[[], Outcome]

#: The pause when nothing is due: short, because a person who has just signed waits for the mail.
IDLE_S = 1.0
#: The pause after an outage or error: doubled each time, up to the longest.
FIRST_PAUSE_S = 2.0
MAX_PAUSE_S = 60.0
# The shortest interval between two heartbeats of a thread.
_BEAT_EVERY_S = 15.0


class Heart:
    """Records when each thread of a worker took a turn. Thread-safe.

    `worker` is its name, a new one by default.
    """

    def __init__(self, db: Database, worker: str = "") -> None:
        self._db = db
        self._worker = worker or secrets.token_hex(8)
        self._due: dict[Thread, float] = {}

    def beat(self, thread: Thread) -> None:
        """Record a turn, at most once per interval; when the database is down, the next one is
        recorded.
        """
        if time.monotonic() < self._due.get(thread, 0.0):
            return
        try:
            with self._db.counting() as connection:
                heartbeats.beat(connection, self._worker, thread, now=datetime.now(UTC))
        except StoreUnavailable:
            return
        self._due[thread] = time.monotonic() + _BEAT_EVERY_S

    def end(self) -> None:
        """Delete the heartbeats of this worker."""
        try:
            with self._db.counting() as connection:
                heartbeats.end(connection, self._worker, now=datetime.now(UTC))
        except StoreUnavailable:
            _log.warning("heartbeats-left")


def keep_turning(
    thread: Thread, begin: Callable[[], Turn], stopping: threading.Event, heart: Heart
) -> None:
    """Take turns until `stopping` is set. `begin` returns the function that takes a turn.

    No error ends the thread. Each is logged as one line, without values; then the thread waits,
    longer each time, and goes on.
    """
    turn: Turn | None = None
    pause = FIRST_PAUSE_S
    while not stopping.is_set():
        try:
            if turn is None:
                turn = begin()
            outcome = turn()
            heart.beat(thread)
        except StoreUnavailable as error:
            _log.error("database-unavailable", thread=thread, reason=str(error))
            outcome = "stalled"
        except (Exception, SystemExit):  # noqa: BLE001 (no other thread would start it again)
            _log.exception("turn-failed", thread=thread)
            outcome = "stalled"
        if outcome == "stalled":
            stopping.wait(pause)
            pause = min(2 * pause, MAX_PAUSE_S)
            continue
        pause = FIRST_PAUSE_S
        if outcome == "idle":
            stopping.wait(IDLE_S)
