"""Send the rows of the outbox: lease some, let several threads send them, record the outcomes.

No transaction and no database connection is open while a message is sent. If a worker dies, its
leases end and another worker sends again, under the same Message-ID.
"""

import queue
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType

from sqlalchemy import Connection

from campaign import logs
from campaign.delivery.attempt import Attempt, attempt
from campaign.delivery.recorder import DrainReport, Recorder
from campaign.delivery.sender import Sender
from campaign.store import outbox_leases
from campaign.store.db.engine import Database
from campaign.store.mail_quota import MailQuota
from campaign.store.outbox import OutboxRow

_log = logs.logger("outbox")

#: A row waits this long for a thread, or is released. Sending takes at most 60 seconds for each
#: server that fails and 120 for the one that gets the text, so with three servers a lease never
#: ends while its row is being sent.
MAX_WAIT_S = 45.0
_LEASE = timedelta(seconds=300)
# Outcomes are recorded together, at this interval.
_SETTLE_S = 0.5
# How long a turn waits for the next outcome.
_TURN_S = 0.25
# How long a turn waits where the quota lets nothing through.
_QUOTA_PAUSE_S = 0.1
# Rows are leased ahead for about this time, by how many were done in the second before.
_AHEAD_S = 1.0
_MAX_AHEAD = 400
#: Connections without mail are closed after this time.
IDLE_S = 5.0


