"""Which states have new district lines in a Congress, so that an older ZIP table is wrong there.

The Census Bureau publishes the districts of each ZIP weeks or months after a Congress begins. Until
then its table of the Congress before is right in the states that kept their lines. The states with
new lines are in a small table with sources, because courts and legislatures may change it: the
shipped `data/congress/new_lines.csv`, or an operator's copy in CAMPAIGN_HOME/congress.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign import files
from campaign.congress.apportionment import AT_LARGE_STATES
from campaign.congress.places import DELEGATIONS, STATES
from campaign.errors import DatasetInvalid

#: The table's file, in the folder of shipped tables and in that of refreshed ones.
FILE = "new_lines.csv"
_COLUMNS = ["state", "congress", "source", "as_of"]


@dataclass(frozen=True, slots=True, order=True)
class NewLines:
    """A state whose new district lines first apply in a Congress, with the source and its day."""

    state: str
    congress: int
    source: str
    as_of: date


def read(path: Path) -> tuple[NewLines, ...]:
    """Return the rows of the table, in order. Raises DatasetInvalid for one that is not valid."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetInvalid(f"{path} cannot be read.") from error
    if not rows or rows[0] != _COLUMNS:
        raise DatasetInvalid(f"{path} does not begin with the columns {','.join(_COLUMNS)}.")
    return tuple(sorted(_row(row, path, number) for number, row in enumerate(rows[1:], 2)))


def write(path: Path, table: Iterable[NewLines]) -> None:
    """Write the table, whole or not at all. Raises DatasetInvalid if the file cannot be written."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([row.state, row.congress, row.source, row.as_of] for row in sorted(table))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, out.getvalue().encode(), mode=files.PUBLIC, durable=True)
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be written to.") from error


def have_changed(table: Iterable[NewLines], state: str, first: int, second: int) -> bool:
    """Return True if a state's lines may differ between two Congresses, in either order.

    A state of one district has no lines to change. If the table has no row of a Congress between
    them, nothing is known about it, so the lines of every other state may differ.
    """
    if first == second or state in AT_LARGE_STATES | DELEGATIONS:
        return False
    between = range(min(first, second) + 1, max(first, second) + 1)
    rows = {(row.state, row.congress) for row in table}
    known = {congress for _, congress in rows}
    return any(number not in known or (state, number) in rows for number in between)


def _row(cells: list[str], path: Path, number: int) -> NewLines:
    try:
        state, congress, source, as_of = cells
        row = NewLines(state, int(congress), source.strip(), date.fromisoformat(as_of))
    except ValueError as error:
        raise DatasetInvalid(f"{path}, line {number} cannot be read.") from error
    if row.state not in STATES or row.state in AT_LARGE_STATES | DELEGATIONS or not row.source:
        raise DatasetInvalid(
            f"{path}, line {number} needs a state of several districts, and a source."
        )
    return row
