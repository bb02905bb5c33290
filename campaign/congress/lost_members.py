"""Find members who are missing from new data without a reason: a sign that a file was cut short.

Upstream adds its newest members at the end of the file, so a file that was cut after a whole record
loses them first and is still valid YAML. So each missing member needs a sign that they left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from campaign.congress.dataset import Congress, sitting_members
from campaign.congress.upstream_files import parse
from campaign.congress.upstream_people import MALFORMED
from campaign.congress.upstream_values import clean, parse_day
from campaign.errors import DatasetInvalid

_RECORD = re.compile(rb"^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MissingMember:
    """A member whose seat is empty in the new data without a reason."""

    bioguide: str
    name: str
    seat: str

    def __str__(self) -> str:
        return f"{self.name} ({self.bioguide}), {self.seat}"


def missing_members(
    current: Congress, new: Congress, strangers: frozenset[str] = frozenset()
) -> tuple[MissingMember, ...]:
    """Return members of the current data who are missing from the new without a reason, by seat.

    A reason is: the term has ended by the day of the new data, in either data; another person holds
    the seat; or upstream also removed the member from its other files, where it had offices or
    committees for them. `strangers` are the ids that those files still contain.
    """
    on_date = new.meta.as_of
    held = sitting_members(new)
    lost: list[MissingMember] = []
    for seat, member in sitting_members(current).items():
        if seat in held or seat not in new.seats:
            continue
        known = [term for term in member.terms if term.seat.id == seat]
        there = new.members.get(member.bioguide)
        ended = [term for term in there.terms if term.seat.id == seat] if there else []
        if (ended or known)[-1].end <= on_date:
            continue
        was_named = bool(member.offices or member.memberships)
        if there is None and was_named and member.bioguide not in strangers:
            continue
        lost.append(MissingMember(member.bioguide, member.name.full, seat))
    return tuple(lost)


def ended_terms(content: bytes, wanted: Iterable[str]) -> dict[str, date]:
    """Return bioguide id -> last day of the last term, from upstream's file of former members.

    `content` is legislators-historical.yaml. The file is long, so only the records that contain one
    of the `wanted` ids are parsed; records that cannot be read are skipped.
    """
    ids = {each.encode() for each in wanted}
    found: dict[str, date] = {}
    starts = [match.start() for match in _RECORD.finditer(content)]
    for begin, end in pairwise((*starts, len(content))):
        record = content[begin:end]
        if not any(each in record for each in ids):
            continue
        try:
            [entry] = parse(record)[0]
            bioguide = clean(entry["id"]["bioguide"])
            found[bioguide] = max(parse_day(term["end"]) for term in entry["terms"])
        except (DatasetInvalid, *MALFORMED):
            continue
    return found
