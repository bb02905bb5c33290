"""Executive offices that a campaign can write to: the President and the heads of departments.

Source: data/executive.csv. data/SOURCES.md says how its rows were obtained, and which were checked.
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache

from campaign import paths
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
    """

    id: str
    short: Message
    seat: str
    block: tuple[str, ...]
    salutation: str
    as_of: date
    source: str
    checked: str = ""

    @property
    def name(self) -> str:
        """The first line of the address, such as `The Secretary of State`."""
        return self.block[0]


@cache
def offices() -> dict[str, ExecutiveOffice]:
    """Return the executive offices by id, in the order of the table."""
    with (paths.data() / "executive.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: _office(row) for row in csv.DictReader(file)}


def _office(row: dict[str, str]) -> ExecutiveOffice:
    return ExecutiveOffice(
        id=row["id"],
        short=NAMES[row["id"]],
        seat=row["seat"],
        block=(row["name"], row["department"], row["street"], row["city"]),
        salutation=row["salutation"],
        as_of=date.fromisoformat(row["as_of"]),
        source=row["source"],
        checked=row["checked"],
    )
