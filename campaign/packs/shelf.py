"""Campaigns kept in memory: read once, looked at again every few seconds, never worse than before.

An edit that does not pass its checks leaves the last good texts in place. They are resolved anew
for each civil day of the campaign, so a fact that has passed its review date goes at midnight
there, whatever the edit.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from campaign import civil_time
from campaign.errors import CampaignUnknown, PackInvalid
from campaign.packs import pack as packs
from campaign.packs.draft import Draft
from campaign.packs.resolve import resolve
from campaign.packs.values import Pack

_log = logging.getLogger(__name__)

#: What tells an edit: each file's path, time of change and size.
_Snapshot = tuple[tuple[str, int, int], ...]


@dataclass
class _Held:
    looked: float
    snapshot: _Snapshot
    draft: Draft
    pack: Pack | PackInvalid | None = None
    day: date | None = None


class Shelf:
    """Every campaign of some folders, current to within `every` seconds. Safe among threads."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        every: float = 3.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = tuple(folders)
        self._every = every
        self._monotonic = monotonic
        self._held: dict[str, _Held] = {}
        self._names: tuple[float, tuple[str, ...]] | None = None
        self._lock = threading.Lock()

    def get(self, name: str, now: datetime) -> Pack:
        """Return the campaign `name` as of the civil day that it is there, published or not.

        Raises CampaignUnknown, and PackInvalid where no good texts were ever read or the day
        takes away what the campaign cannot do without.
        """
        with self._lock:
            held = self._current(name)
            on = civil_time.day_of(now, held.draft.zone)
            if held.day != on:
                try:
                    held.pack = resolve(held.draft, on)[0]
                except PackInvalid as error:
                    held.pack = error
                held.day = on
            if not isinstance(held.pack, Pack):
                assert held.pack is not None
                raise held.pack
            return held.pack

    def published(self, now: datetime) -> tuple[Pack, ...]:
        """The published campaigns at that instant, by name; one not to be used is left out."""
        return tuple(pack for pack in self.every(now) if pack.published)

    def every(self, now: datetime) -> tuple[Pack, ...]:
        """The campaigns at that instant, drafts too, by name; one not to be used is left out."""
        found: list[Pack] = []
        for name in self._current_names():
            try:
                found.append(Shelf.get(self, name, now))
            except (CampaignUnknown, PackInvalid):
                continue
        return tuple(found)

    def look_again(self) -> None:
        """Look at the folders anew when next asked: somebody has just edited them."""
        with self._lock:
            self._names = None
            for held in self._held.values():
                held.looked = float("-inf")

    def _current_names(self) -> tuple[str, ...]:
        now = self._monotonic()
        if self._names is None or now - self._names[0] >= self._every:
            self._names = (now, packs.names(self._folders))
        return self._names[1]

    def _current(self, name: str) -> _Held:
        """The campaign's last good texts, read again if the folder has changed."""
        held = self._held.get(name)
        now = self._monotonic()
        if held is not None and now - held.looked < self._every:
            return held
        try:
            folder = packs.find(name, self._folders)
        except CampaignUnknown:
            self._held.pop(name, None)
            raise
        snapshot = _snapshot(folder)
        if held is None:
            held = _Held(now, snapshot, packs.read_good(folder))
            self._held[name] = held
        elif held.snapshot != snapshot:
            try:
                held.draft, held.day = packs.read_good(folder), None
            except PackInvalid as error:
                _log.warning(
                    "campaign %s: the edit has %d problems, the last good texts stay; first: %s",
                    name,
                    len(error.problems),
                    error.problems[0],
                )
        held.looked, held.snapshot = now, snapshot
        return held


def _snapshot(folder: Path) -> _Snapshot:
    found: list[tuple[str, int, int]] = [(str(folder), 0, 0)]
    for place in (folder, folder / "updates"):
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    stat = entry.stat()
                    found.append((entry.path, stat.st_mtime_ns, stat.st_size))
        except OSError:
            continue
    return tuple(sorted(found))
