"""Officials and bodies outside Congress and the executive, from a campaign's targets.csv."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from campaign import mail_address, phone_numbers, text
from campaign.errors import InvalidInput, Problem
from campaign.packs.ledger import is_https

FILE = "targets.csv"
COLUMNS = ("id", "name", "title", "block", "salutation", "phone", "form", "mail", "places")
_REQUIRED = ("id", "name", "block", "salutation")
MAX_TARGETS = 200
_MAX_CELL = 500

_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
_STATE = re.compile(r"[A-Z]{2}")
_ZIP = re.compile(r"[0-9]{5}|[0-9]{3}\*")
_CITY = re.compile(r"(?P<city>[^,]+), (?P<state>[A-Z]{2})")


@dataclass(frozen=True)
class LocalTarget:
    """A governor, a mayor, a council, a board: anyone with an address.

    `block` is the address from the name on, `phone` as `phone_numbers.normalize` writes it.
    `states` are two-letter codes, `zips` ZIP codes or
    their first three digits and `*`, `cities` pairs of city (in lowercase) and state: the places
    whose people the official answers to. If all three are empty, that is everyone. `line` is the
    line of the row in targets.csv.
    """

    id: str
    name: str
    title: str
    block: tuple[str, ...]
    salutation: str
    phone: str = ""
    form: str = ""
    mail: str = ""
    states: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()
    cities: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def short(self) -> str:
        """The name in running text: `Mayor Ani Petrosyan`, `Havre City Council`."""
        return f"{self.title} {self.name}".strip()

    @property
    def is_by_zip_or_city(self) -> bool:
        """True if a person's state does not always say whether the official answers to them."""
        return bool(self.zips or self.cities)

    def answers_to(self, *, state: str, zip_code: str = "", city: str = "") -> bool:
        """True if the official answers to people at a place.

        `state` is a two-letter code, `zip_code` five digits; "" if a part is unknown.
        """
        if not (self.states or self.zips or self.cities):
            return True
        return (
            state in self.states
            or zip_code in self.zips
            or (bool(zip_code) and f"{zip_code[:3]}*" in self.zips)
            or (city.casefold().strip(), state) in self.cities
        )


class TargetsByPlace:
    """Local targets by the places of their people, to look up many people quickly."""

    def __init__(self, targets: Iterable[LocalTarget]) -> None:
        self._everywhere: set[str] = set()
        self._by_place: dict[object, set[str]] = defaultdict(set)
        for target in targets:
            places = (*target.states, *target.zips, *target.cities)
            if not places:
                self._everywhere.add(target.id)
            for place in places:
                self._by_place[place].add(target.id)

    def answering(self, *, state: str, zip_code: str, city: str) -> set[str]:
        """Return the ids of those who answer to people at a place; see `LocalTarget.answers_to`."""
        places = (state, zip_code, f"{zip_code[:3]}*", (city.casefold().strip(), state))
        return self._everywhere.union(*(self._by_place.get(place, ()) for place in places))


def read(content: str, problems: list[Problem]) -> tuple[LocalTarget, ...]:
    """Parse targets.csv. Adds a Problem with its line for each fault of a row.

    A row with a fault is left out.
    """
    reader = csv.reader(content.splitlines(keepends=True), strict=True)
    found: dict[str, LocalTarget] = {}
    try:
        header = next(reader, [])
        if faults := list(_header_faults(header)):
            problems.extend(Problem(FILE, 1, reason) for reason in faults)
            return ()
        began = reader.line_num + 1
        for cells in reader:
            line, began = began, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(found) >= MAX_TARGETS:
                problems.append(Problem(FILE, line, f"List {MAX_TARGETS} at most."))
                break
            _add(header, cells, line, found, problems)
    except csv.Error:
        reason = "This is not valid CSV. Put quotation marks around cells with commas."
        problems.append(Problem(FILE, reader.line_num, reason))
    return tuple(found.values())


def _header_faults(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    unknown = [f'There is no column "{name}".' for name in names if name not in COLUMNS]
    missing = [f'Add the column "{name}".' for name in _REQUIRED if name not in names]
    twice = [f'The column "{name}" appears twice.' for name in COLUMNS if names.count(name) > 1]
    return [*unknown, *missing, *twice]


def _add(
    header: list[str],
    cells: list[str],
    line: int,
    targets: dict[str, LocalTarget],
    problems: list[Problem],
) -> None:
    try:
        if len(cells) > len(header):
            raise InvalidInput("The row has more cells than the header.")
        values = {
            name.strip(): text.line(_one_line(name, cell), limit=_MAX_CELL)
            for name, cell in zip(header, cells, strict=False)
        }
    except InvalidInput as error:
        problems.append(Problem(FILE, line, str(error)))
        return
    reasons = [*_faults(values)]
    if values["id"] in targets:
        reasons.append(f'The id "{values["id"]}" is used twice.')
    problems.extend(Problem(FILE, line, reason) for reason in reasons)
    if not reasons:
        targets[values["id"]] = _target(values, line)


def _one_line(column: str, cell: str) -> str:
    """Return a cell as one line: the lines of an address as a spreadsheet keeps them get marks."""
    return "|".join(cell.splitlines()) if column.strip() == "block" else cell


def _faults(row: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with each cell of a row."""
    if _ID.fullmatch(row["id"]) is None:
        yield "Write the id with lowercase letters, digits and hyphens."
    yield from (f"Fill in the column {name}." for name in _REQUIRED[1:] if not row.get(name))
    if row.get("block") and not 2 <= len(_block(row)) <= 7:
        yield "Write 2 to 7 address lines in the column block, with | between them."
    phone = phone_numbers.normalize(row.get("phone", ""))
    if phone and not phone_numbers.is_normal(phone):
        yield (
            "Write the column phone as one number with its area code, such as 406-555-0100 or "
            "406-555-0100 ext. 3."
        )
    if (form := row.get("form", "")) and not is_https(form):
        yield "Write the column form as an https:// address."
    if (mail := row.get("mail", "")) and not mail_address.is_valid(mail):
        yield "Correct the column mail: it is not a valid email address."
    for place in _places(row):
        if not any(kind.fullmatch(place) for kind in (_STATE, _ZIP, _CITY)):
            yield (
                f"Write the place “{place[:40]}” as MT, 59501, 595* or Havre, MT in the column "
                "places, and put ; between places."
            )


def _target(row: dict[str, str], line: int) -> LocalTarget:
    places = _places(row)
    return LocalTarget(
        id=row["id"],
        name=row["name"],
        title=row.get("title", ""),
        block=_block(row),
        salutation=row["salutation"],
        phone=phone_numbers.normalize(row.get("phone", "")),
        form=row.get("form", ""),
        mail=row.get("mail", ""),
        states=tuple(place for place in places if _STATE.fullmatch(place)),
        zips=tuple(place for place in places if _ZIP.fullmatch(place)),
        cities=tuple(
            (city["city"].casefold(), city["state"])
            for city in map(_CITY.fullmatch, places)
            if city
        ),
        line=line,
    )


def _block(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in row["block"].split("|") if part.strip())


def _places(row: dict[str, str]) -> list[str]:
    """Return the parts of the cell `places`, such as `MT; 59501; 595*; Havre, MT`."""
    return [place.strip() for place in row.get("places", "").split(";") if place.strip()]
