"""How much mail may leave now: a rate and a daily cap that all workers share.

Both are rows of the table of rate limits, locked until the transaction ends, so that workers that
lease at the same time never exceed them together.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import rates

# Messages of this time may leave together.
_BURST_S = 0.5
# Updates stop at this part of the daily cap, so that confirmations still leave.
_BULK_SHARE = 0.8
_UNLIMITED = 10**9
# A row expires this much after its last use, so that it is not deleted while it counts.
_KEPT_S = 60.0
_RATE = "mail rate"

_lock = {
    name: insert.values(
        key=sa.bindparam("name"), hits=0, expires_at=sa.bindparam("expires", type_=sa.Float)
    )
    .on_conflict_do_update(index_elements=[rates.c.key], set_={"hits": rates.c.hits})
    .returning(rates.c.hits, rates.c.expires_at)
    for name, insert in both(rates).items()
}


@dataclass(frozen=True)
class Allowed:
    """How many messages may leave now; `bulk` is how many of them may be updates.

    `is_brief` is True if the rate sets the limit, so that more may leave in a moment.
    """

    prompt: int
    bulk: int
    is_brief: bool = False


@dataclass(frozen=True)
class MailQuota:
    """At most `rate` messages a second and `daily` messages a day (UTC); 0 is without limit."""

    rate: int = 0
    daily: int = 0

    def allowed(self, connection: Connection, now: datetime) -> Allowed:
        """Return how many messages may leave now, and lock the quota until the commit."""
        by_rate = prompt = bulk = _UNLIMITED
        if self.rate:
            next_at = _locked(connection, _RATE, now.timestamp())[1]
            room = now.timestamp() + _BURST_S - max(next_at, now.timestamp())
            by_rate = prompt = bulk = max(0, math.floor(room * self.rate + 1))
        if self.daily:
            used = _locked(connection, _day(now), _end_of_day(now))[0]
            prompt = min(prompt, max(0, self.daily - used))
            bulk = min(bulk, max(0, int(self.daily * _BULK_SHARE) - used))
        return Allowed(prompt, bulk, is_brief=by_rate < _UNLIMITED and by_rate <= prompt)

    def use(self, connection: Connection, count: int, now: datetime) -> None:
        """Count messages that are about to leave."""
        if self.rate and count:
            at = now.timestamp() + _KEPT_S
            start = sa.case((rates.c.expires_at > at, rates.c.expires_at), else_=at)
            connection.execute(
                sa.update(rates)
                .where(rates.c.key == _RATE)
                .values(expires_at=start + count / self.rate)
            )
        self._add(connection, count, now)

    def give_back(self, connection: Connection, count: int, now: datetime) -> None:
        """Take back messages of the daily cap that did not leave."""
        self._add(connection, -count, now)

    def used(self, connection: Connection, now: datetime) -> int:
        """Return how many messages of today's cap are used."""
        found = connection.execute(sa.select(rates.c.hits).where(rates.c.key == _day(now)))
        return int(found.scalar() or 0)

    def _add(self, connection: Connection, count: int, now: datetime) -> None:
        if self.daily and count:
            connection.execute(
                sa.update(rates)
                .where(rates.c.key == _day(now), rates.c.hits >= -count)
                .values(hits=rates.c.hits + count)
            )


def _locked(connection: Connection, name: str, expires_at: float) -> tuple[int, float]:
    """Return (hits, expiry without the time it is kept) of a row, made if absent, and lock it."""
    row = connection.execute(
        _lock[dialect_of(connection)], {"name": name, "expires": expires_at + _KEPT_S}
    ).one()
    return int(row.hits), float(row.expires_at) - _KEPT_S


def _day(now: datetime) -> str:
    return f"mail day {now.astimezone(UTC):%Y-%m-%d}"


def _end_of_day(now: datetime) -> float:
    return (now + timedelta(days=2)).timestamp()
