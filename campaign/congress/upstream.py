"""Upstream's files become rows of the fact tables: read strictly, every fault named.

Two upstreams: `unitedstates/congress-legislators` (five YAML files), and the crosswalk from ZIPs
to districts (`zccd.csv`, one row for each pair). Only the importer reads them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from campaign.congress.apportionment import congress_on
from campaign.congress.tables import Source, sha256
from campaign.congress.upstream_people import members_and_terms, seat_rows
from campaign.congress.upstream_values import (
    Faults,
    clean,
    committee_title,
    phone,
    point,
    reason,
    web_address,
)
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

#: Networks whose handle leads to a page; upstream's numeric account ids are left out.
_NETWORKS = ("facebook", "instagram", "mastodon", "twitter", "youtube")

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
    faults = Faults()
    notes: list[str] = []
    members, terms = members_and_terms(parsed["legislators-current"], congress, faults)
    known = {row["bioguide"] for row in members}
    faults.raise_any()
    tables = {
        "members": members,
        "terms": terms,
        "seats": seat_rows(congress, terms, as_of, faults),
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


# -- offices, committees, social -------------------------------------------------------------------


def _offices(
    entries: Sequence[Any], known: set[str], faults: Faults, notes: list[str]
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
                office_id = clean(office["id"])
                if office_id in rows:
                    faults.add(where, f"the office id {office_id} is used twice")
                latitude, longitude = point(office)
                postcode = clean(office.get("zip"))
                rows[office_id] = {
                    "id": office_id,
                    "bioguide": bioguide,
                    "address": clean(office.get("address")),
                    "suite": clean(office.get("suite")),
                    "building": clean(office.get("building")),
                    "city": clean(office["city"]),
                    "state": clean(office["state"]),
                    "zip": postcode if _ZIP.fullmatch(postcode) else "",
                    "phone": phone(office.get("phone")),
                    "latitude": latitude,
                    "longitude": longitude,
                    "hours": clean(office.get("hours")),
                }
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(where, f"lacks a field or has a wrong one ({reason(error)})")
    _tell_departed("legislators-district-offices.yaml", departed, faults, notes)
    return [rows[office_id] for office_id in sorted(rows)]


def _committees(entries: Sequence[Any], faults: Faults) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(entries, 1):
        try:
            code = clean(entry["thomas_id"])
            chamber = clean(entry["type"])
            rows[code] = {
                "code": code,
                "name": clean(entry["name"]),
                "chamber": chamber,
                "parent": "",
                "url": web_address(entry.get("url")),
            }
            for part in entry.get("subcommittees", ()):
                part_code = code + clean(part["thomas_id"])
                rows[part_code] = {
                    "code": part_code,
                    "name": clean(part["name"]),
                    "chamber": chamber,
                    "parent": code,
                    "url": web_address(part.get("url")),
                }
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(
                f"committees-current.yaml, entry {number}", f"lacks a field ({reason(error)})"
            )
    return [rows[code] for code in sorted(rows)]


def _memberships(
    lists: Mapping[str, Any],
    known: set[str],
    committees: set[str],
    faults: Faults,
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
                    "side": clean(entry["party"]),
                    "rank": str(int(entry["rank"])),
                    "title": committee_title(clean(entry.get("title"))),
                }
        except (KeyError, TypeError, ValueError) as error:
            faults.add(where, f"lacks a field or has a wrong one ({reason(error)})")
    _tell_departed("committee-membership-current.yaml", departed, faults, notes)
    return sorted(
        rows.values(),
        key=lambda row: (row["committee"], row["side"], int(row["rank"]), row["bioguide"]),
    )


def _social(
    entries: Sequence[Any], known: set[str], faults: Faults, notes: list[str]
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
                {"bioguide": bioguide, "network": network, "handle": clean(handle)}
                for network, handle in entry["social"].items()
                if network in _NETWORKS and clean(handle)
            ]
        except (KeyError, TypeError, AttributeError) as error:
            faults.add(
                f"legislators-social-media.yaml, entry {number}",
                f"lacks a field ({reason(error)})",
            )
    _tell_departed("legislators-social-media.yaml", departed, faults, notes)
    return sorted(rows, key=lambda row: (row["bioguide"], row["network"]))


def _tell_departed(file: str, departed: set[str], faults: Faults, notes: list[str]) -> None:
    """Few unknown members are people who left; many mean that a file was cut short."""
    if len(departed) > MOST_DEPARTED:
        faults.add(file, f"names {len(departed)} members that legislators-current.yaml lacks")
    elif departed:
        notes.append(f"{file}: left out {len(departed)} who are no longer members")
