"""Corrections of members' phones and offices that outlive a refresh.

Upstream may be wrong for months. Until it agrees, what an operator knows is in a small table,
`corrections.csv` in CAMPAIGN_HOME, and is applied to the data each time it is loaded.
"""

import csv
import fcntl
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from campaign import files, phone_numbers, text
from campaign.congress.members import Member, Office, Term
from campaign.congress.places import ZipCode
from campaign.errors import DatasetInvalid, InvalidInput

#: What can be corrected of the office in Washington, and of a local office.
WASHINGTON_FIELDS = ("phone", "address")
OFFICE_FIELDS = ("phone", "address", "suite", "building", "city", "zip", "closed")
#: The value of a correction that removes a local office.
CLOSED = "yes"
_MAX_VALUE = 200
_MAX_SOURCE = 300

#: What a correction does with the data that is loaded.
#: "applied": upstream has the old value. "agreed": upstream has the right value by now.
#: "changed": upstream has a third value; the correction still counts. "gone": the data no longer
#: has the member, the seat or the office. "dropped": a refresh found that upstream agreed.
Status = Literal["applied", "agreed", "changed", "gone", "dropped"]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Correction:
    """What a member's contact data really is.

    `office` is the id of a local office, or the id of the seat for the office in Washington.
    `upstream` is the value that upstream had when `who` corrected it on the day `corrected_on`;
    `dropped_on` is the day on which a refresh found that upstream agreed, None until then.
    """

    bioguide: str
    field: str
    office: str
    value: str
    who: str
    corrected_on: date
    source: str
    upstream: str = ""
    dropped_on: date | None = None

    @property
    def key(self) -> Key:
        """What is corrected: member, office and field."""
        return self.bioguide, self.office, self.field


@dataclass(frozen=True)
class CheckedCorrection:
    """A correction, what upstream has now ("" for nothing), and what follows from both."""

    correction: Correction
    upstream: str
    status: Status


_COLUMNS = [field.name for field in fields(Correction)]


def apply(
    members: Mapping[str, Member], corrections: Iterable[Correction]
) -> tuple[dict[str, Member], tuple[CheckedCorrection, ...]]:
    """Return the members with the corrections applied, and what each correction does.

    `members` are upstream's, without corrections.
    """
    corrected = dict(members)
    checked = tuple(check(members, each) for each in corrections)
    for each in checked:
        if each.status in {"applied", "changed"}:
            bioguide = each.correction.bioguide
            corrected[bioguide] = _corrected(corrected[bioguide], each.correction)
    return corrected, checked


def check(members: Mapping[str, Member], correction: Correction) -> CheckedCorrection:
    """Return what a correction does with upstream's members."""
    if correction.dropped_on is not None:
        return CheckedCorrection(correction, correction.value, "dropped")
    member = members.get(correction.bioguide)
    upstream = None if member is None else _value(member, correction.office, correction.field)
    if upstream is None:
        is_closed = member is not None and correction.field == "closed"
        return CheckedCorrection(correction, "", "agreed" if is_closed else "gone")
    if upstream == correction.value:
        return CheckedCorrection(correction, upstream, "agreed")
    status: Status = "applied" if upstream == correction.upstream else "changed"
    return CheckedCorrection(correction, upstream, status)


def clean_value(field: str, value: str) -> str:
    """Return a corrected value in the form that the tables have.

    The rules are those for upstream's files: phones as `NNN-NNN-NNNN ext. N`, ZIPs of five digits,
    other values as one clean line. Raises InvalidInput (field "value").
    """
    try:
        line = text.line(value, limit=_MAX_VALUE, field="value")
        if field == "closed":
            return _closed(line)
        if field == "zip":
            return str(ZipCode.parse(line))
    except InvalidInput as error:
        raise InvalidInput(error.sentence, field="value") from error
    if field != "phone":
        return line
    phone = phone_numbers.normalize(line)
    if phone and not phone_numbers.is_normal(phone):
        raise InvalidInput(
            "Write the phone number with its area code, such as 202-224-3121.", field="value"
        )
    return phone


