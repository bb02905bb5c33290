"""Upstream's files become rows of the fact tables: read strictly, every fault named.

Two upstreams: `unitedstates/congress-legislators` (five YAML files), and the crosswalk from ZIPs
to districts (`zccd.csv`, one row for each pair). Only the importer reads them.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from campaign.congress.apportionment import congress_on, first_day, seats
from campaign.congress.places import STATES
from campaign.congress.tables import Source, sha256
from campaign.errors import DatasetInvalid

#: The legislator files, by upstream's names.
FILES = (
    "legislators-current",
    "legislators-district-offices",
    "legislators-social-media",
    "committees-current",
    "committee-membership-current",
)

LEGISLATORS_ORIGIN = "unitedstates/congress-legislators"
LEGISLATORS_LICENCE = "CC0 1.0 (public domain)"

#: Upstream prunes committee lists some days after a member leaves: so many may be unknown.
MOST_DEPARTED = 8

#: Upstream's titles of chairs and others, in one form each.
_TITLES = {
    "chair": "chair",
    "chairman": "chair",
    "chairwoman": "chair",
    "chairperson": "chair",
    "cochair": "co-chair",
    "cochairman": "co-chair",
    "cochairwoman": "co-chair",
    "vice chair": "vice chair",
    "vice chairman": "vice chair",
    "vice chairwoman": "vice chair",
    "ranking member": "ranking member",
    "ranking": "ranking member",
    "ex officio": "ex officio",
}

#: Networks whose handle leads to a page; upstream's numeric account ids are left out.
_NETWORKS = ("facebook", "instagram", "mastodon", "twitter", "youtube")

_BIOGUIDE = re.compile(r"[A-Z][0-9]{6}")
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_COMMIT_AND_DAY = re.compile(r"([0-9a-f]{40}),?\s+([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Provenance:
    """Where a file came from, as the note beside it says: repository, version, day, licence."""

    origin: str
    version: str
    day: date | None
    licence: str


@dataclass(frozen=True)
class Legislators:
    """The rows that the five legislator files give, and what was left out of them and why."""

    tables: Mapping[str, list[dict[str, str]]]
    notes: tuple[str, ...]


class _Faults:
    """Collects every fault of a file, so that a person sees them all at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, what: str) -> None:
        self.found.append(f"{where}: {what}")

    def raise_any(self) -> None:
        if self.found:
            raise DatasetInvalid(
                f"The upstream files fail {len(self.found)} checks; nothing was changed.",
                self.found[:20],
            )


def provenance(folder: Path) -> dict[str, Provenance]:
    """Read the table `file | from | commit | licence` in the folder's README.md, if it is there.

    Returns file name -> Provenance; the commit's cell holds the hash and the day.
    """
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, Provenance] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or not (commit := _COMMIT_AND_DAY.search(cells[2])):
            continue
        entry = Provenance(cells[1], commit[1], date.fromisoformat(commit[2]), cells[3])
        found.update({name.strip(" `"): entry for name in cells[0].split(",")})
    return found


