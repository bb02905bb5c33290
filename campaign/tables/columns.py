"""Map the columns of a table to fields, and read each row's values by field.

Several columns may map to one field, and a row may have several addresses. Contradictions are
reported, and parts of different addresses are never mixed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from campaign.tables import yes_no
from campaign.tables.vocabulary import (
    ADDRESSES,
    IN_ADDRESS,
    REJECTS_COLUMNS,
    cell_text,
    display_name,
    meaning,
)

#: The fields of a row that must all come from one address.
_CORE = ("street", "city", "state", "zip")

#: Fields with one value: all filled columns of the field must agree.
_ONE_VALUE = frozenset({
    "first_name", "middle_name", "last_name", "name", "prefix", "suffix", "street", "city", "state",
    "zip", "zip4", "country", "district", "consent", "sheet", "namesake",
})  # fmt: skip
#: Fields whose filled columns are joined.
_JOINED = frozenset({"street2"})


@dataclass(frozen=True)
class Contradiction:
    """Two columns, given by their headings, that contradict each other in one row.

    They map to one field and differ, or, if `is_mixed`, they are parts of two addresses.
    """

    field: str
    headings: tuple[str, str]
    is_mixed: bool = False

    @property
    def says(self) -> str:
        """What is wrong, and what to do."""
        one, other = map(display_name, self.headings)
        if self.is_mixed:
            return f"“{one}” and “{other}” are of two addresses. Keep a whole one."
        return f"“{one}” and “{other}” say different things. Keep the right one."


class Row(Protocol):
    """A record of a table."""

    @property
    def number(self) -> int:
        """The line on which it begins."""

    @property
    def cells(self) -> Sequence[str]:
        """The cells."""


@dataclass(frozen=True)
class Columns:
    """The columns of each field in a table, best first; `unused` has all other headings."""

    heading: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    unused: tuple[str, ...]

    def __contains__(self, field: str) -> bool:
        return field in self.places

    def values(self, cells: Sequence[str]) -> tuple[dict[str, str], tuple[Contradiction, ...]]:
        """Return a row's values by field (the first filled column of each), and contradictions.

        Of several addresses, the first that has every part which the row has is used, without parts
        of the others. Empty fields are left out.
        """
        filled = {
            field: [
                (place, cell)
                for place in places
                if place < len(cells) and (cell := cell_text(cells[place])).strip()
            ]
            for field, places in self.places.items()
        }
        against = [
            Contradiction(field, (self.heading[columns[0][0]], self.heading[place]))
            for field, columns in filled.items()
            if field in _ONE_VALUE
            for place, cell in columns[1:]
            if not _agree(field, columns[0][1], cell)
        ]
        if len(self._addresses) > 1:
            against += self._keep_one_address(filled)
        values = {
            field: ", ".join(dict.fromkeys(cell.strip() for _, cell in columns))
            if field in _JOINED
            else columns[0][1]
            for field, columns in filled.items()
            if columns
        }
        return values, tuple(against)

    def cells(self, rows: Iterable[Row], fields: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Yield (line, cell) for the filled cells of these fields in all rows."""
        places = [place for field in fields for place in self.places.get(field, ())]
        for row in rows if places else ():
            for place in places:
                if place < len(row.cells) and row.cells[place].strip():
                    yield row.number, cell_text(row.cells[place])

    @cached_property
    def _addresses(self) -> tuple[str, ...]:
        """The addresses that compete for a part (several have a column of it), best first."""
        named = [
            {meaning(self.heading[place]).address for place in self.places.get(field, ())}
            for field in _CORE
        ]
        several = set().union(*(addresses for addresses in named if len(addresses) > 1))
        return tuple(sorted(several, key=ADDRESSES.index))

    def _keep_one_address(self, filled: dict[str, list[tuple[int, str]]]) -> list[Contradiction]:
        """Keep one of a row's addresses in `filled`; return a contradiction if none is complete."""

        def of(address: str, field: str) -> list[tuple[int, str]]:
            """Return the filled columns of this address, and those of no competing one."""
            return [
                (place, cell)
                for place, cell in filled[field]
                if (named := meaning(self.heading[place]).address) == address
                or named not in self._addresses
            ]

        parts = [field for field in _CORE if filled.get(field)]
        for address in self._addresses:
            if all(of(address, field) for field in parts):
                for field in IN_ADDRESS & filled.keys():
                    filled[field] = of(address, field)
                return []
        whose = [(field, place) for field in parts for place, _ in filled[field][:1]]
        first = whose[0][1]
        field, other = next(
            (
                (field, place)
                for field, place in whose
                if meaning(self.heading[place]).address != meaning(self.heading[first]).address
            ),
            whose[-1],
        )
        return [Contradiction(field, (self.heading[first], self.heading[other]), is_mixed=True)]


def match_columns(heading: Sequence[str], fields: Iterable[str]) -> Columns:
    """Return the columns of these fields in a heading."""
    wanted = frozenset(fields)
    named = [field if (field := meaning(name).field) in wanted else "" for name in heading]
    places: dict[str, tuple[int, ...]] = {}
    for field in dict.fromkeys(filter(None, named)):
        at = [place for place, name in enumerate(named) if name == field]
        places[field] = tuple(sorted(at, key=lambda place: meaning(heading[place]).rank))
    unused = tuple(
        name
        for name, field in zip(heading, named, strict=True)
        if not field and name.strip() and name.strip().lower() not in REJECTS_COLUMNS
    )
    return Columns(tuple(heading), places, unused)


def _agree(field: str, one: str, other: str) -> bool:
    """True if two cells of a field agree; a street agrees with itself plus its unit."""
    first, second = (
        "".join(char for char in cell.casefold() if char.isalnum()) for cell in (one, other)
    )
    if field == "zip":
        return first[:5] == second[:5]
    if field == "consent":
        return first == second or yes_no.read(one) is yes_no.read(other) is not None
    if field == "street":
        return first.startswith(second) or second.startswith(first)
    return first == second
