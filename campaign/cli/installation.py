"""What commands work on: the installation's settings, campaigns, Congress and database."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from campaign import paths, text
from campaign import settings as all_settings
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import CampaignUnknown, InvalidInput
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings

if TYPE_CHECKING:
    from campaign.store.db.engine import Database


@dataclass(frozen=True)
class Installation:
    """The settings, and the time at which the command began (UTC)."""

    settings: Settings
    now: datetime

    @classmethod
    def read(cls, *, require_safe: bool = False) -> "Installation":
        """Read the settings; `require_safe` for commands that sign, mail or look hashes up.

        Raises SettingsUnsafe.
        """
        read = all_settings.read()
        if require_safe:
            all_settings.require_safe(read)
        return cls(read, datetime.now(UTC))

    @cached_property
    def congress(self) -> Congress:
        """The Congress as refreshed here, or as shipped. Raises DatasetInvalid."""
        return dataset.load_current(
            paths.data() / "congress", self.settings.congress_folder, self.settings.corrections_file
        )

    def require_campaign(self, name: str) -> None:
        """Raise InvalidInput for a name without a folder: a typo would silently match nothing."""
        folders = packs.folders(self.settings)
        try:
            packs.find(name, folders)
        except CampaignUnknown:
            raise InvalidInput(
                f"There is no campaign called {name}. There are: {', '.join(packs.names(folders))}."
            ) from None

    def pack(self, name: str, *, on_date: date | None = None) -> Pack:
        """Return a campaign as of today in its time zone, or as of the day `on`.

        Raises InvalidInput for an unknown name, PackInvalid.
        """
        self.require_campaign(name)
        folder = packs.find(name, packs.folders(self.settings))
        return packs.load_at(folder, self.now) if on_date is None else packs.load(folder, on_date)

    def pack_for_letters(self, name: str, *, on_date: date | None = None) -> Pack:
        """Return a campaign as `pack` does, with members' stances if there is a database.

        Raises InvalidInput for an unknown name, PackInvalid, and StoreUnavailable for a database
        that does not answer.
        """
        pack = self.pack(name, on_date=on_date)
        with database_if_current(self.settings) as database:
            if database is None:
                return pack
            from campaign.store import stances

            with database.reading() as connection:
                return stances.attach(connection, pack)

    @contextmanager
    def database(self) -> Iterator["Database"]:
        """Open the database, and close it afterwards.

        Raises StoreUnavailable, with what to do, where there is none, or where its tables are those
        of an older or newer version.
        """
        # These modules are large, so commands that need no database do not load them.
        from campaign.store.db.engine import Database

        with Database(self.settings.database_url, pool_size=2) as database:
            database.require_current()
            yield database


@contextmanager
def database_if_current(settings: Settings) -> Iterator["Database | None"]:
    """Open the database, and close it afterwards; None where there is none or its tables are old.

    Raises StoreUnavailable where it does not answer.
    """
    if settings.database_file is not None and not settings.database_file.exists():
        yield None  # looking would create the file
        return

    from campaign.store.db.engine import Database

    with Database(settings.database_url, pool_size=1) as database:
        yield database if database.is_current() else None


def require_current_schema(settings: Settings) -> None:
    """Raise StoreUnavailable, with what to do, unless the database answers and is up to date."""
    with Installation(settings, datetime.now(UTC)).database():
        pass


def actor_of(given: str) -> str:
    """Return the actor as the audit names it: `given`, or the user of this machine."""
    named = text.line(given, limit=80, field="actor")
    return f"cli:{named or getpass.getuser()}"
