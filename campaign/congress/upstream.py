"""Turn the legislator files of `unitedstates/congress-legislators` into rows of the fact tables.

Entries that cannot be read are left out with a note. Only the importer uses this module; the table
of ZIPs and districts is read in `crosswalk`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign.congress.apportionment import congress_on
from campaign.congress.tables import Source, sha256
from campaign.congress.upstream_committees import committee_rows, membership_rows
from campaign.congress.upstream_files import FILES, read_files
from campaign.congress.upstream_offices import office_rows, social_rows
from campaign.congress.upstream_people import members_and_terms, seat_rows
from campaign.congress.upstream_values import Notes
from campaign.errors import DatasetInvalid

__all__ = ["FILES", "Legislators", "Provenance", "legislators", "provenance", "sources"]

LEGISLATORS_ORIGIN = "unitedstates/congress-legislators"
LEGISLATORS_LICENSE = "CC0 1.0 (public domain)"

_COMMIT_AND_DAY = re.compile(r"([0-9a-f]{40}),?\s+([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Provenance:
    """Where a file came from, by the README.md beside it: repository, version, day, license."""

    origin: str
    version: str
    day: date | None
    license: str


@dataclass(frozen=True)
class Legislators:
    """The rows of the five legislator files by table, and notes on what was left out and why.

    `strangers` are the ids that offices, accounts or committees have, but not the members' file.
    """

    tables: Mapping[str, list[dict[str, str]]]
    notes: tuple[str, ...]
    strangers: frozenset[str]


def provenance(folder: Path) -> dict[str, Provenance]:
    """Read the table `file | from | commit | license` in the folder's README.md, if it has one.

    Returns file name -> Provenance; the commit column holds the hash and the day.
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


def legislators(contents: Mapping[str, bytes], as_of: date) -> Legislators:
    """Return the rows of every table but the two of ZIPs, sorted, for the Congress of `as_of`.

    `contents` is name -> bytes of the five files. An odd entry is left out with a note. Raises
    DatasetInvalid for a file that is not whole, if there is no member at all, and for two people
    who took the same seat on the same day.
    """
    congress = congress_on(as_of)
    notes = Notes()
    parsed = read_files(contents, notes)
    members, terms = members_and_terms(parsed["legislators-current"], congress, as_of, notes)
    if not members:
        raise DatasetInvalid(
            "legislators-current.yaml holds no member that can be read; nothing was changed.",
            notes.found[:20],
        )
    states = {row["bioguide"]: row["seat"][:2] for row in terms}
    offices, with_offices = office_rows(parsed["legislators-district-offices"], states, notes)
    social, with_accounts = social_rows(parsed["legislators-social-media"], states, notes)
    committees = committee_rows(parsed["committees-current"], notes)
    memberships, on_committees = membership_rows(
        parsed["committee-membership-current"],
        states,
        frozenset(row["code"] for row in committees),
        notes,
    )
    for name, strangers in (
        ("legislators-district-offices.yaml", with_offices),
        ("legislators-social-media.yaml", with_accounts),
        ("committee-membership-current.yaml", on_committees),
    ):
        if strangers:
            notes.add(name, f"left out {len(strangers)} who are not members")
    tables = {
        "members": members,
        "terms": terms,
        "seats": seat_rows(congress, terms, as_of, notes),
        "offices": offices,
        "committees": committees,
        "memberships": memberships,
        "social": social,
    }
    return Legislators(tables, notes.found, frozenset(with_offices | with_accounts | on_committees))


def sources(
    contents: Mapping[str, bytes], known: Mapping[str, Provenance], origin: str
) -> list[Source]:
    """Return a Source for each legislator file, from its Provenance or else from `origin`."""
    found = []
    for name in FILES:
        entry = known.get(f"{name}.yaml")
        found.append(
            Source(
                file=f"{name}.yaml",
                origin=entry.origin if entry else origin,
                version=entry.version if entry else "",
                license=entry.license if entry else LEGISLATORS_LICENSE,
                sha256=sha256(contents[name]),
            )
        )
    return found
