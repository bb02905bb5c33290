"""Where members stand, attached to campaigns and current to within seconds."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from campaign.packs.stances import StanceRecord, standings
from campaign.packs.values import Pack

_log = logging.getLogger(__name__)

#: Reads all evidence of a campaign, in the order in which it was recorded.
ReadRecords = Callable[[str], Sequence[StanceRecord]]


@dataclass
class _Entry:
    """The records read last, and the pack before and after they were attached."""

    looked: float
    records: Sequence[StanceRecord] = ()
    plain: Pack | None = None
    attached: Pack | None = None


class StandingCache:
    """Attaches members' standings to a Pack; they are reread every few seconds. Safe among threads.

    One thread reads while the others use the records from before. If reading fails, those stay in
    use, so that pages work while the database is down.
    """

    def __init__(
        self,
        read: ReadRecords,
        *,
        every: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every` is in seconds."""
        self._read = read
        self._every = every
        self._monotonic = monotonic
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def attach(self, pack: Pack) -> Pack:
        """Return the campaign with its `standings`; the same object while nothing changes."""
        entry = self._entries.setdefault(pack.name, _Entry(float("-inf")))
        if self._monotonic() - entry.looked >= self._every and self._lock.acquire(blocking=False):
            try:
                self._refresh(pack.name, entry)
            finally:
                self._lock.release()
        if entry.plain is not pack or entry.attached is None:
            found = standings(entry.records, pack.day)
            entry.attached = replace(pack, standings=found) if found else pack
            entry.plain = pack
        return entry.attached

    def _refresh(self, name: str, entry: _Entry) -> None:
        entry.looked = self._monotonic()
        try:
            records = self._read(name)
        except Exception as error:  # noqa: BLE001 (whatever the database says)
            _log.warning("stances of %s not read: %s", name, type(error).__name__)
            return
        if records != entry.records:
            entry.records = records
            entry.plain = None
