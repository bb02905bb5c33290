"""Check that journal and tallies match the signatures, and repair them.

All counts except those by day follow from the confirmed signatures. A signature that was withdrawn
or erased changed the counts of two days, which cannot be reconstructed. So only the sum of the days
is checked, and a difference is booked on the day of the repair.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store import civil_days, counts
from campaign.store.counts import Kind
from campaign.store.db.literals import equals_literal
from campaign.store.models import journal, signatures, tallies
from campaign.store.statuses import Origin, SignatureStatus

#: The counts of one campaign: {kind: {key: number}}.
_Figures = dict[Kind, Counter[str]]


@dataclass(frozen=True)
class Difference:
    """A count of a campaign that does not match its signatures.

    `key` is a state, a district, a source …, or "" for the total and the sum of the days.
    """

    kind: Kind
    key: str
    counted: int
    signed: int


_signed = sa.select(
    signatures.c.campaign,
    signatures.c.state,
    signatures.c.district,
    signatures.c.origin,
    signatures.c.source,
    signatures.c.anonymised_at.is_not(None).label("is_gone"),
    sa.func.count().label("number"),
).where(equals_literal(signatures.c.status, SignatureStatus.CONFIRMED))
_signed = _signed.group_by(*_signed.selected_columns[:6])

_appended = sa.select(
    journal.c.campaign,
    journal.c.state,
    journal.c.district,
    journal.c.day,
    journal.c.origin,
    journal.c.source,
    sa.func.sum(journal.c.delta).label("number"),
)
_appended = _appended.group_by(*_appended.selected_columns[:6])


def differences(connection: Connection) -> Mapping[str, tuple[Difference, ...]]:
    """Return {campaign: its differences}, only for campaigns that have any.

    All queries must see one moment: call it in a `Database.snapshot`.
    """
    signed, lost = _by_signatures(connection)
    counted = _by_counts(connection)
    by_campaign = {}
    for campaign in sorted(counted.keys() | signed.keys()):
        wrong = tuple(_compared(counted[campaign], signed[campaign], lost[campaign]))
        if wrong:
            by_campaign[campaign] = wrong
    return by_campaign


def mend(
    connection: Connection, by_campaign: Mapping[str, tuple[Difference, ...]], *, now: datetime
) -> None:
    """Correct the tallies by these differences, and keep what was counted since."""
    sums: dict[tuple[str, Kind, str], int] = {}
    for campaign, wrong in by_campaign.items():
        today = civil_days.day_of(connection, campaign, now).isoformat()
        for difference in wrong:
            key = today if difference.kind in _DAYS else difference.key
            sums[campaign, difference.kind, key] = difference.signed - difference.counted
    counts.add(connection, sums)


#: The days of a kind add up to this count.
_DAYS: Mapping[Kind, tuple[Kind, str]] = {
    "day": ("total", ""),
    "paper-day": ("origin", Origin.PAPER),
}


def _by_signatures(
    connection: Connection,
) -> tuple[dict[str, _Figures], dict[str, Counter[Kind]]]:
    """Return the counts by campaign, and how many signatures lost the key to retention."""
    figures: dict[str, _Figures] = defaultdict(lambda: defaultdict(Counter))
    lost: dict[str, Counter[Kind]] = defaultdict(Counter)
    for campaign, state, district, origin, source, is_gone, number in connection.execute(_signed):
        kinds = counts.keys_of(state, district, None, origin, source)
        for kind, key in kinds.items():
            figures[campaign][kind][key] += number
            if is_gone and not key and kind != "total":
                lost[campaign][kind] += number
    return figures, lost


def _by_counts(connection: Connection) -> dict[str, _Figures]:
    figures: dict[str, _Figures] = defaultdict(lambda: defaultdict(Counter))
    for campaign, kind, key, count in connection.execute(sa.select(tallies)):
        figures[campaign][kind][key] += count
    for campaign, state, district, day, origin, source, number in connection.execute(_appended):
        for kind, key in counts.keys_of(state, district, day, origin, source).items():
            figures[campaign][kind][key] += int(number)
    return figures


def _compared(counted: _Figures, signed: _Figures, lost: Counter[Kind]) -> Iterator[Difference]:
    for kind in ("total", "state", "district", "origin", "source"):
        has, should = counted[kind], Counter(signed[kind])
        # Retention erases personal data, and possibly the key of a count: then the signature still
        # counts under the key where it was counted before.
        left = lost[kind]
        for key in sorted(has):
            kept = min(left, has[key] - should[key]) if key else 0
            if kept > 0:
                should[key] += kept
                should[""] -= kept
                left -= kept
        for key in sorted(has.keys() | should.keys()):
            if has[key] != should[key]:
                yield Difference(kind, key, has[key], should[key])
    for kind, (whole, key) in _DAYS.items():
        has_days = counted[kind].total()
        if has_days != signed[whole][key]:
            yield Difference(kind, "", has_days, signed[whole][key])
