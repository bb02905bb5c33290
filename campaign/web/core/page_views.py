"""How often pages were sent: counted in memory, added to the day's figures now and then.

Nothing of the visitor is looked at, so a reload counts again, and what caches in front of the site
answered does not count at all. A process that is killed loses ten seconds' worth.
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


class Visits:
    """The pages that this process sent, by campaign and kind. Safe to use from several threads."""

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
        """Count one page; every ten seconds one of the callers writes the figures down."""
        with self._lock:
            self._counted[campaign, kind] += 1
            if self._monotonic() < self._due:
                return
            self._due = self._monotonic() + _EVERY_S
        self.write()

    def write(self) -> None:
        """Write down what was counted; kept for the next time while the database cannot."""
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
