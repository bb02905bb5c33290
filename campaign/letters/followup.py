"""A reminder to follow up on a letter or a call: an appointment for the person's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from campaign.congress.office_hours import is_working_day
from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = lazy_import("icalendar")

#: Offices take a while to answer; by then a second word is welcome and no nuisance.
AFTER = timedelta(weeks=2)

#: The type of such a file (RFC 5545).
MIMETYPE = "text/calendar"

_BEGINS, _ENDS = time(10), time(10, 15)
_NOTICE = timedelta(minutes=-15)


@dataclass(frozen=True)
class FollowUp:
    """Whom to come back to, and where: nothing about who does.

    `recipient_id` is the bioguide id, "president" or "secretary". `title` and `note` are what the
    calendar shows, in the person's language. `url` is the full address of the page with number and
    script, `host` the site's name.
    """

    campaign: str
    recipient_id: str
    title: str
    note: str
    url: str
    host: str


def due(day: date) -> date:
    """Return the day of the reminder for a letter of `day`: a working day, two weeks on."""
    found = day + AFTER
    while not is_working_day(found):
        found += timedelta(days=1)
    return found


def ics(*follow_ups: FollowUp, day: date) -> bytes:
    """Return the calendar file for letters or calls of `day`: ten o'clock, with notice before.

    The time has no zone: ten by the clock of whoever reads it. The same reminder has the same UID
    for everybody, made of campaign, member and day alone, so that one taken twice stands once in a
    calendar. Source: RFC 5545, sections 3.1 (folding), 3.3.5 (floating time), 3.6.1, 3.6.6 and
    3.8.4.7.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//campaign toolkit//follow up//EN")
    calendar.add("version", "2.0")
    for follow_up in follow_ups:
        calendar.add_component(_event(follow_up, day))
    return bytes(calendar.to_ical())


def _event(follow_up: FollowUp, day: date) -> "icalendar.Event":
    on = due(day)
    event = icalendar.Event()
    event.add("uid", f"{follow_up.campaign}.{follow_up.recipient_id}.{on:%Y%m%d}@{follow_up.host}")
    event.add("dtstamp", datetime.combine(day, time(12), UTC))
    event.add("dtstart", datetime.combine(on, _BEGINS))
    event.add("dtend", datetime.combine(on, _ENDS))
    event.add("summary", follow_up.title)
    event.add("description", f"{follow_up.note}\n{follow_up.url}")
    event.add("url", follow_up.url)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _NOTICE)
    alarm.add("description", follow_up.title)
    event.add_component(alarm)
    return event
