"""The columns of one table by their fields, and what each of its rows says by them.

Two columns may be of one field, and a row may have two addresses: what contradicts itself is said,
and no two addresses are mixed.
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

#: What makes an address one: no row takes these from several.
_CORE = ("street", "city", "state", "zip")

#: Fields of which two columns that are filled must say the same: no two addresses are mixed.
_ONE_VALUE = frozenset({
    "first_name", "middle_name", "last_name", "name", "prefix", "suffix", "street", "city", "state",
    "zip", "zip4", "country", "district", "consent", "sheet", "namesake",
})  # fmt: skip
#: Fields of which all columns that are filled are kept, one after another.
_JOINED = frozenset({"street2"})


@dataclass(frozen=True)
class Contradiction:
    """Two columns that do not go together in one row, by their headings.

    They are of one field and say different things, or, where `is_mixed`, parts of two addresses.
    """

    field: str
    headings: tuple[str, str]
    is_mixed: bool = False

    @property
    def says(self) -> str:
        """What to do about it."""
        one, other = self.headings
        if self.is_mixed:
            return f"“{display_name(one)}” and “{display_name(other)}” are of two addresses. Keep a whole one."
        return f"“{display_name(one)}” and “{display_name(other)}” say different things. Keep the right one."


class Row(Protocol):
    """A record of a table: the line on which it began, and its cells."""

    @property
    def number(self) -> int:
        """The line."""

    @property
    def cells(self) -> Sequence[str]:
        """The cells."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are which field, of each field the best first.

    `unused` are the headings that are none of the fields that were asked for.
    """

    heading: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    unused: tuple[str, ...]

    def __contains__(self, field: str) -> bool:
        return field in self.places

    def values(self, cells: Sequence[str]) -> tuple[dict[str, str], tuple[Contradiction, ...]]:
        """Return what a row says by fields, each the first that is filled, and contradictions.

        Of several addresses the first is taken that holds all parts that the row has, and nothing
        of another one. Fields that are empty in the row are left out.
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
        said = {
            field: ", ".join(dict.fromkeys(cell.strip() for _, cell in columns))
            if field in _JOINED
            else columns[0][1]
            for field, columns in filled.items()
            if columns
        }
        return said, tuple(against)

    def cells(self, rows: Iterable[Row], fields: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Yield the filled cells of some fields in all rows, each with the number of its line."""
        places = [place for field in fields for place in self.places.get(field, ())]
        for row in rows if places else ():
            for place in places:
                if place < len(row.cells) and row.cells[place].strip():
                    yield row.number, cell_text(row.cells[place])

    @cached_property
    def _addresses(self) -> tuple[str, ...]:
        """Which addresses have a column of a part that other addresses have too, the best first."""
        named = [
            {meaning(self.heading[place]).address for place in self.places.get(field, ())}
            for field in _CORE
        ]
        several = set().union(*(addresses for addresses in named if len(addresses) > 1))
        return tuple(sorted(several, key=ADDRESSES.index))

    def _keep_one_address(self, filled: dict[str, list[tuple[int, str]]]) -> list[Contradiction]:
        """Leave one of a row's addresses; return why not, where none holds all the parts."""

        def of(address: str, field: str) -> list[tuple[int, str]]:
            """The filled columns that are of an address, or of no other one."""
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
    """Return which columns are which of these fields."""
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
    """True where two cells of a field say the same: a street may be there with its unit or not."""
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
