"""Reminders: a calendar file that calendars take, with nothing in it about the person."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from campaign.letters.followup import FollowUp, ics, reminder_day
from tests.golden import Golden

DAY = date(2026, 11, 24)
SENATOR = FollowUp(
    campaign="bridge",
    recipient_id="D000618",
    title="Follow up with Senator Daines about the bridge, the “long” one; and its toll",
    note="Has the office answered? If not, call and ask: the number, and what to say, are here:",
    url="https://example.org/c/bridge/call/D000618",
    host="example.org",
)


def test_the_file_is_as_calendars_expect_it(golden: Golden) -> None:
    made = ics(SENATOR, day=DAY)

    golden.check("followup.ics", made)
    assert made.count(b"\n") == made.count(b"\r\n")
    assert max(len(row) for row in made.split(b"\r\n")) <= 75


def test_a_calendar_reads_back_what_was_written() -> None:
    (event,) = Calendar.from_ical(ics(SENATOR, day=DAY)).events

    assert str(event["summary"]) == SENATOR.title
    assert str(event["description"]) == f"{SENATOR.note}\n{SENATOR.url}"
    assert event.start == datetime.fromisoformat("2026-12-08T10:00")
    assert event.end == datetime.fromisoformat("2026-12-08T10:15")
    (alarm,) = event.alarms.times
    assert alarm.trigger == event.start - timedelta(minutes=15)


def test_who_pays_is_in_the_event_whatever_it_holds() -> None:
    line = "Distributed by River Friends, Inc.; on behalf of the “Institut für Brücken” " * 4
    made = ics(replace(SENATOR, statement=line), day=DAY)

    (event,) = Calendar.from_ical(made).events
    assert str(event["description"]) == f"{SENATOR.note}\n{SENATOR.url}\n\n{line}"
    assert b"River Friends\\, Inc.\\;" in made.replace(b"\r\n ", b"")
    assert max(len(row) for row in made.split(b"\r\n")) <= 75


def test_the_same_reminder_is_the_same_event_for_everybody() -> None:
    assert ics(SENATOR, day=DAY) == ics(SENATOR, day=DAY)
    assert b"UID:bridge.D000618.20261208@example.org\r\n" in ics(SENATOR, day=DAY)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), date(2026, 12, 8)),
        # A Saturday and a Sunday wait for Monday, Christmas for the Monday after it.
        (date(2026, 11, 28), date(2026, 12, 14)),
        (date(2026, 11, 29), date(2026, 12, 14)),
        (date(2026, 12, 11), date(2026, 12, 28)),
    ],
)
def test_a_reminder_is_for_a_working_day_two_weeks_on(day: date, expected: date) -> None:
    assert reminder_day(day) == expected


def test_what_a_title_holds_begins_no_line_of_its_own() -> None:
    odd = FollowUp("bridge", "D000618", "A\r\nBEGIN:VEVENT", "n", "https://example.org/", "h")

    assert len(Calendar.from_ical(ics(odd, day=DAY)).events) == 1
