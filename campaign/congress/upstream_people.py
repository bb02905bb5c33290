"""Turn upstream's legislators into rows of members, terms, and seats with their holders.

An entry that cannot be read is left out with a note. Whether a member may be missing is decided
against the current data (`campaign.congress.lost_members`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from campaign.congress.apportionment import first_day, seats
from campaign.congress.places import STATES
from campaign.congress.upstream_values import (
    Notes,
    clean,
    normalize_phone,
    parse_day,
    reason,
    web_address,
)
from campaign.errors import DatasetInvalid

_FILE = "legislators-current.yaml"
_BIOGUIDE = re.compile(r"[A-Z][0-9]{6}")
#: Exceptions raised by an entry of an unexpected shape.
MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError)

Row = dict[str, str]


def members_and_terms(
    entries: Sequence[Any], congress: int, as_of: date, notes: Notes
) -> tuple[list[Row], list[Row]]:
    """Return the rows of the tables `members` and `terms`; `notes` gets what is left out.

    Source: legislators-current.yaml, its parsed entries.
    """
    members: dict[str, Row] = {}
    terms: list[Row] = []
    every = frozenset(seat.id for seat in seats(congress))
    for number, entry in enumerate(entries, 1):
        where = f"{_FILE}, entry {number}"
        try:
            member = _member(entry, as_of)
            bioguide = member["bioguide"]
            if bioguide in members:
                raise ValueError(f"{bioguide} is there before")
            held = _terms(bioguide, entry["terms"], congress, every, where, notes)
        except MALFORMED as error:
            notes.add(where, f"left out {_named(entry)}: {reason(error)}")
            continue
        members[bioguide] = member
        terms += held
    by_id = [members[bioguide] for bioguide in sorted(members)]
    return by_id, sorted(terms, key=lambda row: (row["bioguide"], row["start"], row["seat"]))


def _member(entry: Mapping[str, Any], as_of: date) -> Row:
    bioguide = clean(entry["id"]["bioguide"])
    if not _BIOGUIDE.fullmatch(bioguide):
        raise ValueError(f"{bioguide!r} is not a bioguide id")
    name = {key: clean(value) for key, value in entry["name"].items()}
    if not name["first"] or not name["last"]:
        raise ValueError("no first and last name")
    about = entry.get("bio")
    return {
        "bioguide": bioguide,
        "first": name["first"],
        "middle": name.get("middle", ""),
        "last": name["last"],
        "suffix": name.get("suffix", ""),
        "nickname": name.get("nickname", ""),
        "official_full": name.get("official_full", ""),
        "gender": clean(about.get("gender")) if isinstance(about, Mapping) else "",
        "leadership": "; ".join(_leadership(entry, as_of)),
    }


def _named(entry: object) -> str:
    """Return how to name an unusable entry: by its id, or by its name, or neither."""
    if not isinstance(entry, Mapping):
        return "an entry that is not a person"
    for part, keys in (("id", ("bioguide",)), ("name", ("official_full", "last"))):
        values = entry.get(part)
        if isinstance(values, Mapping):
            for key in keys:
                if name := clean(values.get(key)):
                    return name[:60]
    return "a person without id and name"


def _terms(
    bioguide: str,
    entries: Sequence[Mapping[str, Any]],
    congress: int,
    every: frozenset[str],
    where: str,
    notes: Notes,
) -> list[Row]:
    """Return the rows of the terms that end after this Congress begins, by start.

    Raises ValueError if there is none.
    """
    read: list[Row] = []
    for raw in entries:
        try:
            read.append(_term(bioguide, raw))
        except MALFORMED as error:
            notes.add(where, f"left out a term of {bioguide}: {reason(error)}")
    begins = first_day(congress).isoformat()
    current = [row for row in sorted(read, key=lambda row: row["start"]) if row["end"] > begins]
    for row in current:
        if row["seat"] not in every:
            notes.add(where, f"left out a term of {bioguide}: there is no seat {row['seat']}")
    current = [row for row in current if row["seat"] in every]
    if not current:
        raise ValueError(f"no term in Congress number {congress}")
    return current


def _term(bioguide: str, raw: Mapping[str, Any]) -> Row:
    state = clean(raw["state"])
    if state not in STATES:
        raise ValueError(f"state {state!r}")
    kind = clean(raw["type"])
    if kind == "sen":
        seat = f"{state}-S{int(clean(raw['class']))}"
    elif kind == "rep":
        seat = f"{state}-{int(clean(raw['district']))}"
    else:
        raise ValueError(f"type {kind!r}")
    start, end = parse_day(raw["start"]), parse_day(raw["end"])
    if end < start:
        raise ValueError(f"end {end} before start {start}")
    return {
        "bioguide": bioguide,
        "seat": seat,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "party": clean(raw.get("party")),
        "caucus": clean(raw.get("caucus")),
        "appointed": "yes" if clean(raw.get("how")) == "appointment" else "",
        "end_type": clean(raw.get("end-type")),
        "state_rank": clean(raw.get("state_rank")),
        "room": clean(raw.get("office")),
        "address": clean(raw.get("address")),
        "phone": normalize_phone(raw.get("phone")),
        "url": web_address(raw.get("url")),
        "contact_form": web_address(raw.get("contact_form")),
    }


def _leadership(entry: Mapping[str, Any], as_of: date) -> Iterator[str]:
    """Yield the leadership titles that are held on the day, such as `Speaker of the House`."""
    roles = entry.get("leadership_roles")
    for role in roles if isinstance(roles, list) else ():
        try:
            begins, ends = clean(role.get("start")), clean(role.get("end"))
            is_held = (not begins or parse_day(begins) <= as_of) and (
                not ends or as_of < parse_day(ends)
            )
            title = clean(role["title"])
        except MALFORMED:
            continue
        if is_held and title:
            yield title


def seat_rows(
    congress: int, terms: Sequence[Mapping[str, str]], as_of: date, notes: Notes
) -> list[Row]:
    """Return all seats in order, each with its holder on `as_of`, or marked vacant.

    If terms overlap, the one that began later counts, with a note. Raises DatasetInvalid if two
    began on the same day, because the data does not say which of them counts.
    """
    holders: dict[str, Mapping[str, str]] = {}
    contested: list[str] = []
    on_date = as_of.isoformat()
    for row in terms:
        expected_end = row["end_type"] == "special-election"
        if row["start"] > on_date or (row["end"] < on_date and not expected_end):
            continue
        other = holders.get(row["seat"])
        if other is None or row["start"] > other["start"]:
            holders[row["seat"]] = row
        if other is None or row["start"] > other["end"] or other["start"] > row["end"]:
            continue
        both = f"{other['bioguide']} and {row['bioguide']} hold it at the same time"
        shared = max(row["start"], other["start"])
        if row["start"] == other["start"]:
            contested.append(f"seat {row['seat']}: {both}")
        # Two terms may share only the day of a handover, such as January 3 at noon.
        elif shared != min(row["end"], other["end"]):
            notes.add(f"seat {row['seat']}", f"{both}; the later term counts")
    if contested:
        raise DatasetInvalid(
            "The upstream files contradict themselves; nothing was changed.", contested[:20]
        )
    return [
        {
            "seat": seat.id,
            "chamber": seat.chamber,
            "state": seat.state,
            "district": "" if seat.district is None else str(seat.district),
            "class": "" if seat.senate_class is None else str(seat.senate_class),
            "status": "held" if seat.id in holders else "vacant",
            "holder": holders[seat.id]["bioguide"] if seat.id in holders else "",
        }
        for seat in seats(congress)
    ]