class Dispatcher:
    """Leases rows and hands them to `threads` threads. Use it from one thread only.

    It sends rows of any kind, or `only` of these. With a `quota`, it sends mail within that quota:
    first messages that somebody waits for, then updates. A slow row occupies one thread and delays
    no other row. Once `is_stopping` returns True, rows that were not begun are released.
    """

    def __init__(
        self,
        db: Database,
        senders: Mapping[str, Sender],
        *,
        threads: int = 1,
        only: frozenset[str] = frozenset(),
        quota: MailQuota | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._db = db
        self._senders = senders
        self._threads = threads
        self._only = only
        self._quota = quota
        self._clock = clock
        self._is_stopping = is_stopping
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._results: queue.SimpleQueue[Attempt | BaseException] = queue.SimpleQueue()
        self._recorder = Recorder(db, self._give_back)
        self._in_hand = 0
        self._stalled: set[int] = set()
        self._ahead = 2 * threads
        self._done = 0
        self._counted_at = self._settled_at = self._busy_at = time.monotonic()
        self._is_limited = False

    def turn(self) -> DrainReport:
        """Lease what there is room for, wait a moment for outcomes, and record them.

        `leased` of the report is 0 if nothing is due and nothing is being sent. Raises
        StoreUnavailable; outcomes that were not recorded are recorded at the next turn.
        """
        if not self._stalled and not self._is_stopping() and self._in_hand <= self._ahead // 2:
            self.lease(self._ahead - self._in_hand)
        busy = self._in_hand
        self._collect(_TURN_S)
        is_over = self._in_hand == 0
        if is_over or time.monotonic() - self._settled_at > _SETTLE_S:
            self._settle()
        self._adapt()
        if self._is_limited and is_over:
            time.sleep(_QUOTA_PAUSE_S)
            busy += 1
        report = self.report(busy)
        if is_over:
            self._stalled.clear()
        return report

    def finish(self) -> None:
        """Wait for what is being sent, and record it. Raises StoreUnavailable."""
        try:
            while self._in_hand:
                self._collect(_SETTLE_S)
                if time.monotonic() - self._settled_at > _SETTLE_S:
                    self._settle()
        finally:
            self._settle()

    def lease(self, limit: int) -> int:
        """Lease up to `limit` due rows and hand them to the threads; return how many."""
        now = self._clock()
        with self._db.writing() as connection:
            if reaped := outbox_leases.reap(connection, now=now):
                _log.warning("leases-ended", rows=reaped)
            rows = self._lease(connection, now, limit)
        leased_at = time.monotonic()
        for row in rows:
            self._in_hand += 1
            self._executor.submit(self._send, row, leased_at)
        return len(rows)

    def report(self, leased: int) -> DrainReport:
        """Return the outcomes since the last report, for that many leased rows."""
        return replace(self._recorder.take_report(leased), stalled=bool(self._stalled))

    def close(self) -> None:
        """End the threads and close the senders."""
        self._executor.shutdown(cancel_futures=True)
        self._close_senders()

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _lease(self, connection: Connection, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
        if self._quota is None:
            return outbox_leases.lease(
                connection, now=now, limit=limit, duration=_LEASE, only=self._only
            )
        allowed = self._quota.allowed(connection, now)
        rows = outbox_leases.lease_mail(
            connection,
            now=now,
            limit=min(limit, allowed.prompt),
            bulk_limit=min(limit, allowed.bulk),
            duration=_LEASE,
        )
        self._quota.use(connection, len(rows), now)
        self._is_limited = allowed.is_brief and len(rows) == allowed.prompt < limit
        return rows

    def _give_back(self, connection: Connection, unused: int) -> None:
        if self._quota is not None:
            self._quota.give_back(connection, unused, self._clock())

    def _send(self, row: OutboxRow, leased_at: float) -> None:
        """Send one row, in a thread of the executor."""
        try:
            self._results.put(self._tried(row, leased_at))
        except BaseException as error:  # noqa: BLE001 (raised again in the dispatcher's thread)
            self._results.put(error)

    def _tried(self, row: OutboxRow, leased_at: float) -> Attempt:
        sender = self._senders.get(row.kind)
        has_waited = time.monotonic() - leased_at > MAX_WAIT_S
        if self._is_stopping() or has_waited or id(sender) in self._stalled:
            return Attempt(row, "untried")
        tried = attempt(self._db, sender, row, self._clock())
        if tried.is_stalled:
            self._stalled.add(id(sender))
        return tried

    def _collect(self, timeout_s: float) -> None:
        """Take the outcomes that are there, and wait for the first if there are none."""
        try:
            while self._in_hand:
                result = self._results.get(timeout=timeout_s)
                self._in_hand -= 1
                if isinstance(result, BaseException):
                    raise result
                self._recorder.add(result)
                self._done += 1
                timeout_s = 0.0
        except queue.Empty:
            return

    def _settle(self) -> None:
        self._settled_at = time.monotonic()
        self._recorder.settle(self._clock())

    def _adapt(self) -> None:
        """Lease further ahead the faster rows are sent, and close connections that are idle."""
        now = time.monotonic()
        if now - self._counted_at >= _AHEAD_S:
            self._ahead = min(max(self._done, 2 * self._threads), _MAX_AHEAD)
            self._done, self._counted_at = 0, now
        if self._in_hand:
            self._busy_at = now
        elif now - self._busy_at > IDLE_S:
            self._close_senders()

    def _close_senders(self) -> None:
        for sender in {id(sender): sender for sender in self._senders.values()}.values():
            sender.close()


def drain(
    db: Database,
    senders: Mapping[str, Sender],
    *,
    now: datetime,
    limit: int = 50,
    threads: int = 1,
    is_stopping: Callable[[], bool] = lambda: False,
    only: frozenset[str] = frozenset(),
    quota: MailQuota | None = None,
) -> DrainReport:
    """Send up to `limit` due rows, by the sender of their kind, and return the outcomes.

    The other parameters are those of `Dispatcher`. Raises StoreUnavailable; what was sent but not
    recorded is sent again later.
    """
    with Dispatcher(
        db,
        senders,
        threads=threads,
        only=only,
        quota=quota,
        clock=lambda: now,
        is_stopping=is_stopping,
    ) as dispatcher:
        leased = dispatcher.lease(limit)
        dispatcher.finish()
        return dispatcher.report(leased)
