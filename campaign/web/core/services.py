"""What every view works with: made once by `create_app`, reached by `current_services()`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypedDict, cast

from flask import current_app

from campaign import civil_time
from campaign.congress.dataset import Congress
from campaign.congress.geocoder import Geocoder
from campaign.keys import Keyring
from campaign.petition.rate_limits import SignupLimits
from campaign.settings import Settings
from campaign.store.db.engine import Database
from campaign.store.db.readiness import WriteCheck
from campaign.web.core.loaded_data import CongressData, PublishedCampaigns
from campaign.web.core.page_views import PageViews

#: The key of `Services` in `app.extensions`.
KEY = "campaign"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current time in UTC, aware: the clock of a running site."""
    return datetime.now(UTC)


class Moment(TypedDict):
    """What every mailed link is checked against: the time, and the secret key."""

    now: datetime
    keyring: Keyring


@dataclass(frozen=True)
class Services:
    """The objects that views use: settings, database, data. `clock` returns an aware UTC
    datetime.
    """

    settings: Settings
    database: Database
    campaigns: PublishedCampaigns
    congress_data: CongressData
    geocoder: Geocoder
    limits: SignupLimits
    page_views: PageViews
    write_check: WriteCheck
    clock: Clock = utc_now

    @property
    def congress(self) -> Congress:
        """The current dataset of the Congress; a refresh is noticed within a minute."""
        return self.congress_data.current()

    def now(self) -> datetime:
        """Return the time by the site's clock."""
        return self.clock()

    def moment(self) -> Moment:
        """Return the time and the secret key, as the functions for mailed links take them."""
        return {"now": self.clock(), "keyring": self.settings.keyring}

    def today(self) -> date:
        """Return the civil day in Washington, by which terms begin and laws are dated.

        On January 3 of an odd year, terms begin at noon: until then it is January 2. A campaign's
        own day is `Pack.on`.
        """
        return civil_time.congress_day(self.clock())


def current_services() -> Services:
    """Return the Services of the current application."""
    return cast(Services, current_app.extensions[KEY])
