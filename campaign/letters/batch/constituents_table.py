"""Read a table of constituents line by line: each line is a Person or a Reject with reasons."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from campaign import mail_address, text
from campaign.congress import same_address
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, ZipCode
from campaign.congress.postal import is_military
from campaign.errors import InvalidInput, LineRefused, TableRefused
from campaign.letters.batch import person_row
from campaign.letters.batch.person_row import ADDRESS, NAME, Fault, Repairs, day_of, first_of
from campaign.letters.compose import MAX_OWN_CHARACTERS
from campaign.letters.letter import Constituent
from campaign.packs.pack import Pack
from campaign.tables import columns, yes_no
from campaign.tables.columns import Columns
from campaign.tables.dates import DayOrder
from campaign.tables.table import Row, Table, TableLimits
from campaign.tables.vocabulary import REJECTS_COLUMNS, display_name

#: The size of a large rally; a batch of letters is not for a whole state.
MAX_PEOPLE = 10_000
LIMITS = TableLimits(bytes=5 * 1024 * 1024, lines=MAX_PEOPLE, columns=60)

#: The column that a rejects file names for a line that repeats another. On its own in the
#: rejects file, such a line would look like the first of its kind.
REPEATED = "line"
#: The column that it names for a line of which only the letter to the House is pending.
HOUSE_WAITS = "house letter"

#: The fields of the vocabulary that are read from a row.
FIELDS = (
    *NAME, *ADDRESS, "district", "email", "phone", "points", "personal", "comment", "consent",
    "letter_date", "date",
)  # fmt: skip
#: Columns for a letter's own words, and for its date; the first that is filled counts.
_OWN_WORDS = ("personal", "comment")
_LETTER_DATE = ("letter_date", "date")

_EITHER_NAME = "first_name and last_name (or name)"
_POINT = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, repr=False)
class Person:
    """One line that can become letters.

    `district` is set if the line names one; `cells` are the line as given; `written_on` is the
    letter's date if the line gives one. With `house_only`, the person's other letters were made
    before. `repr()` shows no personal data.
    """

    line: int
    constituent: Constituent
    zip: ZipCode
    district: District | None = None
    points: tuple[str, ...] = ()
    personal: str = ""
    cells: tuple[str, ...] = ()
    written_on: date | None = None
    house_only: bool = False

    def __repr__(self) -> str:
        return f"Person(line {self.line})"

    @property
    def key(self) -> tuple[str, ...]:
        """A key that is the same for every spelling of a person's name and address."""
        home = self.constituent
        street = same_address.address_key(home.address1, home.address2)
        return (_normalized(home.name), street, self.zip.five)


