"""Calendar reminders (iCalendar) to follow up on a letter or a call."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from campaign.congress.office_hours import is_working_day
from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = lazy_import("icalendar")

#: Offices take a while to answer; after this long, a follow-up is reasonable.
DELAY = timedelta(weeks=2)

#: The media type of iCalendar files (RFC 5545).
MIMETYPE = "text/calendar"

_BEGINS = time(10)
_LENGTH = timedelta(minutes=15)
_NOTICE = timedelta(minutes=-15)


@dataclass(frozen=True)
class FollowUp:
    """A reminder to contact a recipient again; it contains nothing about the writer.

    `recipient_id` is the bioguide id, "president" or "secretary". `starts` is an aware datetime;
    without it, the reminder is for two weeks later at 10 AM by the reader's clock. `title` and
    `note` are in the person's language; `statement` says who pays, or is "". `url` is the address
    of the page with phone number and script, `host` the site's host name.
    """

    campaign: str
    recipient_id: str
    title: str
    note: str
    url: str
    host: str
    starts: datetime | None = None
    statement: str = ""


def reminder_day(day: date) -> date:
    """Return the first working day at least two weeks after `day`."""
    due = day + DELAY
    while not is_working_day(due):
        due += timedelta(days=1)
    return due


def ics(*follow_ups: FollowUp, day: date) -> bytes:
    """Return an iCalendar file of reminders for letters or calls of `day`, each with an alarm.

    A time of 10 AM is floating, by the reader's clock; a given one is in UTC. The UID depends only
    on campaign, recipient and day, so that a reminder downloaded twice appears once. Source: RFC
    5545, sections 3.1 (folding), 3.3.5 (floating time), 3.6.1, 3.6.6 and 3.8.4.7.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//campaign toolkit//follow up//EN")
    calendar.add("version", "2.0")
    for follow_up in follow_ups:
        calendar.add_component(_event(follow_up, day))
    return bytes(calendar.to_ical())


def _event(follow_up: FollowUp, day: date) -> "icalendar.Event":
    if follow_up.starts:
        begins = follow_up.starts.astimezone(UTC)
    else:
        begins = datetime.combine(reminder_day(day), _BEGINS)
    event = icalendar.Event()
    event.add(
        "uid", f"{follow_up.campaign}.{follow_up.recipient_id}.{begins:%Y%m%d}@{follow_up.host}"
    )
    event.add("dtstamp", datetime.combine(day, time(12), UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + _LENGTH)
    event.add("summary", follow_up.title)
    paid_for = f"\n\n{follow_up.statement}" if follow_up.statement else ""
    event.add("description", f"{follow_up.note}\n{follow_up.url}{paid_for}")
    event.add("url", follow_up.url)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _NOTICE)
    alarm.add("description", follow_up.title)
    event.add_component(alarm)
    return event
