"""Convert an OSDI export into a CSV table, one signature per line."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import orjson

from campaign.errors import TableRefused
from campaign.tables.formulas import escape

_HEADING = (
    "first_name", "last_name", "email", "street", "city", "state", "zip", "country", "comment",
    "signed_on",
)  # fmt: skip


def is_osdi(raw: bytes) -> bool:
    """True for JSON Lines whose first object is an OSDI signature with its person."""
    first = raw.partition(b"\n")[0]
    try:
        value = orjson.loads(first) if first.startswith(b"{") else None
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and isinstance(value.get("person"), dict)


def as_csv(raw: bytes) -> bytes:
    """Return the signatures as CSV, in order, after a heading.

    Raises TableRefused for a line that is not an OSDI signature.
    """
    made = StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    writer.writerow(_HEADING)
    for number, line in enumerate(raw.splitlines(), start=1):
        try:
            signature = orjson.loads(line)
            person = signature["person"]
            address = _first(person.get("postal_addresses"))
            cells = (
                person.get("given_name"),
                person.get("family_name"),
                _first(person.get("email_addresses")).get("address"),
                ", ".join(map(str, address.get("address_lines") or ())),
                address.get("locality"),
                address.get("region"),
                address.get("postal_code"),
                address.get("country"),
                signature.get("comments"),
                signature.get("action_date"),
            )
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
            raise TableRefused(f"Line {number:,} is not an OSDI signature.") from None
        writer.writerow([escape(str(cell or "")) for cell in cells])
    return made.getvalue().encode("utf-8", "surrogatepass")


def _first(many: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any]:
    """Return the primary entry, or the first, or an empty one."""
    found = list(many or ())
    return next((one for one in found if one.get("primary")), found[0] if found else {})
