"""Turn upstream's district offices and accounts into rows; odd entries are left out with a note."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campaign.congress.places import STATES, ZipCode
from campaign.congress.post_offices import postal_places
from campaign.congress.upstream_people import MALFORMED, Row
from campaign.congress.upstream_values import Notes, clean, coordinates, normalize_phone, reason
from campaign.errors import InvalidInput

_OFFICES = "legislators-district-offices.yaml"
_SOCIAL = "legislators-social-media.yaml"

#: Networks whose handle leads to a page; upstream's numeric account ids are left out.
_NETWORKS = ("facebook", "instagram", "mastodon", "twitter", "youtube")


def office_rows(
    entries: Sequence[Any], states: Mapping[str, str], notes: Notes
) -> tuple[list[Row], set[str]]:
    """Return the offices' rows, and the ids of people who have offices but are not members.

    `states` is bioguide id -> state of each member. An office needs an id, and a phone, street or
    city. Source: legislators-district-offices.yaml, its parsed entries.
    """
    rows: dict[str, Row] = {}
    strangers: set[str] = set()
    for number, entry in enumerate(entries, 1):
        where = f"{_OFFICES}, entry {number}"
        try:
            bioguide = clean(entry["id"]["bioguide"])
            if bioguide not in states:
                strangers.add(bioguide)
                continue
            offices: Iterable[Any] = entry.get("offices") or ()
            for office in offices:
                _add_office(rows, bioguide, office, states[bioguide], where, notes)
        except MALFORMED as error:
            notes.add(where, f"left out: {reason(error)}")
    return [rows[office_id] for office_id in sorted(rows)], strangers


def social_rows(
    entries: Sequence[Any], known: Mapping[str, object], notes: Notes
) -> tuple[list[Row], set[str]]:
    """Return the rows of members' accounts, and the ids of people who are not members.

    `known` has the members' ids as keys. Source: legislators-social-media.yaml, parsed.
    """
    rows: dict[tuple[str, str], Row] = {}
    strangers: set[str] = set()
    for number, entry in enumerate(entries, 1):
        try:
            bioguide = clean(entry["id"]["bioguide"])
            if bioguide not in known:
                strangers.add(bioguide)
                continue
            for network, handle in (entry.get("social") or {}).items():
                if network in _NETWORKS and clean(handle):
                    rows[bioguide, network] = {
                        "bioguide": bioguide,
                        "network": network,
                        "handle": clean(handle),
                    }
        except MALFORMED as error:
            notes.add(f"{_SOCIAL}, entry {number}", f"left out: {reason(error)}")
    return [rows[key] for key in sorted(rows)], strangers


def _add_office(
    rows: dict[str, Row], bioguide: str, office: Any, home_state: str, where: str, notes: Notes
) -> None:
    """Add an office to `rows`, or add a note on why it is left out."""
    try:
        office_id = clean(office["id"])
        if not office_id or office_id in rows:
            raise ValueError(f"the id {office_id} is used twice" if office_id else "no id")
        latitude, longitude = coordinates(office)
        if not latitude and (office.get("latitude") or office.get("longitude")):
            notes.add(where, f"left out the point of {office_id}: it is not on the globe")
        state = clean(office.get("state")) or home_state
        if state not in STATES:
            raise ValueError(f"state {state!r}")
        city = clean(office.get("city"))
        row = {
            "id": office_id,
            "bioguide": bioguide,
            "address": clean(office.get("address")),
            "suite": clean(office.get("suite")),
            "building": clean(office.get("building")),
            "city": city,
            "state": state,
            "zip": _zip(clean(office.get("zip")), state, city, f"{where}, {office_id}", notes),
            "phone": normalize_phone(office.get("phone")),
            "latitude": latitude,
            "longitude": longitude,
            "hours": clean(office.get("hours")),
        }
        if not (row["phone"] or row["address"] or row["city"]):
            raise ValueError(f"{office_id} has neither phone nor place")
    except MALFORMED as error:
        notes.add(where, f"left out an office of {bioguide}: {reason(error)}")
        return
    rows[office_id] = row


def _zip(typed: str, state: str, city: str, where: str, notes: Notes) -> str:
    """Return the office's ZIP, with lost zeros restored if state and city leave no doubt.

    A ZIP that was written without quotes may have lost its first zeros, or been read as an octal
    number: 02134 became 1116. A doubtful ZIP is left out.
    """
    try:
        return str(ZipCode.parse(typed))
    except InvalidInput:
        if not typed:
            return ""
    candidates: set[str] = set()
    if typed.isascii() and typed.isdigit() and len(typed) in {3, 4}:
        places = postal_places()
        written = {typed.zfill(5), f"{int(typed):05o}"}
        candidates = {five for five in written if five in places and places[five].state == state}
        if len(candidates) > 1:
            here = city.casefold()
            candidates = {five for five in candidates if places[five].city.casefold() == here}
    if len(candidates) != 1:
        notes.add(where, f"left out its ZIP {typed!r}")
        return ""
    [five] = candidates
    notes.add(where, f"read its ZIP {typed} as {five}")
    return five
