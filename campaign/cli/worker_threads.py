"""How each thread of a worker goes on: turn after turn, whatever a turn comes to."""

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

#: What a turn came to: there is more to do at once, nothing is due, or it could not be done now.
Outcome = Literal["more", "idle", "stalled"]
Turn = Callable[[], Outcome]

# How long to wait when nothing is due: a person who has just signed looks at the inbox.
_IDLE_S = 1.0
# After an outage or a fault: doubled each time, up to the longest.
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0
# A thread writes that it takes turns no more often than this.
_BEAT_EVERY_S = 15.0


class Heart:
    """Writes down when the threads of one worker took a turn. Safe to use from several threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._worker = secrets.token_hex(8)
        self._due: dict[Thread, float] = {}

    def beat(self, thread: Thread) -> None:
        """Note a turn, now and then; where the database cannot take it, the next one is noted."""
        if time.monotonic() < self._due.get(thread, 0.0):
            return
        try:
            with self._db.counting() as connection:
                heartbeats.beat(connection, self._worker, thread, now=datetime.now(UTC))
        except StoreUnavailable:
            return
        self._due[thread] = time.monotonic() + _BEAT_EVERY_S

    def end(self) -> None:
        """Leave nothing behind."""
        try:
            with self._db.counting() as connection:
                heartbeats.end(connection, self._worker, now=datetime.now(UTC))
        except StoreUnavailable:
            _log.warning("heartbeats-left")


def keep_turning(
    thread: Thread, begin: Callable[[], Turn], stopping: threading.Event, heart: Heart
) -> None:
    """Take turns until `stopping` is set. `begin` makes what takes them.

    No error ends the thread: each is one line in the log, without values; then it waits, longer
    each time, and goes on.
    """
    turn: Turn | None = None
    pause = _FIRST_PAUSE_S
    while not stopping.is_set():
        try:
            if turn is None:
                turn = begin()
            outcome = turn()
            heart.beat(thread)
        except StoreUnavailable as error:
            _log.error("database-unavailable", thread=thread, reason=str(error))
            outcome = "stalled"
        except (Exception, SystemExit):  # noqa: BLE001 (nobody would start another thread)
            _log.exception("turn-failed", thread=thread)
            outcome = "stalled"
        if outcome == "stalled":
            stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            continue
        pause = _FIRST_PAUSE_S
        if outcome == "idle":
            stopping.wait(_IDLE_S)
