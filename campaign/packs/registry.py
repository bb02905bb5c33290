"""Campaigns cached in memory and reloaded within seconds of a change.

An edit that fails the checks leaves the last good texts in place. Texts are resolved again for each
civil day in the campaign's time zone, so facts lapse at midnight there, with or without an edit,
and bills at the noon at which their Congress ends.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign.errors import CampaignUnknown, PackInvalid
from campaign.packs import pack as packs
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.source import CampaignSource
from campaign.packs.standing_cache import StandingCache
from campaign.packs.values import Pack

_log = logging.getLogger(__name__)

#: Each file's path, modification time (ns) and size (bytes): it changes with every edit.
_Snapshot = tuple[tuple[str, int, int], ...]


@dataclass
class _Entry:
    """A campaign's last good texts, and what is wrong with its current files.

    `source` is None if there never were good texts; then `fault` is raised to all callers.
    """

    looked: float
    folder: Path
    snapshot: _Snapshot
    source: CampaignSource | None = None
    fault: PackInvalid | None = None
    pack: Pack | PackInvalid | None = None
    day: CampaignDay | None = None


class CampaignRegistry:
    """All campaigns in some folders, current to within `every` seconds. Safe among threads."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        every: float = 3.0,
        monotonic: Callable[[], float] = time.monotonic,
        standings: StandingCache | None = None,
    ) -> None:
        """`every` is in seconds; `standings` attaches where members stand to each campaign."""
        self._standings = standings
        self._folders = tuple(folders)
        self._every = every
        self._monotonic = monotonic
        self._held: dict[str, _Entry] = {}
        self._names: tuple[float, tuple[str, ...]] | None = None
        self._loaded: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def get(self, name: str, now: datetime) -> Pack:
        """Return a campaign, published or not, for the day of an instant.

        Raises CampaignUnknown, and PackInvalid if no good texts were ever read, or if a text that
        the campaign needs has lapsed.
        """
        self._load_new(now)
        with self._lock:
            held = self._current(name, now)
            if held.source is None:
                assert held.fault is not None
                raise held.fault.with_traceback(None)  # otherwise each raise would lengthen it
            day = CampaignDay.at(now, held.source.zone)
            if held.day != day:
                try:
                    held.pack = packs.resolve_checked(held.source, day)[0]
                except PackInvalid as error:
                    held.pack = error
                held.day = day
            if not isinstance(held.pack, Pack):
                assert held.pack is not None
                raise held.pack.with_traceback(None)
            pack = held.pack
        return self._standings.attach(pack) if self._standings else pack

    def fault(self, name: str, now: datetime) -> PackInvalid | None:
        """Return what is wrong with the campaign's current files, or None.

        While there is a fault, `get` returns the last good texts, or raises if there are none.
        Raises CampaignUnknown.
        """
        with self._lock:
            return self._current(name, now).fault

    def names(self) -> tuple[str, ...]:
        """Return the names of all campaigns, including those whose files cannot be used."""
        return self._current_names()

    def published(self, now: datetime) -> tuple[Pack, ...]:
        """Return the published campaigns at that instant, by name, without unusable ones."""
        return tuple(pack for pack in self.every(now) if pack.published)

    def every(self, now: datetime) -> tuple[Pack, ...]:
        """Return all campaigns at that instant, by name, with drafts and without unusable ones."""
        found: list[Pack] = []
        for name in self._current_names():
            try:
                found.append(CampaignRegistry.get(self, name, now))
            except (CampaignUnknown, PackInvalid):
                continue
        return tuple(found)

    def rescan(self) -> None:
        """Reload on the next call: a file was just edited."""
        with self._lock:
            self._names = None
            for held in self._held.values():
                held.looked = float("-inf")

    def _load_new(self, at: datetime) -> None:
        """Load campaigns that were added, before anyone asks for them.

        Otherwise a process that loads a campaign only after a bad edit has no good texts to keep.
        """
        names = self._current_names()
        if names is self._loaded:
            return
        self._loaded = names
        for name in names:
            if name not in self._held:
                try:
                    with self._lock:
                        self._current(name, at)
                except CampaignUnknown:  # deleted meanwhile
                    continue

    def _current_names(self) -> tuple[str, ...]:
        now = self._monotonic()
        if self._names is None or now - self._names[0] >= self._every:
            kept = (name for name, held in tuple(self._held.items()) if held.folder.is_dir())
            self._names = (now, tuple(sorted({*packs.names(self._folders), *kept})))
        return self._names[1]

    def _current(self, name: str, at: datetime) -> _Entry:
        """Return the campaign's entry, reloaded if the folder has changed."""
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
        """Return the campaign's folder; a temporarily missing campaign.toml does not change it.

        Raises CampaignUnknown if the folder is gone.
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
        """Load the current files; if they have problems, keep the last good texts and log it."""
        try:
            source = packs.read_checked(held.folder)
            _require_usable(source, CampaignDay.at(at, source.zone), held.source)
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


def _require_usable(
    source: CampaignSource, day: CampaignDay, before: CampaignSource | None
) -> None:
    """Raise PackInvalid if checked texts still cannot be used on that day.

    If the previous texts cannot be used either, the reason is the day and not the edit, and
    `get` raises.
    """
    try:
        packs.resolve_checked(source, day)
    except PackInvalid as error:
        was_expected = error.__cause__ is None
        if was_expected and (before is None or not _is_usable(before, day)):
            return
        raise


def _is_usable(source: CampaignSource, day: CampaignDay) -> bool:
    try:
        packs.resolve_checked(source, day)
    except PackInvalid:
        return False
    return True


def _snapshot(folder: Path) -> _Snapshot:
    found: list[tuple[str, int, int]] = [(str(folder), 0, 0)]
    for place in (folder, folder / "updates"):
        try:
            with os.scandir(place) as entries:
                found.extend(map(_file_state, entries))
        except OSError:
            continue
    return tuple(sorted(found))


def _file_state(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    try:
        stat = entry.stat()
    except OSError:  # deleted meanwhile, or a broken link
        return entry.path, 0, 0
    return entry.path, stat.st_mtime_ns, stat.st_size
