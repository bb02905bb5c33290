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
from campaign.packs.source import CampaignSource
from campaign.packs.values import Pack

_log = logging.getLogger(__name__)

#: What tells an edit: each file's path, time of change and size.
_Snapshot = tuple[tuple[str, int, int], ...]


@dataclass
class _Entry:
    """A campaign's last good texts, and what is wrong with the files as they are now.

    One that never had good texts has no draft, and its fault is what everybody is told.
    """

    looked: float
    folder: Path
    snapshot: _Snapshot
    source: CampaignSource | None = None
    fault: PackInvalid | None = None
    pack: Pack | PackInvalid | None = None
    day: date | None = None


class CampaignRegistry:
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
        self._held: dict[str, _Entry] = {}
        self._names: tuple[float, tuple[str, ...]] | None = None
        self._lock = threading.Lock()

    def get(self, name: str, now: datetime) -> Pack:
        """Return the campaign `name` as of the civil day that it is there, published or not.

        Raises CampaignUnknown, and PackInvalid where no good texts were ever read or the day
        takes away what the campaign cannot do without.
        """
        with self._lock:
            held = self._current(name, now)
            if held.source is None:
                assert held.fault is not None
                raise held.fault.with_traceback(None)  # or each raise would add to it
            on_date = civil_time.day_of(now, held.source.zone)
            if held.day != on_date:
                try:
                    held.pack = packs.resolve_checked(held.source, on_date)[0]
                except PackInvalid as error:
                    held.pack = error
                held.day = on_date
            if not isinstance(held.pack, Pack):
                assert held.pack is not None
                raise held.pack.with_traceback(None)
            return held.pack

    def fault(self, name: str, now: datetime) -> PackInvalid | None:
        """Return what is wrong with the campaign's files as they are now, None for nothing.

        While there is something, `get` goes on with the last good texts, or has none to give.
        Raises CampaignUnknown.
        """
        with self._lock:
            return self._current(name, now).fault

    def names(self) -> tuple[str, ...]:
        """The names of all campaigns, also of those whose files cannot be used."""
        return self._current_names()

    def published(self, now: datetime) -> tuple[Pack, ...]:
        """The published campaigns at that instant, by name; one not to be used is left out."""
        return tuple(pack for pack in self.every(now) if pack.published)

    def every(self, now: datetime) -> tuple[Pack, ...]:
        """The campaigns at that instant, drafts too, by name; one not to be used is left out."""
        found: list[Pack] = []
        for name in self._current_names():
            try:
                found.append(CampaignRegistry.get(self, name, now))
            except (CampaignUnknown, PackInvalid):
                continue
        return tuple(found)

    def rescan(self) -> None:
        """Look at the folders anew when next asked: somebody has just edited them."""
        with self._lock:
            self._names = None
            for held in self._held.values():
                held.looked = float("-inf")

    def _current_names(self) -> tuple[str, ...]:
        now = self._monotonic()
        if self._names is None or now - self._names[0] >= self._every:
            kept = (name for name, held in tuple(self._held.items()) if held.folder.is_dir())
            self._names = (now, tuple(sorted({*packs.names(self._folders), *kept})))
        return self._names[1]

    def _current(self, name: str, at: datetime) -> _Entry:
        """The campaign's last good texts, read again if the folder has changed."""
        held = self._held.get(name)
        now = self._monotonic()
        if held is not None and held.source is not None and now - held.looked < self._every:
            return held
        folder = self._folder(name, held)
        snapshot = _snapshot(folder)
        if held is None:
            held = self._held[name] = _Entry(now, folder, ())
        held.folder = folder
        if held.snapshot != snapshot:
            self._read(name, held, at)
        held.looked, held.snapshot = now, snapshot
        return held

    def _folder(self, name: str, held: _Entry | None) -> Path:
        """Where the campaign is; a folder stays its place while its campaign.toml is missing.

        Raises CampaignUnknown for one that is not there any more.
        """
        if packs.is_name(name):
            for place in self._folders:
                folder = place / name
                was_good = held is not None and held.source is not None and held.folder == folder
                if packs.is_campaign(folder) or (was_good and folder.is_dir()):
                    return folder
        self._held.pop(name, None)
        return packs.find(name, self._folders)

    def _read(self, name: str, held: _Entry, at: datetime) -> None:
        """Take the files as they are now where they are good; else keep what was, and say so."""
        try:
            source = packs.read_checked(held.folder)
            _require_usable(source, civil_time.day_of(at, source.zone), held.source)
        except PackInvalid as error:
            held.fault = error
            _log.warning(
                "campaign %s: %s; problems in its files: %d; first: %s",
                name,
                "the last good texts stay" if held.source else "it cannot be shown",
                len(error.problems),
                error.problems[0] if error.problems else error,
            )
        else:
            held.source, held.day, held.fault = source, None, None


def _require_usable(source: CampaignSource, on_date: date, before: CampaignSource | None) -> None:
    """Raise PackInvalid for texts that pass their checks and still cannot be shown on that day.

    Where the texts before them cannot be shown either, it is the day that takes them away, not the
    edit: `get` says so.
    """
    try:
        packs.resolve_checked(source, on_date)
    except PackInvalid as error:
        was_foreseen = error.__cause__ is None
        if was_foreseen and (before is None or not _is_usable(before, on_date)):
            return
        raise


def _is_usable(source: CampaignSource, on_date: date) -> bool:
    try:
        packs.resolve_checked(source, on_date)
    except PackInvalid:
        return False
    return True


def _snapshot(folder: Path) -> _Snapshot:
    found: list[tuple[str, int, int]] = [(str(folder), 0, 0)]
    for place in (folder, folder / "updates"):
        try:
            with os.scandir(place) as entries:
                found.extend(map(_changed, entries))
        except OSError:
            continue
    return tuple(sorted(found))


def _changed(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    try:
        stat = entry.stat()
    except OSError:  # gone again, or a link that leads nowhere
        return entry.path, 0, 0
    return entry.path, stat.st_mtime_ns, stat.st_size
