"""Whether the database takes a write now: one row is changed and committed, and none is added."""

import threading
import time
from collections.abc import Callable

from campaign.errors import StoreUnavailable
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import DatabaseStorage

# The one row among the counters that a proof changes.
_KEY = "readiness"
_LASTS_S = 3600

#: Anybody may ask a site whether it is ready: for so many seconds the last answer is given again.
FRESH_S = 2.0


class WriteProof:
    """Says whether a database takes writes, by making one. Safe to use from several threads."""

    def __init__(
        self, database: Database, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._counter = DatabaseStorage(database=database)
        self._lock = threading.Lock()
        self._last: tuple[float, bool] | None = None

    def holds(self) -> bool:
        """True when a write was committed, as a sign-up's is, within the last two seconds.

        On a full disk, or on a database that may only be read, questions are answered and this is
        False.
        """
        with self._lock:
            if self._last is None or self._monotonic() - self._last[0] >= FRESH_S:
                self._last = (self._monotonic(), self._write())
            return self._last[1]

    def _write(self) -> bool:
        try:
            with self._database.writing() as connection:
                self._counter.incr_within(connection, [(_KEY, _LASTS_S)])
        except StoreUnavailable:
            return False
        return True
