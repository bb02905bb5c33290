"""Turn upstream's committees and their members into rows; odd entries are left out with a note."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaign.congress.upstream_people import MALFORMED, Row
from campaign.congress.upstream_values import Notes, clean, committee_title, reason, web_address

_COMMITTEES = "committees-current.yaml"
_MEMBERSHIP = "committee-membership-current.yaml"

#: The first letter of a committee's code names its chamber.
_CHAMBERS = {"H": "house", "S": "senate", "J": "joint"}


def committee_rows(entries: Sequence[Any], notes: Notes) -> list[Row]:
    """Return the rows of the committees and subcommittees, ordered by code.

    Source: committees-current.yaml, its parsed entries.
    """
    rows: dict[str, Row] = {}
    for number, entry in enumerate(entries, 1):
        where = f"{_COMMITTEES}, entry {number}"
        try:
            code = clean(entry["thomas_id"])
            row = _committee(code, entry, clean(entry.get("type")) or _CHAMBERS[code[:1]], "")
            parts = entry.get("subcommittees") or ()
        except MALFORMED as error:
            notes.add(where, f"left out: {reason(error)}")
            continue
        rows[code] = row
        for part in parts:
            try:
                part_code = code + clean(part["thomas_id"])
                rows[part_code] = _committee(part_code, part, row["chamber"], code)
            except MALFORMED as error:
                notes.add(where, f"left out a subcommittee of {code}: {reason(error)}")
    return [rows[code] for code in sorted(rows)]


def membership_rows(
    lists: Mapping[str, Any],
    known: Mapping[str, object],
    committees: frozenset[str],
    notes: Notes,
) -> tuple[list[Row], set[str]]:
    """Return the rows of committee memberships, and the ids of people who are not members.

    A slot without a person is left out, and so is the list of an unknown committee. A missing rank
    is replaced by the position in the list. Source: committee-membership-current.yaml, parsed.
    """
    rows: dict[tuple[str, str], Row] = {}
    strangers: set[str] = set()
    for name, entries in lists.items():
        code = clean(name)
        where = f"{_MEMBERSHIP}, {code[:20]}"
        if code not in committees:
            notes.add(where, "left out: committees-current.yaml has no such committee")
            continue
        empty_slots = 0
        for number, entry in enumerate(entries if isinstance(entries, list) else (), 1):
            bioguide = clean(entry.get("bioguide")) if isinstance(entry, Mapping) else ""
            if not bioguide:
                empty_slots += 1
            elif bioguide not in known:
                strangers.add(bioguide)
            else:
                rank = clean(entry.get("rank"))
                rows[code, bioguide] = {
                    "committee": code,
                    "bioguide": bioguide,
                    "side": clean(entry.get("party")),
                    "rank": str(int(rank)) if rank.isascii() and rank.isdigit() else str(number),
                    "title": committee_title(clean(entry.get("title"))),
                }
        if empty_slots:
            notes.add(where, f"left out {empty_slots} entries without a person")
    return sorted(
        rows.values(),
        key=lambda row: (row["committee"], row["side"], int(row["rank"]), row["bioguide"]),
    ), strangers


def _committee(code: str, entry: Mapping[str, Any], chamber: str, parent: str) -> Row:
    name = clean(entry["name"])
    if not code or not name:
        raise ValueError("no code or no name")
    return {
        "code": code,
        "name": name,
        "chamber": chamber,
        "parent": parent,
        "url": web_address(entry.get("url")),
    }