@dataclass(frozen=True, repr=False)
class Reject:
    """A line that was not used, with its cells as given and every fault found."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]

    def __repr__(self) -> str:
        return f"Reject(line {self.line}, {self.column})"

    @property
    def column(self) -> str:
        """The columns to correct, each once."""
        return ", ".join(dict.fromkeys(fault.column for fault in self.faults if fault.column))

    @property
    def reason(self) -> str:
        """The sentences of all faults."""
        return " ".join(dict.fromkeys(fault.reason for fault in self.faults))


class ConstituentsTable:
    """A table of constituents whose columns have been matched to fields.

    `notes` describe how the table was read; `repairs`, after reading it, what was repaired.
    """

    def __init__(self, table: Table) -> None:
        """Match the columns. Raises TableRefused if a required one is missing."""
        self._table = table
        self.heading = table.heading
        self.lines = table.lines
        self.columns: Columns = _match_columns(table.heading)
        self.repairs = Repairs()
        self._reject_column = _reject_column_index(table.heading)
        self.notes = (*_notes(self.columns), *table.notes)

    @classmethod
    def parse(cls, raw: bytes, caps: TableLimits = LIMITS) -> "ConstituentsTable":
        """Open a table of constituents from the bytes of a file. Raises TableRefused."""
        return cls(Table(raw, caps))

    def read(self, pack: Pack, congress: Congress) -> Iterator[Person | Reject]:
        """Yield each line as a valid Person or as a Reject."""
        points = frozenset(point.id for point in pack.talking_points)
        self.repairs = Repairs()
        order = DayOrder(self.columns.cells(self._table, _LETTER_DATE))
        for row in self._table:
            line = _Line(row, self.columns, congress, order)
            at = self._reject_column
            reject_column = row.cells[at] if 0 <= at < len(row.cells) else ""
            if reject_column == REPEATED:
                yield line.repeated()
            else:
                found = line.read(points)
                if isinstance(found, Person):
                    if reject_column == HOUSE_WAITS:
                        found = replace(found, house_only=True)
                    self.repairs.add(row.number, line.repairs)
                yield found


class _Line:
    """Reads one line; every cell is checked, so that all faults are reported at once."""

    def __init__(self, row: Row, names: Columns, congress: Congress, order: DayOrder) -> None:
        self._row = row
        self._names = names
        self._congress = congress
        self._order = order
        self._values: Mapping[str, str] = {}
        self._faults: list[Fault] = []
        self.repairs: tuple[person_row.Repair, ...] = ()

    def repeated(self) -> Reject:
        """Return the Reject for a rejects-file line that repeats another."""
        self._fault(
            REPEATED,
            "This line was a repetition of another. If it is a different person, empty its cell in "
            "the column named “column.”",
        )
        return self._reject()

    def read(self, points: frozenset[str]) -> Person | Reject:
        """Return the line as a Person or a Reject."""
        row, congress = self._row, self._congress
        if any(cell.strip() for cell in row.cells[len(self._names.heading) :]):
            self._fault(
                "",
                "The line has more cells than the heading. Put cells with commas in quotes.",
            )
            return self._reject()
        found = person_row.read(*self._names.values(row.cells), congress)
        self._values, self.repairs = found.values, found.repairs
        self._faults += found.faults
        if yes_no.read(self._cell("consent")) is not True:
            self._fault("consent", "There is no consent: the cell must say yes.")
        place = self._zip()
        first, last, prefix = self._name()
        street = self._line("street", 100)
        if not street and not self._is_faulty("street"):
            self._fault("street", "The street is missing: offices reply only to full addresses.")
        city, state = self._town(place, congress) if place else ("", "")
        district = self._district(state)
        constituent = Constituent(
            first_name=first,
            last_name=last,
            address1=street,
            address2=self._line("street2", 100),
            city=city,
            state=state,
            zip=str(place or ""),
            prefix=prefix,
            email=self._email(),
            phone=self._line("phone", 40),
        )
        chosen = self._points(points)
        personal = self._personal()
        written_on = self._date()
        if self._faults or place is None:
            return self._reject()
        return Person(
            row.number, constituent, place, district, chosen, personal, row.cells, written_on
        )

    # -- cells -------------------------------------------------------------------------------------

    def _cell(self, column: str) -> str:
        return self._values.get(column, "")

    def _is_faulty(self, *columns: str) -> bool:
        return any(fault.column in columns for fault in self._faults)

    def _line(self, column: str, limit: int) -> str:
        """Return a cell as one clean line, or note the fault."""
        try:
            found = text.line(self._cell(column), limit=limit, field=column)
        except InvalidInput as error:
            self._fault(column, str(error))
            return ""
        return found

    def _name(self) -> tuple[str, str, str]:
        """Return first name, last name and prefix."""
        first, last = self._line("first_name", 80), self._line("last_name", 80)
        if not first and not last and not self._is_faulty("name", "first_name", "last_name"):
            column = "name" if "name" in self._names else "first_name"
            self._fault(column, "The name is missing.")
        elif not self._is_faulty("name"):
            for column, part in (("first_name", first), ("last_name", last)):
                if not part and not self._is_faulty(column):
                    self._fault(column, f"The {column.replace('_', ' ')} is missing.")
        return first, last, self._line("prefix", 20)

    def _zip(self) -> ZipCode | None:
        typed = self._cell("zip")
        try:
            place = ZipCode.parse(typed)
        except InvalidInput:
            if not self._is_faulty("zip", "street"):
                self._fault(
                    "zip",
                    "The ZIP code must have five digits, such as 59001."
                    if typed
                    else "The ZIP code is missing.",
                )
            return None
        if is_military(place.five):
            self._fault(
                "zip",
                f"{place.five} is a military ZIP code. Give the address where the person votes.",
            )
            return None
        return place

    def _town(self, place: ZipCode, congress: Congress) -> tuple[str, str]:
        """Return city and state as given, or as the ZIP's post office has them."""
        office = congress.zips.get(place.five)
        city = self._line("city", 60)
        state, is_settled = "", True
        try:
            agreed = require_agreement(
                congress,
                place,
                state=self._line("state", 40),
                country=self._line("country", 60),
            )
            state = agreed.state
        except InvalidInput as error:
            self._fault(error.field, str(error))
            is_settled = False
        if is_settled and not state:
            self._fault("state", f"Give the state: it is not clear from {place.five}.")
        if not city and office is not None and office.state == state:
            city = office.city
        elif not city and is_settled and not any(fault.column == "city" for fault in self._faults):
            self._fault("city", f"Give the city: we know of none for {place.five}.")
        return city, state

    def _district(self, state: str) -> District | None:
        typed = self._line("district", 20)
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) <= 2 and state:
            return District(state, int(typed))
        try:
            return District.parse(typed)
        except InvalidInput as error:
            self._fault("district", str(error))
            return None

    def _email(self) -> str:
        found = self._line("email", 254)
        if found and not mail_address.is_valid(found):
            self._fault(
                "email", "Write the email address as name@example.org, or leave the cell empty."
            )
        return found

    def _points(self, known: frozenset[str]) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(filter(None, _POINT.split(self._line("points", 500)))))
        if unknown := [point for point in chosen if point not in known]:
            self._fault(
                "points",
                f"There is no talking point “{unknown[0][:40]}.” "
                f"Choose from: {', '.join(sorted(known))}.",
            )
        return chosen

    def _date(self) -> date | None:
        try:
            self._order.require_clear(first_of(self._values, _LETTER_DATE))
            return day_of(self._values, _LETTER_DATE, UTC)
        except LineRefused as error:
            self._fault(error.column, str(error))
        except ValueError as error:
            self._fault(_LETTER_DATE[0], str(error))
        return None

    def _personal(self) -> str:
        typed = next((cell for field in _OWN_WORDS if (cell := self._cell(field)).strip()), "")
        try:
            found = text.block(typed, limit=MAX_OWN_CHARACTERS, field="personal")
        except InvalidInput as error:
            self._fault("personal", str(error))
            return ""
        return found

    def _fault(self, column: str, reason: str) -> None:
        self._faults.append(Fault(column, reason))

    def _reject(self) -> Reject:
        return Reject(self._row.number, self._row.cells, tuple(self._faults))


