"""Executive offices that a campaign can write to: the President and the heads of departments.

Source: data/executive.csv. data/SOURCES.md says how its rows were obtained, and which were checked.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from campaign import paths, phone_numbers
from campaign.errors import DatasetInvalid
from campaign.messages import Message

#: Office id -> its name in running text.
NAMES: dict[str, Message] = {
    "president": Message("the President"),
    "vice-president": Message("the Vice President"),
    "secretary": Message("the Secretary of State"),
    "treasury": Message("the Secretary of the Treasury"),
    "defense": Message("the Secretary of Defense"),
    "justice": Message("the Attorney General"),
    "interior": Message("the Secretary of the Interior"),
    "agriculture": Message("the Secretary of Agriculture"),
    "commerce": Message("the Secretary of Commerce"),
    "labor": Message("the Secretary of Labor"),
    "health": Message("the Secretary of Health and Human Services"),
    "housing": Message("the Secretary of Housing and Urban Development"),
    "transportation": Message("the Secretary of Transportation"),
    "energy": Message("the Secretary of Energy"),
    "education": Message("the Secretary of Education"),
    "veterans": Message("the Secretary of Veterans Affairs"),
    "homeland": Message("the Secretary of Homeland Security"),
    "environment": Message("the Administrator of the Environmental Protection Agency"),
}


@dataclass(frozen=True)
class ExecutiveOffice:
    """An office of the executive branch, addressed without the name of its holder.

    The holder may change before a letter is read. `short` is the name in running text, `seat` the
    title of its holder. `as_of` is the day of the row, `source` the URL of the office's own page,
    at which to check the address, and `checked` what the row was compared with, "" for nothing.
    `phone` is the public number as `phone_numbers.normalize` writes it, "" if no source gives one.
    """

    id: str
    short: Message
    seat: str
    block: tuple[str, ...]
    salutation: str
    as_of: date
    source: str
    checked: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """The first line of the address, such as `The Secretary of State`."""
        return self.block[0]


@cache
def offices() -> dict[str, ExecutiveOffice]:
    """Return the executive offices by id, in the order of the table."""
    with (paths.data() / "executive.csv").open(encoding="utf-8", newline="") as file:
        return read(file)


def read(lines: Iterable[str]) -> dict[str, ExecutiveOffice]:
    """Return the offices of a table by id; its column `phone` may be missing.

    Raises DatasetInvalid, with the line, for a phone in another form than `202-555-0100`.
    """
    return {
        row["id"]: _office(row, line) for line, row in enumerate(csv.DictReader(lines), start=2)
    }


def _office(row: Mapping[str, str], line: int) -> ExecutiveOffice:
    phone = row.get("phone") or ""
    if phone and not phone_numbers.is_normal(phone):
        raise DatasetInvalid(f"executive.csv, line {line}: write the phone as 202-555-0100.")
    return ExecutiveOffice(
        id=row["id"],
        short=NAMES[row["id"]],
        seat=row["seat"],
        block=(row["name"], row["department"], row["street"], row["city"]),
        salutation=row["salutation"],
        as_of=date.fromisoformat(row["as_of"]),
        source=row["source"],
        checked=row["checked"],
        phone=phone,
    )
