"""Refuse a table in which a quoted cell swallowed another record.

Quotes can pair and still be wrong, for example if two cells lack one each. Then a multi-line cell
contains another record, with values in the right columns: a ZIP, an email address, a day. A real
comment hardly looks like that.
"""

import re
from collections.abc import Callable, Sequence

from campaign.errors import TableRefused
from campaign.tables import csv_dialect, dates, vocabulary, yes_no

_LINE_END = re.compile(r"\r\n|\r|\n")

_LOOKS: dict[str, Callable[[str], object]] = {
    "zip": re.compile(r"[0-9]{3,5}(\.0)?|[0-9]{5}-?[0-9]{4}").fullmatch,
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch,
    "phone": re.compile(r"[-+() .0-9]{7,20}").fullmatch,
    "street": re.compile(r"[0-9]+ .*").fullmatch,
    "state": re.compile(r"[A-Z]{2}").fullmatch,
    "consent": lambda cell: yes_no.read(cell) is not None,
    "signed_on": dates.is_day,
    "recorded_at": dates.is_day,
    "date": dates.is_day,
}


def require_none(cells: Sequence[str], heading: Sequence[str], delimiter: str, number: int) -> None:
    """Raise TableRefused if a cell of the record contains another record of the table.

    `number` is the line on which the record begins.
    """
    began = number
    for place, cell in enumerate(cells):
        if "\n" not in cell and "\r" not in cell:
            continue
        lines = _LINE_END.split(cell)
        for which, line in enumerate(lines):
            before = place if which == 0 else 0
            after = len(cells) - place - 1 if which == len(lines) - 1 else 0
            pieces = line.split(delimiter)
            # Delimiters within quotes make a record look wider than it is.
            is_as_wide = before + len(pieces) + after >= len(heading) > 1
            # The first piece belongs to the cell itself, like the first line of an address.
            own = 1 if which == 0 else 0
            if is_as_wide and _is_record(pieces[own:], heading[before + own :]):
                raise TableRefused(
                    f"Nothing was read: the quotes that open on line {began:,} hold what looks "
                    f"like another line of the table, line {began + max(which, 1):,}, so people "
                    "could be mixed up. Close the quotes where the cell ends."
                )
        began += len(lines) - 1


def require_one_heading(heading: Sequence[str], delimiter: str, number: int) -> None:
    """Raise TableRefused if a cell of the heading contains another cell, or the next line."""
    if any(
        len(_LINE_END.split(cell)) > 1 and (delimiter in cell or _holds_headings(cell))
        for cell in heading
    ):
        raise TableRefused(
            f"Nothing was read: the quotes on line {number:,} hold more than one heading. Close "
            "the quotes where the cell ends."
        )


def _holds_headings(cell: str) -> bool:
    """True if a cell contains several headings at any delimiter."""
    lines = _LINE_END.split(cell)
    return any(
        sum(map(vocabulary.is_known, line.split(delimiter))) > 1
        for line in lines
        for delimiter in csv_dialect.DELIMITERS
    )


def _is_record(pieces: Sequence[str], heading: Sequence[str]) -> bool:
    return any(
        looks(piece.strip(' "'))
        for piece, name in zip(pieces, heading, strict=False)
        if piece.strip(' "') and (looks := _LOOKS.get(vocabulary.field_of(name))) is not None
    )