def _reject_column_index(heading: Sequence[str]) -> int:
    """Return the index of a rejects file's column of columns to correct, -1 in other tables."""
    plain = [name.strip().lower() for name in heading]
    return plain.index(REJECTS_COLUMNS[1]) if set(REJECTS_COLUMNS) <= set(plain) else -1


def _match_columns(heading: Sequence[str]) -> Columns:
    """Match the columns to fields.

    City, state and district are optional, consent is not; the ZIP may be part of the street.
    Raises TableRefused that lists the missing and the found columns.
    """
    names = columns.match_columns(heading, FIELDS)
    has_name = "name" in names or ("first_name" in names and "last_name" in names)
    missing = [
        *([] if has_name else [_EITHER_NAME]),
        *(name for name in ("street", "zip", "consent") if name not in names),
    ]
    if missing == ["zip"]:
        missing = []
    if missing:
        found = (
            ", ".join(f"“{display_name(name)}”" for name in heading[:12] if name.strip())
            or "nothing"
        )
        raise TableRefused(
            f"The table has no column for {', '.join(missing)}. Its first line names: {found}."
        )
    return names


def _notes(names: Columns) -> Iterator[str]:
    if names.unused:
        named = [f"“{display_name(name)}”" for name in names.unused[:10]]
        more = len(names.unused) - len(named)
        yield (
            f"Columns that we do not use: {', '.join(named)}{f' and {more} more' if more else ''}."
        )


def _normalized(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isalnum())
