"""Send the rows of the outbox: lease a batch, prepare each row, send it, record the outcome.

No transaction and no database connection is open while a message is sent. If a worker dies, its
lease ends and another worker sends again, under the same Message-ID.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, cast, get_args

from sqlalchemy import Connection

from campaign import logs
from campaign.errors import CampaignError, DeliveryDelayed, DeliveryHeld, DeliveryRefused
from campaign.store import daily_counters, outbox, update_bounces
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow
from campaign.store.update_bounces import BounceKind

_log = logs.logger("outbox")

# A worker starts no message after this time, and one message takes at most seven steps of twenty
# seconds, so a lease never ends while its row is being sent.
_BATCH_S = 120.0
_LEASE = timedelta(seconds=300)
# Successes are recorded together, at this interval, because a transaction for each would cost more
# than sending. If the process dies meanwhile, messages are sent twice, with the same Message-ID.
_SETTLE_S = 0.5

# The waits between attempts; the last one repeats (`campaign.store.outbox.MAX_ATTEMPTS`).
_RETRY_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 360, 480, 720)
)

#: What became of a row in one batch.
Outcome = Literal["sent", "delayed", "refused", "canceled"]

#: Sends one row, which is the slow part; raises DeliveryDelayed, DeliveryHeld or DeliveryRefused.
Send = Callable[[], None]


class Sender(Protocol):
    """Sends outbox rows of some kinds."""

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row, or None if it must not be sent any more."""

    def close(self) -> None:
        """Close what is open between messages."""


@dataclass(frozen=True)
class DrainReport:
    """The outcomes of one batch. `stalled` is True if a channel could not be used at all."""

    leased: int = 0
    sent: int = 0
    delayed: int = 0
    refused: int = 0
    canceled: int = 0
    stalled: bool = False

    def plus(self, other: "DrainReport") -> "DrainReport":
        """Return the sum of both reports."""
        return DrainReport(
            leased=self.leased + other.leased,
            sent=self.sent + other.sent,
            delayed=self.delayed + other.delayed,
            refused=self.refused + other.refused,
            canceled=self.canceled + other.canceled,
            stalled=self.stalled or other.stalled,
        )


def drain(
    db: Database,
    senders: Mapping[str, Sender],
    *,
    now: datetime,
    limit: int = 50,
    is_stopping: Callable[[], bool] = lambda: False,
    only: frozenset[str] = frozenset(),
    exclude: frozenset[str] = frozenset(),
) -> DrainReport:
    """Send up to `limit` due rows, by the sender of their kind, and return the outcomes.

    Either `only` these kinds, or all kinds except those to `exclude`, so that slow kinds have a
    thread of their own. Once `is_stopping` returns True, the other rows are released. Raises
    StoreUnavailable; what was sent but not recorded is sent again later.
    """
    with db.writing() as connection:
        if reaped := outbox.reap(connection, now=now):
            _log.warning("leases-ended", rows=reaped)
        batch = outbox.lease(
            connection, now=now, limit=limit, duration=_LEASE, only=only, exclude=exclude
        )
    if not batch:
        return DrainReport()
    sending = _Batch(db, senders, now)
    deadline = time.monotonic() + _BATCH_S
    try:
        for row in batch:
            if is_stopping() or time.monotonic() > deadline:
                sending.release(row)
            else:
                sending.handle(row)
    finally:
        sending.settle()
        for sender in set(senders.values()):
            sender.close()
    report = sending.report(len(batch))
    _log.info(
        "drained",
        sent=report.sent,
        delayed=report.delayed,
        refused=report.refused,
        canceled=report.canceled,
    )
    return report


def retry_wait(attempts: int) -> timedelta:
    """Return the wait after that many attempts, plus up to a fifth at random.

    The random part keeps rows that failed together from coming back together.
    """
    wait = _RETRY_AFTER[min(max(attempts, 1), len(_RETRY_AFTER)) - 1]
    return wait + wait * (secrets.randbelow(1000) / 5000)


