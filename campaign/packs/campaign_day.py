"""The day of a campaign: the calendar's, and the one by which Congress counts."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign import civil_time


@dataclass(frozen=True)
class CampaignDay:
    """A day on which a campaign's texts are read.

    `civil` is the day in the campaign's time zone, by which its facts, updates and limits count.
    `congress` is the day by which its bills are open, from `civil_time.congress_day`.
    """

    civil: date
    congress: date

    @classmethod
    def at(cls, instant: datetime, zone: ZoneInfo) -> "CampaignDay":
        """Return the day of an instant for a campaign of that time zone."""
        return cls(civil_time.day_of(instant, zone), civil_time.congress_day(instant))

    @classmethod
    def on(cls, day: date) -> "CampaignDay":
        """Return a day of which no hour is known: January 3 then means the new Congress."""
        return cls(day, day)
