"""Record what became of rows of the outbox, many in one transaction.

A transaction for each would cost more than sending. If the process dies before they are recorded,
messages are sent twice, with the same Message-ID.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection

from campaign import logs, mail_address
from campaign.delivery.attempt import Attempt
from campaign.errors import StoreUnavailable
from campaign.store import daily_counters, outbox_leases, update_bounces
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow
from campaign.store.update_bounces import BounceKind

_log = logs.logger("outbox")

# The waits between attempts; the last one repeats (`campaign.store.outbox_leases.MAX_ATTEMPTS`).
_RETRY_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 360, 480, 720)
)

#: Outcomes to be counted: {(campaign, kind of counter): number}.
_Figures = Counter[tuple[str, str]]


def retry_wait(attempts: int) -> timedelta:
    """Return the wait after that many attempts, plus up to a fifth at random.

    The random part keeps rows that failed together from coming back together.
    """
    wait = _RETRY_AFTER[min(max(attempts, 1), len(_RETRY_AFTER)) - 1]
    return wait + wait * (secrets.randbelow(1000) / 5000)


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


class Recorder:
    """Collects attempts and records them. One thread uses it.

    `unused` is called in the same transaction with the number of rows that were not sent.
    """

    def __init__(self, db: Database, unused: Callable[[Connection, int], None]) -> None:
        self._db = db
        self._unused = unused
        self._attempts: list[Attempt] = []
        self._counts: Counter[str] = Counter()

    def add(self, attempt: Attempt) -> None:
        """Keep an attempt until `settle`."""
        self._attempts.append(attempt)

    def settle(self, now: datetime) -> None:
        """Record what was added. Raises StoreUnavailable; then it is recorded the next time."""
        attempts = self._attempts
        if not attempts:
            return
        try:
            outcomes = self._record(attempts, now)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 (one bad row must not keep the others unrecorded)
            outcomes = self._record_one_by_one(attempts, now)
        self._attempts = []
        self._counts.update(outcomes)
        for attempt, outcome in zip(attempts, outcomes, strict=True):
            _log_outcome(attempt, outcome)

    def take_report(self, leased: int) -> DrainReport:
        """Return the outcomes since the last report."""
        counts, self._counts = self._counts, Counter()
        if counts:
            _log.info(
                "drained",
                sent=counts["sent"],
                delayed=counts["delayed"] + counts["held"],
                refused=counts["refused"],
                canceled=counts["canceled"],
            )
        return DrainReport(
            leased=leased,
            sent=counts["sent"],
            delayed=counts["delayed"] + counts["held"],
            refused=counts["refused"],
            canceled=counts["canceled"],
        )

    def _record_one_by_one(self, attempts: Sequence[Attempt], now: datetime) -> list[str]:
        outcomes = []
        for attempt in attempts:
            try:
                outcomes += self._record([attempt], now)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001 (its lease ends, and it is tried again)
                _log.exception("unrecorded", row=attempt.row.id, kind=attempt.row.kind)
                outcomes.append("unrecorded")
        return outcomes

    def _record(self, attempts: Sequence[Attempt], now: datetime) -> list[str]:
        figures: _Figures = Counter()
        with self._db.writing() as connection:
            sent = [attempt.row for attempt in attempts if attempt.outcome == "sent"]
            untried = [attempt.row.id for attempt in attempts if attempt.outcome == "untried"]
            if sent:
                outbox_leases.complete(connection, [row.id for row in sent], now=now)
            if untried:
                outbox_leases.release(connection, untried)
            outcomes = [_record_one(connection, each, now, figures) for each in attempts]
            if unused := len(attempts) - len(sent):
                self._unused(connection, unused)
            daily_counters.add_at(connection, now, figures)
        return outcomes


def _record_one(connection: Connection, attempt: Attempt, now: datetime, figures: _Figures) -> str:
    """Record an attempt unless it was sent or not tried; return what became of the row."""
    row = attempt.row
    if attempt.outcome == "sent":
        figures[row.campaign, daily_counters.outcome(daily_counters.SENT, row.kind)] += 1
        if provider := mail_address.provider(row.to):
            figures[row.campaign, daily_counters.outcome(daily_counters.TO, provider)] += 1
    elif attempt.outcome == "held" and attempt.held_until is not None:
        outbox_leases.hold(connection, row, until=attempt.held_until, reason=attempt.reason)
    elif attempt.outcome == "delayed":
        return _delay(connection, attempt, now, figures)
    elif attempt.outcome in {"refused", "canceled"}:
        is_unwanted = attempt.outcome == "canceled"
        outbox_leases.give_up(
            connection, row, now=now, error=attempt.reason, is_unwanted=is_unwanted
        )
        if attempt.mailbox in {"gone", "full"}:
            _note_bounce(connection, row, cast(BounceKind, attempt.mailbox), now)
        if not is_unwanted:
            figures[row.campaign, daily_counters.outcome(daily_counters.FAILED, row.kind)] += 1
    return attempt.outcome


def _delay(connection: Connection, attempt: Attempt, now: datetime, figures: _Figures) -> str:
    row = attempt.row
    again = outbox_leases.delay(
        connection, row, now=now, until=now + retry_wait(row.attempts), error=attempt.reason
    )
    if attempt.is_blocked and row.attempts == 1:  # each message counts once
        figures[row.campaign, daily_counters.outcome(daily_counters.BLOCKED, row.kind)] += 1
        _note_bounce(connection, row, "blocked", now)
    what = daily_counters.DEFERRED if again else daily_counters.FAILED
    figures[row.campaign, daily_counters.outcome(what, row.kind)] += 1
    return "delayed" if again else "refused"


def _note_bounce(connection: Connection, row: OutboxRow, kind: BounceKind, now: datetime) -> None:
    """Record what the server reported of a mailbox, if the row belongs to an update."""
    if row.kind == "update" and row.signature_id:
        update_bounces.record(
            connection, row.signature_id, kind, update_id=int(row.payload["update"]), now=now
        )


def _log_outcome(attempt: Attempt, outcome: str) -> None:
    if outcome in {"sent", "untried", "unrecorded"}:
        return
    is_given_up = outcome == "refused" and attempt.outcome == "delayed"
    log = _log.info if outcome == "held" else _log.warning
    log(
        "given-up" if is_given_up else outcome,
        row=attempt.row.id,
        kind=attempt.row.kind,
        attempts=attempt.row.attempts,
        reason=attempt.reason,
    )