@dataclass
class _Batch:
    """A leased batch: the outcomes so far, and those that are not recorded yet."""

    db: Database
    senders: Mapping[str, Sender]
    now: datetime
    sent: list[int] = field(default_factory=list)
    untried: list[int] = field(default_factory=list)
    settled_at: float = field(default_factory=time.monotonic)
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(get_args(Outcome), 0))
    stalled: set[int] = field(default_factory=set)
    #: Outcomes that are not recorded yet: {(campaign, kind of counter): number}.
    figures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def handle(self, row: OutboxRow) -> None:
        """Send one row and record the outcome."""
        sender = self.senders.get(row.kind)
        if sender is None:
            self._give_up(row, "refused", f"there is no sender for the kind {row.kind!r}")
            return
        if id(sender) in self.stalled:
            self.release(row)
            return
        try:
            with self.db.reading() as connection:
                send = sender.prepare(connection, row, self.now)
            if send is None:
                self._give_up(row, "canceled", "canceled: no longer needed")
                return
            send()
        except DeliveryRefused as error:
            self._give_up(row, "refused", str(error), mailbox=error.mailbox)
        except DeliveryHeld as error:
            self._hold(row, error)
        except DeliveryDelayed as error:
            if error.whole_channel:
                # The row is not at fault, so no attempt counts, however long the outage lasts.
                _log.error("channel-unusable", kind=row.kind, reason=str(error))
                self.stalled.add(id(sender))
                self.release(row)
            else:
                self._delay(row, str(error), is_blocked=error.is_blocked)
        except CampaignError as error:
            # Its campaign is missing or invalid at the moment; an organizer can fix that.
            self._delay(row, f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 (one bad row must not stop the others)
            _log.exception("fault", row=row.id, kind=row.kind)
            self._delay(row, f"fault: {type(error).__name__}")
        else:
            self.counts["sent"] += 1
            self.sent.append(row.id)
            self._count(daily_counters.SENT, row)
            if time.monotonic() - self.settled_at > _SETTLE_S:
                self.settle()

    def release(self, row: OutboxRow) -> None:
        """Return one row to the queue without an attempt."""
        self.untried.append(row.id)

    def settle(self) -> None:
        """Record the rows that were sent or released."""
        if self.sent or self.untried or self.figures:
            with self.db.writing() as connection:
                if self.sent:
                    outbox.complete(connection, self.sent, now=self.now)
                if self.untried:
                    outbox.release(connection, self.untried)
                daily_counters.add_at(connection, self.now, self.figures)
            self.sent, self.untried, self.figures = [], [], Counter()
        self.settled_at = time.monotonic()

    def _count(self, what: str, row: OutboxRow) -> None:
        self.figures[row.campaign, daily_counters.outcome(what, row.kind)] += 1

    def report(self, leased: int) -> DrainReport:
        """Return the outcomes of the batch of `leased` rows."""
        return DrainReport(leased=leased, stalled=bool(self.stalled), **self.counts)

    def _delay(self, row: OutboxRow, reason: str, *, is_blocked: bool = False) -> None:
        with self.db.writing() as connection:
            again = outbox.delay(
                connection,
                row,
                now=self.now,
                until=self.now + retry_wait(row.attempts),
                error=reason,
            )
            if is_blocked and row.attempts == 1:  # each message counts once
                self._count(daily_counters.BLOCKED, row)
                self._note_bounce(connection, row, "blocked")
        self.counts["delayed" if again else "refused"] += 1
        self._count(daily_counters.DEFERRED if again else daily_counters.FAILED, row)
        _log.warning(
            "delayed" if again else "given-up",
            row=row.id,
            kind=row.kind,
            attempts=row.attempts,
            reason=reason,
        )

    def _hold(self, row: OutboxRow, held: DeliveryHeld) -> None:
        with self.db.writing() as connection:
            outbox.hold(connection, row, until=held.until, reason=str(held))
        self.counts["delayed"] += 1
        _log.info("held", row=row.id, kind=row.kind, reason=str(held))

    def _note_bounce(self, connection: Connection, row: OutboxRow, kind: BounceKind) -> None:
        """Record what the server reported of a mailbox, if the row belongs to an update."""
        if row.kind == "update" and row.signature_id:
            update_bounces.record(
                connection,
                row.signature_id,
                kind,
                update_id=int(row.payload["update"]),
                now=self.now,
            )

    def _give_up(self, row: OutboxRow, outcome: Outcome, reason: str, *, mailbox: str = "") -> None:
        with self.db.writing() as connection:
            outbox.give_up(
                connection,
                row,
                now=self.now,
                error=reason,
                is_unwanted=outcome == "canceled",
            )
            if mailbox in {"gone", "full"}:
                self._note_bounce(connection, row, cast(BounceKind, mailbox))
        self.counts[outcome] += 1
        if outcome == "refused":
            self._count(daily_counters.FAILED, row)
        _log.warning(outcome, row=row.id, kind=row.kind, reason=reason)
