"""Events: a link and a time at which many people sign together in one place, such as a hall."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

#: The code is part of a link and, as the source, of exports.
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
#: The limits of a network do not apply during an event, so it must be short.
MAX_DURATION = timedelta(days=3)
MAX_EVENTS = 50

_KEYS = frozenset({"code", "starts", "ends"})


@dataclass(frozen=True)
class Event:
    """An event: the code in its link, and its start and end as instants in UTC."""

    code: str
    starts: datetime
    ends: datetime

    def is_on(self, now: datetime) -> bool:
        """True from its start until just before its end."""
        return self.starts <= now < self.ends


def faults(rows: object) -> Iterator[tuple[int, str]]:
    """Yield each fault of the `[[events]]` rows as (index of its event from 0, reason)."""
    if not isinstance(rows, list):
        yield 0, "Write each event under [[events]]."
        return
    if len(rows) > MAX_EVENTS:
        yield 0, f"List {MAX_EVENTS} events at most."
    codes: set[str] = set()
    for place, row in enumerate(rows[:MAX_EVENTS]):
        if not isinstance(row, Mapping):
            yield place, "Write each event under [[events]], with code, starts and ends."
            continue
        for key in sorted(row.keys() - _KEYS):
            yield place, f'An event has no setting "{key}".'
        code = row.get("code")
        if not isinstance(code, str) or _CODE.fullmatch(code) is None:
            yield place, "Write the event's code as 3 to 40 lowercase letters, digits and hyphens."
        elif code in codes:
            yield place, f'The code "{code}" is used twice.'
        else:
            codes.add(code)
        yield from ((place, reason) for reason in time_faults(row.get("starts"), row.get("ends")))


def time_faults(starts: object, ends: object) -> Iterator[str]:
    """Yield what is wrong with the times of an event, as sentences for the organizer."""
    for key, value in (("starts", starts), ("ends", ends)):
        if not isinstance(value, datetime):
            yield f"Write {key} as a date and time, such as 2026-09-12T17:00:00."
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        if (starts.tzinfo is None) != (ends.tzinfo is None):
            yield "Write starts and ends both with an offset, or both without."
        elif not timedelta() < ends - starts <= MAX_DURATION:
            yield f"Let the event end after it starts and last {MAX_DURATION.days} days at most."


def read(rows: Any, zone: ZoneInfo) -> tuple[Event, ...]:
    """Return the events of rows without `faults`; times without an offset are local to `zone`."""

    def instant(written: datetime) -> datetime:
        placed = written if written.tzinfo is not None else written.replace(tzinfo=zone)
        return placed.astimezone(UTC)

    return tuple(Event(row["code"], instant(row["starts"]), instant(row["ends"])) for row in rows)
