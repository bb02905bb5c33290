"""Page views: counted in memory, and added to the day's figures every ten seconds.

Nothing about the visitor is read, so a reload counts again, and answers from a shared cache do not
count. A killed process loses up to ten seconds of counts.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from campaign.store import daily_counters
from campaign.store.db.best_effort import best_effort
from campaign.store.db.engine import Database

_EVERY_S = 10.0


class PageViews:
    """The pages that this process sent, by campaign and kind. Thread-safe."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._due = monotonic() + _EVERY_S

    def add(self, campaign: str, kind: str) -> None:
        """Count one page; every ten seconds one caller writes the counts."""
        with self._lock:
            self._counted[campaign, kind] += 1
            if self._monotonic() < self._due:
                return
            self._due = self._monotonic() + _EVERY_S
        self.write()

    def write(self) -> None:
        """Write the counts; keep them for the next attempt while the database does not answer."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        is_written = False
        with best_effort("page views"), self._database.counting() as connection:
            daily_counters.add_at(connection, self._clock(), counted)
            is_written = True
        if not is_written:
            with self._lock:
                self._counted.update(counted)