def make(
    members: Mapping[str, Member],
    bioguide: str,
    field: str,
    value: str,
    *,
    office: str,
    source: str,
    who: str,
    on_date: date,
    known: Sequence[CheckedCorrection] = (),
) -> Correction:
    """Return a correction of a member's contact data, checked by the rules for upstream's files.

    `members` are those in use, `known` the corrections applied to them. `office` is the id of a
    local office, or "" for the office in Washington; `who` is as in `audit.actor`. Raises
    InvalidInput, whose field is the parameter, for what cannot be used.
    """
    member = members.get(bioguide.strip().upper())
    if member is None:
        raise InvalidInput(
            f"No member has the id {bioguide[:20]}. An id is a letter and six digits: D000618.",
            field="bioguide",
        )
    place = office_id(member, office, on_date)
    _require_field(member, place, field)
    where = text.line(source, limit=_MAX_SOURCE, field="source")
    if not where:
        raise InvalidInput(
            "Say where this can be checked, such as the member's website.", field="source"
        )
    now = _value(member, place, field) or ""
    key = (member.bioguide, place, field)
    upstream = next((each.upstream for each in known if _is_active(each, key)), now)
    made = Correction(
        member.bioguide, field, place, clean_value(field, value), who, on_date, where, upstream
    )
    if made.value == now:
        raise InvalidInput("The data has this value already.", field="value")
    _require_reachable(_corrected(member, made), place)
    return made


def known_key(known: Sequence[CheckedCorrection], bioguide: str, office: str, field: str) -> Key:
    """Return the key of a correction; without an office, of the member's one for the field.

    Raises InvalidInput if there is no such correction, or several.
    """
    keys = [
        each.correction.key
        for each in known
        if (each.correction.bioguide, each.correction.field) == (bioguide.strip().upper(), field)
        and office.strip() in {"", each.correction.office}
    ]
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise InvalidInput("There is no such correction. `campaign data status` lists all.")
    offices = ", ".join(key[1] for key in keys)
    raise InvalidInput(f"Say which office, with --office: {offices}.", field="office")


def office_id(member: Member, office: str, on_date: date) -> str:
    """Return the id of a local office, or for "" the id of the seat that the member holds.

    Raises InvalidInput (field "office") for an office that the member does not have.
    """
    given = office.strip()
    seats = {term.seat.id for term in member.terms}
    if not given:
        begun = [term for term in member.terms if term.start <= on_date]
        return (begun or list(member.terms))[-1].seat.id
    if given in seats or any(given == each.id for each in member.offices):
        return given
    ids = ", ".join(each.id for each in member.offices) or "none"
    raise InvalidInput(
        f"{member.name.full} has no office {given[:60]}. Leave the office out for Washington; the "
        f"local offices are: {ids}.",
        field="office",
    )


def read(path: Path) -> tuple[Correction, ...]:
    """Return the rows of the table, () if there is no such file.

    Raises DatasetInvalid, naming the line, for a table or a value that cannot be used.
    """
    try:
        content = path.read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetInvalid(f"{path} cannot be read.") from error
    if not rows or rows[0] != _COLUMNS:
        raise DatasetInvalid(f"{path} does not begin with the columns {','.join(_COLUMNS)}.")
    return tuple(_of_row(row, path, number) for number, row in enumerate(rows[1:], 2))


def add(path: Path, correction: Correction) -> None:
    """Add a correction to the table; it replaces the one of the same member, office and field.

    Raises DatasetInvalid for a table that cannot be read or written.
    """
    _change(path, lambda rows: [*_without(rows, correction.key), correction])


def remove(path: Path, key: Key) -> bool:
    """Remove a correction from the table; return False if there was none.

    Raises DatasetInvalid for a table that cannot be read or written.
    """
    if all(row.key != key for row in read(path)):
        return False
    _change(path, lambda rows: _without(rows, key))
    return True


