"""Members who have left Congress: upstream drops them, but what was done with them stays on record.

Each refresh adds who left to a small table, `former_members.csv` in CAMPAIGN_HOME/congress.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign import files
from campaign.congress.apportionment import congress_on
from campaign.congress.members import Member, Seat
from campaign.congress.places import STATES
from campaign.errors import DatasetInvalid

#: The table's file, in the folder of refreshed tables.
FILE = "former_members.csv"
_COLUMNS = [
    "bioguide", "name", "last_name", "chamber", "state", "district", "senate_class", "ended",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormerMember:
    """A person who held `seat` until the day `ended`; `name` is the full one."""

    bioguide: str
    name: str
    last_name: str
    seat: Seat
    ended: date


def of_member(member: Member) -> FormerMember:
    """Return a member by the last of their terms."""
    term = member.terms[-1]
    return FormerMember(member.bioguide, member.name.full, member.name.last, term.seat, term.end)


def after_refresh(
    known: Mapping[str, FormerMember],
    before: Mapping[str, Member],
    after: Mapping[str, Member],
    *,
    as_of: date,
) -> tuple[FormerMember, ...]:
    """Return who has left, by id: those `known` before, and those of `before` not in `after`.

    A term that `before` expected to last beyond `as_of` ended then.
    """
    left = {member.bioguide: of_member(member) for member in before.values() if member.terms}
    found = {**known, **left}
    return tuple(
        _ended_by(one, as_of) for _, one in sorted(found.items()) if one.bioguide not in after
    )


def read(path: Path) -> dict[str, FormerMember]:
    """Return {bioguide id: former member}. Raises DatasetInvalid for a table that is not valid."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        if not rows or rows[0] != _COLUMNS:
            raise ValueError("columns")
        found = [_of_row(row) for row in rows[1:]]
    except (OSError, ValueError, csv.Error) as error:
        raise DatasetInvalid(f"{path} cannot be read.") from error
    return {one.bioguide: one for one in found}


def write(path: Path, members: Iterable[FormerMember]) -> None:
    """Write the table, whole or not at all. Raises OSError if the file cannot be written."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(one) for one in members)
    files.write(path, out.getvalue().encode(), mode=files.PUBLIC, durable=True)


def _ended_by(one: FormerMember, as_of: date) -> FormerMember:
    if one.ended <= as_of:
        return one
    return FormerMember(one.bioguide, one.name, one.last_name, one.seat, as_of)


def _row(one: FormerMember) -> list[object]:
    seat = one.seat
    number = ["", seat.senate_class] if seat.district is None else [seat.district, ""]
    return [one.bioguide, one.name, one.last_name, seat.chamber, seat.state, *number, one.ended]


def _of_row(cells: list[str]) -> FormerMember:
    bioguide, name, last_name, chamber, state, district, senate_class, day = cells
    ended = date.fromisoformat(day)
    if state not in STATES:
        raise ValueError(state)
    # The last day of a term may be the first of the next Congress.
    congress = congress_on(date.fromordinal(ended.toordinal() - 1))
    if chamber == "house":
        seat = Seat(congress, "house", state, district=int(district))
    else:
        seat = Seat(congress, "senate", state, senate_class=int(senate_class))
    return FormerMember(bioguide, name, last_name, seat, ended)
