"""What the site keeps in memory and looks at again now and then: campaigns, and the Congress."""

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
from campaign.packs.registry import Shelf
from campaign.settings import Settings

_log = logging.getLogger(__name__)

# Seconds between two looks at the disk for a refreshed dataset.
_LOOK_EVERY_S = 30.0


class PublishedShelf(Shelf):
    """The campaigns that the public may see: to it, a draft is as if it were not there."""

    def get(self, name: str, now: datetime) -> Pack:
        """Return the published campaign `name` as of the civil day that it is there.

        Raises CampaignUnknown for one that does not exist or is not published, and PackInvalid
        where no good texts can be shown that day.
        """
        pack = super().get(name, now)
        if not pack.published:
            raise CampaignUnknown("There is no campaign of that name here.")
        return pack

    def even_unpublished(self, name: str, now: datetime) -> Pack:
        """Return the campaign `name` as of the civil day that it is there, for those who run it.

        Raises CampaignUnknown, and PackInvalid where no good texts can be shown that day.
        """
        return super().get(name, now)

    def if_there_is(self, name: str, now: datetime) -> Pack | None:
        """Return the campaign `name`, published or not; None where its texts cannot be had.

        For pages about a person's own data: no fault of a campaign's files, and no campaign that is
        gone, ends anybody's rights.
        """
        try:
            return super().get(name, now)
        except CampaignError:
            return None
        except Exception as error:  # noqa: BLE001 (whatever a file holds)
            _log.error("campaign %s: %s", name, type(error).__name__)
            return None


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