def drop_agreed(
    path: Path, members: Mapping[str, Member], *, on_date: date
) -> tuple[Correction, ...]:
    """Mark the corrections with which upstream's `members` agree as dropped; return them.

    Raises DatasetInvalid for a table that cannot be read or written.
    """
    agreed = [row for row in read(path) if check(members, row).status == "agreed"]
    if agreed:
        _change(
            path,
            lambda rows: [
                replace(row, dropped_on=on_date) if row in agreed else row for row in rows
            ],
        )
    return tuple(agreed)


# -- values --------------------------------------------------------------------------------------


def _value(member: Member, office: str, field: str) -> str | None:
    """Return the value of a field, None if the member has no such seat or office."""
    for each in member.offices:
        if each.id == office:
            return "" if field == "closed" else str(getattr(each, field))
    found = [term for term in member.terms if term.seat.id == office]
    return str(getattr(found[-1], field)) if found and field in WASHINGTON_FIELDS else None


def _corrected(member: Member, correction: Correction) -> Member:
    value: dict[str, Any] = {correction.field: correction.value}

    def term(each: Term) -> Term:
        if each.seat.id != correction.office:
            return each
        return replace(each, **value)

    def office(each: Office) -> Office:
        if each.id != correction.office:
            return each
        changed = replace(each, **value)
        # The point is that of the old address.
        moved = correction.field in {"address", "city", "zip"}
        return replace(changed, latitude=None, longitude=None) if moved else changed

    if correction.field == "closed":
        kept = tuple(each for each in member.offices if each.id != correction.office)
        return replace(member, offices=kept)
    return replace(
        member,
        terms=tuple(term(each) for each in member.terms),
        offices=tuple(office(each) for each in member.offices),
    )


def _closed(value: str) -> str:
    if value.casefold() != CLOSED:
        raise InvalidInput("Write yes for an office that has closed.")
    return CLOSED


def _require_field(member: Member, office: str, field: str) -> None:
    is_local = any(each.id == office for each in member.offices)
    known = OFFICE_FIELDS if is_local else WASHINGTON_FIELDS
    if field not in known:
        raise InvalidInput(
            f"Of this office, one of these can be corrected: {', '.join(known)}.", field="field"
        )


def _require_reachable(member: Member, office: str) -> None:
    """Raise InvalidInput for a local office without phone and place, as upstream's are refused."""
    for each in member.offices:
        if each.id == office and not (each.phone or each.address or each.city):
            raise InvalidInput(
                "An office needs a phone or a place. If it has closed, correct the field closed "
                "to yes.",
                field="value",
            )


def _is_active(checked: CheckedCorrection, key: Key) -> bool:
    return checked.correction.key == key and checked.status in {"applied", "changed"}


# -- the file ------------------------------------------------------------------------------------


def _of_row(cells: list[str], path: Path, number: int) -> Correction:
    try:
        bioguide, field, office, value, who, day, source, upstream, dropped = cells
        if field not in OFFICE_FIELDS:
            raise ValueError(field)
        return Correction(
            bioguide,
            field,
            office,
            clean_value(field, value),
            who,
            date.fromisoformat(day),
            source,
            upstream,
            date.fromisoformat(dropped) if dropped else None,
        )
    except (ValueError, InvalidInput) as error:
        raise DatasetInvalid(f"{path}, line {number} cannot be used: {error}") from error


def _without(rows: Sequence[Correction], key: Key) -> list[Correction]:
    return [row for row in rows if row.key != key]


def _change(path: Path, changed: Callable[[tuple[Correction, ...]], list[Correction]]) -> None:
    """Replace the table by a changed one, whole or not at all; one process at a time."""
    try:
        with _locked(path):
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(
                [getattr(row, column) or "" for column in _COLUMNS] for row in changed(read(path))
            )
            files.write(path, out.getvalue().encode(), durable=True)
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be written to.") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    files.make_private_folder(path.parent)
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