def read_files(contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Parse the five YAML files, given as bytes by name.

    Raises DatasetInvalid for a file that is missing, empty or cut short, or not a list (a mapping
    for the committee lists).
    """
    parsed: dict[str, Any] = {}
    for name in FILES:
        content = contents.get(name, b"")
        if not content.strip():
            raise DatasetInvalid(f"{name}.yaml is missing or empty; nothing was changed.")
        if not content.endswith(b"\n"):
            raise DatasetInvalid(f"{name}.yaml ends in mid-line: it was cut short.")
        try:
            # Safe: CSafeLoader builds plain values only (PyYAML's safe_load in C).
            loaded = yaml.load(content, yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DatasetInvalid(f"{name}.yaml is not whole YAML; nothing was changed.") from error
        wanted = dict if name == "committee-membership-current" else list
        if not isinstance(loaded, wanted) or not loaded:
            raise DatasetInvalid(f"{name}.yaml has another shape than upstream's.")
        parsed[name] = loaded
    return parsed


def legislators(parsed: Mapping[str, Any], as_of: date) -> Legislators:
    """Return the rows of every table but the crosswalk's, sorted, for the Congress of `as_of`.

    Raises DatasetInvalid with every fault found: keys, dates, references.
    """
    congress = congress_on(as_of)
    faults = _Faults()
    notes: list[str] = []
    members, terms = _members_and_terms(parsed["legislators-current"], congress, faults)
    known = {row["bioguide"] for row in members}
    faults.raise_any()
    tables = {
        "members": members,
        "terms": terms,
        "seats": _seats(congress, terms, as_of, faults),
        "offices": _offices(parsed["legislators-district-offices"], known, faults, notes),
        "committees": _committees(parsed["committees-current"], faults),
        "social": _social(parsed["legislators-social-media"], known, faults, notes),
    }
    tables["memberships"] = _memberships(
        parsed["committee-membership-current"],
        known,
        {row["code"] for row in tables["committees"]},
        faults,
        notes,
    )
    faults.raise_any()
    return Legislators(tables, tuple(notes))


def sources(
    contents: Mapping[str, bytes], known: Mapping[str, Provenance], origin: str
) -> list[Source]:
    """Return a Source for each legislator file, from the note beside it or else from `origin`."""
    found = []
    for name in FILES:
        entry = known.get(f"{name}.yaml")
        found.append(
            Source(
                file=f"{name}.yaml",
                origin=entry.origin if entry else origin,
                version=entry.version if entry else "",
                licence=entry.licence if entry else LEGISLATORS_LICENCE,
                sha256=sha256(contents[name]),
            )
        )
    return found


# -- members, terms, seats -------------------------------------------------------------------------


def _members_and_terms(
    entries: Sequence[Any], congress: int, faults: _Faults
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    members: dict[str, dict[str, str]] = {}
    terms: list[dict[str, str]] = []
    for number, entry in enumerate(entries, 1):
        where = f"legislators-current.yaml, entry {number}"
        try:
            bioguide = entry["id"]["bioguide"]
            name = {key: _text(value) for key, value in entry["name"].items()}
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
                "gender": _text(entry.get("bio", {}).get("gender")),
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
            faults.add(where, f"lacks a field or has a wrong one ({_reason(error)})")
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
        "party": _text(raw["party"]),
        "caucus": _text(raw.get("caucus")),
        "appointed": "yes" if raw.get("how") == "appointment" else "",
        "end_type": _text(raw.get("end-type")),
        "state_rank": _text(raw.get("state_rank")),
        "room": _text(raw.get("office")),
        "address": _text(raw.get("address")),
        "phone": _phone(raw.get("phone")),
        "url": _url(raw.get("url")),
        "contact_form": _url(raw.get("contact_form")),
    }


def _leadership(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the titles of leadership that have no end, such as `Speaker of the House`."""
    for role in entry.get("leadership_roles", ()):
        if "end" not in role:
            yield _text(role["title"])


def _seats(
    congress: int, terms: Sequence[Mapping[str, str]], as_of: date, faults: _Faults
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


# -- offices, committees, social -------------------------------------------------------------------


def _offices(
    entries: Sequence[Any], known: set[str], faults: _Faults, notes: list[str]
) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    departed: set[str] = set()
    for number, entry in enumerate(entries, 1):
        where = f"legislators-district-offices.yaml, entry {number}"
        try:
            bioguide = entry["id"]["bioguide"]
            if bioguide not in known:
                departed.add(bioguide)
                continue
            for office in entry["offices"]:
                office_id = _text(office["id"])
                if office_id in rows:
                    faults.add(where, f"the office id {office_id} is used twice")
                latitude, longitude = _point(office)
                postcode = _text(office.get("zip"))
                rows[office_id] = {
                    "id": office_id,
                    "bioguide": bioguide,
                    "address": _text(office.get("address")),
                    "suite": _text(office.get("suite")),
                    "building": _text(office.get("building")),
                    "city": _text(office["city"]),
                    "state": _text(office["state"]),
                    "zip": postcode if _ZIP.fullmatch(postcode) else "",
                    "phone": _phone(office.get("phone")),
                    "latitude": latitude,
                    "longitude": longitude,
                    "hours": _text(office.get("hours")),
                }
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(where, f"lacks a field or has a wrong one ({_reason(error)})")
    _tell_departed("legislators-district-offices.yaml", departed, faults, notes)
    return [rows[office_id] for office_id in sorted(rows)]


def _committees(entries: Sequence[Any], faults: _Faults) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(entries, 1):
        try:
            code = _text(entry["thomas_id"])
            chamber = _text(entry["type"])
            rows[code] = {
                "code": code,
                "name": _text(entry["name"]),
                "chamber": chamber,
                "parent": "",
                "url": _url(entry.get("url")),
            }
            for part in entry.get("subcommittees", ()):
                part_code = code + _text(part["thomas_id"])
                rows[part_code] = {
                    "code": part_code,
                    "name": _text(part["name"]),
                    "chamber": chamber,
                    "parent": code,
                    "url": _url(part.get("url")),
                }
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(
                f"committees-current.yaml, entry {number}", f"lacks a field ({_reason(error)})"
            )
    return [rows[code] for code in sorted(rows)]


def _memberships(
    lists: Mapping[str, Any],
    known: set[str],
    committees: set[str],
    faults: _Faults,
    notes: list[str],
) -> list[dict[str, str]]:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    departed: set[str] = set()
    for code, entries in lists.items():
        where = f"committee-membership-current.yaml, {code}"
        if code not in committees:
            faults.add(where, "committees-current.yaml has no such committee")
            continue
        try:
            for entry in entries:
                bioguide = entry["bioguide"]
                if bioguide not in known:
                    departed.add(bioguide)
                    continue
                rows[(code, bioguide)] = {
                    "committee": code,
                    "bioguide": bioguide,
                    "side": _text(entry["party"]),
                    "rank": str(int(entry["rank"])),
                    "title": committee_title(_text(entry.get("title"))),
                }
        except (KeyError, TypeError, ValueError) as error:
            faults.add(where, f"lacks a field or has a wrong one ({_reason(error)})")
    _tell_departed("committee-membership-current.yaml", departed, faults, notes)
    return sorted(
        rows.values(),
        key=lambda row: (row["committee"], row["side"], int(row["rank"]), row["bioguide"]),
    )


def committee_title(title: str) -> str:
    """Return upstream's title in its one form: `Chairwoman` and `Chairman` are `chair`."""
    folded = " ".join(title.lower().replace("-", "").split())
    return _TITLES.get(folded, folded)


def _social(
    entries: Sequence[Any], known: set[str], faults: _Faults, notes: list[str]
) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    departed: set[str] = set()
    for number, entry in enumerate(entries, 1):
        try:
            bioguide = entry["id"]["bioguide"]
            if bioguide not in known:
                departed.add(bioguide)
                continue
            rows += [
                {"bioguide": bioguide, "network": network, "handle": _text(handle)}
                for network, handle in entry["social"].items()
                if network in _NETWORKS and _text(handle)
            ]
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(
                f"legislators-social-media.yaml, entry {number}",
                f"lacks a field ({_reason(error)})",
            )
    _tell_departed("legislators-social-media.yaml", departed, faults, notes)
    return sorted(rows, key=lambda row: (row["bioguide"], row["network"]))


def _tell_departed(file: str, departed: set[str], faults: _Faults, notes: list[str]) -> None:
    """Few unknown members are people who left; many mean that a file was cut short."""
    if len(departed) > MOST_DEPARTED:
        faults.add(file, f"names {len(departed)} members that legislators-current.yaml lacks")
    elif departed:
        notes.append(f"{file}: left out {len(departed)} who are no longer members")


# -- single values ---------------------------------------------------------------------------------


def _text(value: object) -> str:
    """Return a value as one clean line in NFC; None is "". Accents stay as they are."""
    if value is None:
        return ""
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def _phone(value: object) -> str:
    """Return `NNN-NNN-NNNN`; what has not ten digits stays as upstream wrote it."""
    text = _text(value)
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else text


def _url(value: object) -> str:
    """Return a web address, or "" where upstream has none or something that is not one.

    A stammered scheme (`hhttps://`, once upstream) can mean one thing only, and is mended.
    """
    text = re.sub(r"^h+(https?://)", r"\1", _text(value))
    return text if text.startswith(("https://", "http://")) and " " not in text else ""


def _point(office: Mapping[str, Any]) -> tuple[str, str]:
    """Return latitude and longitude as text, both "" where either is missing or off the globe.

    Upstream once has the latitude 441.508: a typo is not mended by guessing.
    """
    try:
        latitude, longitude = float(office["latitude"]), float(office["longitude"])
    except (KeyError, TypeError, ValueError):
        return "", ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "", ""
    return str(latitude), str(longitude)


def _reason(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)
