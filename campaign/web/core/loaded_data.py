"""Data that the site keeps in memory and reloads when it changes on disk: campaigns and the
Congress.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import CampaignError, CampaignUnknown
from campaign.packs.pack import Pack
from campaign.packs.registry import CampaignRegistry
from campaign.settings import Settings

_log = logging.getLogger(__name__)

# Seconds between two checks of the disk for a refreshed dataset.
_LOOK_EVERY_S = 30.0


class PublishedCampaigns(CampaignRegistry):
    """The campaigns that the public may see; drafts are treated as missing."""

    def get(self, name: str, now: datetime) -> Pack:
        """Return the published campaign `name` for the current day in its time zone.

        Raises CampaignUnknown for a campaign that is missing or not published, and PackInvalid
        where its texts cannot be shown that day.
        """
        pack = super().get(name, now)
        if not pack.published:
            raise CampaignUnknown("There is no campaign with that name here.")
        return pack

    def even_unpublished(self, name: str, now: datetime) -> Pack:
        """Return the campaign `name`, published or not, for the current day in its time zone.

        Raises CampaignUnknown, and PackInvalid where its texts cannot be shown that day.
        """
        return super().get(name, now)

    def if_there_is(self, name: str, now: datetime) -> Pack | None:
        """Return the campaign `name`, published or not, or None where its texts are not available.

        Used for pages about a person's own data, which must work even when the campaign is broken
        or gone.
        """
        try:
            return super().get(name, now)
        except CampaignError:
            return None
        except Exception as error:  # noqa: BLE001 (whatever a file holds)
            _log.error("campaign %s: %s", name, type(error).__name__)
            return None


class CongressData:
    """The current dataset of the Congress, reloaded after a refresh or a correction."""

    def __init__(
        self, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._refreshed = settings.congress_folder
        self._corrections = settings.corrections_file
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._changed = _newest(self._refreshed, self._corrections)
        self._congress = self._load()
        self._looked = monotonic()

    def current(self) -> Congress:
        """Return the current dataset, at most half a minute behind the disk."""
        now = self._monotonic()
        if now - self._looked >= _LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._looked = now
                changed = _newest(self._refreshed, self._corrections)
                if changed != self._changed:
                    self._congress = self._load()
                    self._changed = changed
            finally:
                self._lock.release()
        return self._congress

    def look_again(self) -> None:
        """Look at the disk with the next request, because this process has changed it."""
        self._looked = self._monotonic() - _LOOK_EVERY_S

    def _load(self) -> Congress:
        return dataset.load_current(paths.data() / "congress", self._refreshed, self._corrections)


def _newest(folder: Path, file: Path) -> tuple[int, int]:
    """Return when a folder or a file in it last changed, and when another file did.

    Both are in nanoseconds, 0 for what is missing.
    """
    try:
        in_folder = max(path.stat().st_mtime_ns for path in (folder, *folder.rglob("*")))
    except OSError:
        in_folder = 0
    try:
        return in_folder, file.stat().st_mtime_ns
    except OSError:
        return in_folder, 0
