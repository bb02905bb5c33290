"""A readiness check that commits a write: it updates one row and adds none."""

import threading
import time
from collections.abc import Callable

from campaign.errors import StoreUnavailable
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import DatabaseStorage

# The row of the counters that the check updates.
_KEY = "readiness"
_EXPIRY_S = 3600

#: How long a result is reused, in seconds, since the public can request the check.
FRESH_S = 2.0


class WriteCheck:
    """Checks that a database accepts writes, by making one. Thread-safe."""

    def __init__(
        self, database: Database, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._counter = DatabaseStorage(database=database)
        self._lock = threading.Lock()
        self._last: tuple[float, bool] | None = None

    def passes(self) -> bool:
        """Return whether a write was committed within the last two seconds, as a sign-up's is.

        False on a full disk or a read-only database, even though reading still works.
        """
        with self._lock:
            if self._last is None or self._monotonic() - self._last[0] >= FRESH_S:
                self._last = (self._monotonic(), self._write())
            return self._last[1]

    def _write(self) -> bool:
        try:
            with self._database.writing() as connection:
                self._counter.incr_within(connection, [(_KEY, _EXPIRY_S)])
        except StoreUnavailable:
            return False
        return True
