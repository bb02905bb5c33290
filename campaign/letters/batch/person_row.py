"""Read a table row as a person (name, address, ZIP), whatever program wrote it.

Values that a program damaged, such as a ZIP without its leading zero, are repaired and reported if
the repair is certain; otherwise the row has a fault that says what to correct. Nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Literal, get_args

from campaign import text
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import states_of
from campaign.congress.places import STATES, state_code
from campaign.errors import InvalidInput, LineRefused
from campaign.letters import split_name
from campaign.letters.batch import one_cell_address
from campaign.tables import dates
from campaign.tables.columns import Contradiction
from campaign.tables.vocabulary import display_name

#: Fields of a name; either the first two or `name` is required.
NAME = ("first_name", "last_name", "name", "middle_name", "prefix", "suffix")
#: Fields of an address; a ZIP, or a street that ends in one, is required.
ADDRESS = ("street", "street2", "city", "state", "zip", "zip4", "country")

#: What was repaired in a row.
Repair = Literal["zip", "name", "address", "no_address"]

_LIMITS = {
    "first_name": 80, "last_name": 80, "name": 160, "middle_name": 40, "prefix": 20, "suffix": 20,
    "street": 250, "street2": 100, "city": 60, "state": 60, "zip": 40, "zip4": 20, "country": 60,
    "email": 254, "phone": 40,
}  # fmt: skip
_DECIMALS = re.compile(r"\.0*$")
_ZIP = re.compile(r"([0-9]{3,5})(?:[- ]?([0-9]{4}))?-?")
_MAX_LINES_NAMED = 10


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be used: the column to correct, and what to do."""

    column: str
    reason: str


@dataclass(frozen=True, repr=False)
class PersonRow:
    """A row's values by field, its faults, and its repairs.

    The name is reduced to `first_name`, `last_name` and `prefix`; the address to `street`, `city`,
    `state` and `country` as written, and `zip` with its ZIP+4. `repr()` shows no personal data.
    """

    values: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def __repr__(self) -> str:
        return "PersonRow(…)"


def read(
    values: Mapping[str, str], contradictions: Sequence[Contradiction], congress: Congress
) -> PersonRow:
    """Return the person in a row, given its cells by field (`Columns.values`)."""
    reading = _Reading(dict(values), congress)
    reading.faults = [Fault(one.field, one.says) for one in contradictions]
    reading.clean()
    reading.split_address()
    reading.split_name()
    reading.restore_zip()
    return PersonRow(reading.values, tuple(reading.faults), tuple(reading.repairs))


def first_of(values: Mapping[str, str], fields: Iterable[str]) -> str:
    """Return the first of these fields that is filled, "" if all are empty."""
    return next((values[field] for field in fields if values.get(field, "").strip()), "")


def day_of(values: Mapping[str, str], fields: Iterable[str], zone: tzinfo) -> date | None:
    """Return the day in the first filled field, None if all are empty.

    An instant counts as the civil day in `zone`. Raises LineRefused, naming the first field.
    """
    fields = tuple(fields)
    typed = first_of(values, fields)
    if not typed:
        return None
    try:
        return dates.read(typed, zone)
    except ValueError:
        raise LineRefused(
            f"“{display_name(typed)}” is not a date that we can read. Write it as 6/15/2026, with "
            "the month first, or as 2026-06-15.",
            column=fields[0],
        ) from None


