"""Upstream's legislators become members, their terms, and the seats with who holds them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from campaign.congress.apportionment import first_day, seats
from campaign.congress.places import STATES
from campaign.congress.upstream_values import Faults, clean, phone, reason, web_address

_BIOGUIDE = re.compile(r"[A-Z][0-9]{6}")


def members_and_terms(
    entries: Sequence[Any], congress: int, faults: Faults
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the rows of the members' and of the terms' tables, and add what is wrong to `faults`.

    Source: legislators-current.yaml, its parsed entries.
    """
    members: dict[str, dict[str, str]] = {}
    terms: list[dict[str, str]] = []
    for number, entry in enumerate(entries, 1):
        where = f"legislators-current.yaml, entry {number}"
        try:
            bioguide = entry["id"]["bioguide"]
            name = {key: clean(value) for key, value in entry["name"].items()}
            if not _BIOGUIDE.fullmatch(bioguide) or bioguide in members:
                faults.add(where, f"the bioguide id {bioguide!r} is malformed or used twice")
                continue
            members[bioguide] = {
                "bioguide": bioguide,
                "first": name["first"],
                "middle": name.get("middle", ""),
                "last": name["last"],
                "suffix": name.get("suffix", ""),
                "nickname": name.get("nickname", ""),
                "official_full": name.get("official_full", ""),
                "gender": clean(entry.get("bio", {}).get("gender")),
                "leadership": "; ".join(_leadership(entry)),
            }
            held = [_term(bioguide, raw) for raw in entry["terms"]]
            begins = first_day(congress).isoformat()
            # The last term always counts; earlier ones only if they ran into this Congress.
            current = [row for row in held[:-1] if row["end"] > begins] + held[-1:]
            if current[-1]["end"] <= begins:
                faults.add(where, f"{bioguide} has no term in the {congress}th Congress")
            terms += current
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.add(where, f"lacks a field or has a wrong one ({reason(error)})")
    by_id = [members[bioguide] for bioguide in sorted(members)]
    return by_id, sorted(terms, key=lambda row: (row["bioguide"], row["start"]))


def _term(bioguide: str, raw: Mapping[str, Any]) -> dict[str, str]:
    state = raw["state"]
    if state not in STATES:
        raise ValueError(f"state {state!r}")
    if raw["type"] == "sen":
        seat = f"{state}-S{int(raw['class'])}"
    elif raw["type"] == "rep":
        seat = f"{state}-{int(raw['district'])}"
    else:
        raise ValueError(f"type {raw['type']!r}")
    start, end = date.fromisoformat(raw["start"]), date.fromisoformat(raw["end"])
    if end < start:
        raise ValueError(f"end {end} before start {start}")
    return {
        "bioguide": bioguide,
        "seat": seat,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "party": clean(raw["party"]),
        "caucus": clean(raw.get("caucus")),
        "appointed": "yes" if raw.get("how") == "appointment" else "",
        "end_type": clean(raw.get("end-type")),
        "state_rank": clean(raw.get("state_rank")),
        "room": clean(raw.get("office")),
        "address": clean(raw.get("address")),
        "phone": phone(raw.get("phone")),
        "url": web_address(raw.get("url")),
        "contact_form": web_address(raw.get("contact_form")),
    }


def _leadership(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the titles of leadership that have no end, such as `Speaker of the House`."""
    for role in entry.get("leadership_roles", ()):
        if "end" not in role:
            yield clean(role["title"])


def seat_rows(
    congress: int, terms: Sequence[Mapping[str, str]], as_of: date, faults: Faults
) -> list[dict[str, str]]:
    """Return all seats in their order, each with who holds it on `as_of`, or marked vacant."""
    every = {seat.id: seat for seat in seats(congress)}
    holders: dict[str, Mapping[str, str]] = {}
    day = as_of.isoformat()
    for row in terms:
        if row["seat"] not in every:
            faults.add(f"term of {row['bioguide']}", f"there is no seat {row['seat']}")
            continue
        expected_end = row["end_type"] == "special-election"
        if row["start"] > day or (row["end"] < day and not expected_end):
            continue
        other = holders.get(row["seat"])
        if other is None or row["start"] > other["start"]:
            holders[row["seat"]] = row
        if other is not None and row["start"] <= other["end"] and other["start"] <= row["end"]:
            shared = max(row["start"], other["start"])
            # Both are in office on the day of a hand-over (noon of 3 January), never longer.
            if shared != min(row["end"], other["end"]):
                faults.add(
                    f"seat {row['seat']}",
                    f"{other['bioguide']} and {row['bioguide']} hold it at the same time",
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
        for seat in every.values()
    ]
