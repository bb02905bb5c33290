"""What is read from disk and kept: the campaigns' packs and the Congress, current on each look."""

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import CampaignUnknown, PackInvalid
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings

# Seconds between two looks at the disk for an organiser's edit or a refreshed dataset.
_LOOK_EVERY_S = 30.0


class PackShelf:
    """The campaigns that the site publishes, loaded when asked for, and again when they change.

    A pack is a value for one day, so a new day loads it anew. An edit that does not pass its
    checks leaves the last good one of that day in place. Safe to use from several threads.
    """

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders = packs.folders(settings)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._held: dict[str, tuple[date, float, int, Pack]] = {}

    def get(self, name: str, on: date) -> Pack:
        """Return the published campaign `name` as of that day.

        Raises CampaignUnknown for one that does not exist or is not published, and PackInvalid
        when no good one can be loaded.
        """
        pack = self._load(name, on)
        if not pack.published:
            raise CampaignUnknown("There is no campaign of that name here.")
        return pack

    def published(self, on: date) -> tuple[Pack, ...]:
        """Return the published campaigns as of that day; one that does not load is left out."""
        found: list[Pack] = []
        for name in packs.names(self._folders):
            try:
                found.append(self.get(name, on))
            except (CampaignUnknown, PackInvalid):
                continue
        return tuple(found)

    def _load(self, name: str, on: date) -> Pack:
        held = self._held.get(name)
        now = self._monotonic()
        if held is not None and held[0] == on and now - held[1] < _LOOK_EVERY_S:
            return held[3]
        with self._lock:
            folder = packs.find(name, self._folders)
            changed = _newest(folder)
            if held is not None and held[0] == on and held[2] == changed:
                pack = held[3]
            else:
                pack = self._load_good(folder, on, held[3] if held is not None else None)
            self._held[name] = (on, now, changed, pack)
            return pack

    @staticmethod
    def _load_good(folder: Path, on: date, last: Pack | None) -> Pack:
        try:
            return packs.load(folder, on)
        except PackInvalid:
            # Yesterday's pack may state facts that may not be stated today: only today's will do.
            if last is not None and last.on == on:
                return last
            raise


class CongressShelf:
    """The Congress in force; a refresh on disk replaces it without a restart."""

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._refreshed = settings.congress_folder
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._changed = _newest(self._refreshed)
        self._congress = self._load()
        self._looked = monotonic()

    def current(self) -> Congress:
        """Return the dataset in force, at most half a minute behind the disk."""
        now = self._monotonic()
        if now - self._looked >= _LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._looked = now
                changed = _newest(self._refreshed)
                if changed != self._changed:
                    self._congress = self._load()
                    self._changed = changed
            finally:
                self._lock.release()
        return self._congress

    def _load(self) -> Congress:
        return dataset.load_current(paths.data() / "congress", self._refreshed)


def _newest(folder: Path) -> int:
    """Return when the folder or anything in it last changed, in nanoseconds; 0 for no folder."""
    try:
        return max(
            (path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))),
            default=0,
        )
    except OSError:
        return 0