class _Reading:
    def __init__(self, values: dict[str, str], congress: Congress) -> None:
        self.values = values
        self.congress = congress
        self.faults: list[Fault] = []
        self.repairs: list[Repair] = []

    def clean(self) -> None:
        """Clean each cell to one line of bounded length, or note a fault."""
        for field in list(self.values):
            if field not in _LIMITS:
                continue
            if field == "street":
                self.values[field] = one_cell_address.with_commas(self.values[field])
            try:
                self.values[field] = text.line(
                    self.values[field], limit=_LIMITS[field], field=field
                )
            except InvalidInput as error:
                self.values[field] = ""
                self._fault(field, str(error))

    def split_name(self) -> None:
        """Reduce the name fields to first name, last name and prefix, as letters print them."""
        values = self.values
        title = split_name.standard_prefix(values.pop("prefix", ""))
        middle, suffix = (
            values.pop("middle_name", ""),
            split_name.standard_suffix(values.pop("suffix", "")),
        )
        whole = values.pop("name", "")
        first, last = values.get("first_name", ""), values.get("last_name", "")
        if not first and not last and whole:
            parted = split_name.split_full_name(whole)
            if parted is None:
                self._fault(
                    "name",
                    "Write one person's first and last name, as in Ani Petrosyan. If this is one "
                    "person's name, put the first and the last name in separate columns.",
                )
            else:
                first, last = parted.first_name, parted.last_name
                title = title or parted.prefix
        elif split_name.names_several_people(first, last):
            self._fault(
                "first_name",
                "Write one person's name here, and put each other person on a separate line.",
            )
        if first and last:
            first, last = f"{first} {middle}".strip(), f"{last} {suffix}".strip()
            cased = split_name.recase(first, last)
            if cased != (first, last):
                self.repairs.append("name")
            first, last = cased
        values |= {"first_name": first, "last_name": last, "prefix": title}

    def split_address(self) -> None:
        """Split a whole address in the street cell into its parts."""
        street = self.values.get("street", "")
        if not one_cell_address.looks_like_address(street):
            return
        found = one_cell_address.parse_address(street, self._town)
        if found is None:
            if not self.values.get("zip"):
                self._fault(
                    "street",
                    "We could not split this address into its parts. Put the city, state and ZIP "
                    "code in separate columns.",
                )
            return
        parts = {
            "city": found.city,
            "state": found.state,
            "zip": found.zip,
            "country": found.country,
        }
        for field, part in parts.items():
            typed = self.values.get(field, "")
            if typed and part and not _same(field, typed, part):
                self._fault(
                    field,
                    f"The {field} in the address differs from the column {field}. Correct one.",
                )
            self.values[field] = typed or part
        self.values["street"] = found.street
        self.repairs.append("address")

    def _town(self, typed: str) -> str:
        """Return the town of a ZIP's post office, "" if it is unknown."""
        office = self.congress.zips.get(typed[:5].zfill(5) if len(typed) < 6 else typed[:5])
        return office.city if office is not None else ""

    def restore_zip(self) -> None:
        """Join ZIP and ZIP+4, and restore leading zeros that were lost."""
        typed = self.values.get("zip", "")
        more = _DECIMALS.sub("", self.values.pop("zip4", ""))
        code = _DECIMALS.sub("", text.with_hyphens(typed).removeprefix("'")).strip()
        if not code and len(more) > 4:
            code, more = more, ""
        lost = code.isascii() and code.isdigit() and len(code) in {3, 4, 7, 8}
        found = _ZIP.fullmatch(code.zfill(9) if lost and len(code) > 4 else code)
        if found is None:
            self.values["zip"] = code
            return
        lost = lost or len(found[1]) < 5
        five, plus4 = found[1].zfill(5), (found[2] or "").replace("0000", "")
        if more.isascii() and more.isdigit() and len(more) <= 4:
            more = more.zfill(4) if int(more) else ""
            if plus4 and more and plus4 != more:
                self._fault("zip", "The line has two different ZIP+4 codes. Keep the right one.")
            plus4 = more or plus4
        elif more:
            self._fault("zip", "The ZIP+4 is not four digits. Correct it or empty its cell.")
        if lost and not self._is_certain(typed or code, five):
            self.values["zip"] = typed
            return
        self.values["zip"] = f"{five}-{plus4}" if plus4 else five

    def _is_certain(self, typed: str, five: str) -> bool:
        """True if the state confirms that a ZIP lost leading zeros; otherwise note a fault."""
        state = state_code(self.values.get("state", ""))
        possible = states_of(self.congress, five)
        if state and state in possible:
            self.repairs.append("zip")
            return True
        office = self.congress.zips.get(five)
        is_it = f"Is it {five}"
        if office is not None:
            is_it += f", {office.city}, {office.state}"
        if not state:
            asked = (
                f"“{typed}” is not a whole ZIP code. {is_it}? Write all five digits, or give the "
                "state."
            )
        else:
            asked = f"“{typed}” is not a whole ZIP code. {is_it}? That is not in {STATES[state]}."
        self._fault("zip", asked)
        return False

    def _fault(self, column: str, reason: str) -> None:
        self.faults.append(Fault(column, reason))


class Repairs:
    """The repairs in a table by kind, with line numbers, for a person to check."""

    def __init__(self) -> None:
        self._lines: dict[Repair, list[int]] = {name: [] for name in get_args(Repair)}

    def add(self, line: int, repairs: Iterable[Repair]) -> None:
        """Record the repairs on a line."""
        for repair in dict.fromkeys(repairs):
            self._lines[repair].append(line)

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each kind of repair, with its lines."""
        return tuple(
            f"{_REPAIRED[repair]} {_lines(lines)}" for repair, lines in self._lines.items() if lines
        )


_REPAIRED: Mapping[Repair, str] = {
    "zip": "We restored the leading zeros of ZIP codes, which match the state:",
    "name": "We changed names in capitals to the form “Ani Petrosyan.” Check them:",
    "address": "We split addresses that were in one cell. Check them:",
    "no_address": "These people said yes to updates but left no email address:",
}


def _same(field: str, one: str, other: str) -> bool:
    """True if two values of an address field are equivalent."""
    if field == "zip":
        return one[:5] == other[:5]
    if field == "state":
        return state_code(one) == state_code(other)
    if field == "country":
        return True  # the country is checked against the ZIP
    return one.casefold().strip(" .") == other.casefold().strip(" .")


def _lines(lines: Sequence[int]) -> str:
    named = ", ".join(f"{line:,}" for line in lines[:_MAX_LINES_NAMED])
    more = len(lines) - _MAX_LINES_NAMED
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {named}{f' and {more:,} more' if more > 0 else ''}."
