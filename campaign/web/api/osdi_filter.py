"""The `filter` of an OSDI list: bounds of times.

A subset of OData's `$filter`, as OSDI 1.2 ("Filtering Collections") and Action Network use it:
`created_date gt '2026-11-01T00:00:00Z' and modified_date lt '2026-12-01'`. A day means its midnight
in UTC. Anything else is refused, because a client would take a wrongly filtered list for the right
one.
"""

import re
from datetime import UTC, datetime

from campaign.store.signature_pages import Bound, TimeField

#: Fields that can be filtered, by their names in OSDI, with the list's own.
FIELDS: dict[str, TimeField] = {"created_date": "confirmed", "modified_date": "changed"}

#: Supported comparisons.
OPERATORS = ("gt", "lt")

#: Conditions in one filter, joined by `and`.
MAX_CONDITIONS = 4

_CONDITION = re.compile(
    rf"\s*({'|'.join(FIELDS)})\s+({'|'.join(OPERATORS)})\s+'([0-9TZ:.+\- ]{{10,40}})'\s*", re.ASCII
)


class FilterUnsupported(Exception):
    """The filter uses something that this server does not support."""


def parse(text: str) -> tuple[Bound, ...]:
    """Return the bounds that a filter sets; none for an empty one.

    Raises FilterUnsupported for anything but one to four supported conditions.
    """
    if not text.strip():
        return ()
    conditions = re.split(r"\sand\s", text)
    if len(conditions) > MAX_CONDITIONS:
        raise FilterUnsupported
    return tuple(_bound(condition) for condition in conditions)


def _bound(condition: str) -> Bound:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise FilterUnsupported
    field, operator, written = found.groups()
    try:
        moment = datetime.fromisoformat(written)
        # A time whose zone takes it past year 1 or 9999 is no time at all.
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FilterUnsupported from None
    return Bound(FIELDS[field], "after" if operator == "gt" else "before", moment)
