"""`campaign worker`: send queued messages, and do regular work."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import FrameType

import click

from campaign import logs
from campaign.cli.installation import require_current_schema
from campaign.cli.worker_setup import OUTSIDE, PeriodicTask, handlers, periodic_tasks, senders
from campaign.cli.worker_threads import Heart, Outcome, Turn, keep_turning
from campaign.delivery import outbox
from campaign.delivery.outbox import DrainReport, Sender
from campaign.errors import DeliveryDelayed, StoreUnavailable
from campaign.organizing import jobs
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from campaign.packs.standing_cache import StandingCache
from campaign.settings import Settings, require_safe
from campaign.settings import read as read_settings
from campaign.store import heartbeats, stances
from campaign.store.db import advisory_locks
from campaign.store.db.engine import Database
from campaign.store.heartbeats import THREADS

_log = logs.logger("worker")

_BATCH = 50


@click.command()
@click.option("--once", is_flag=True, help="Send and do what is due, then end.")
def worker(once: bool) -> None:
    """Send queued messages, and do regular work.

    Regular work is reminding signers who have not confirmed, deleting expired data, adding up
    counts, and the long jobs that organizers ask for: exports, batches of letters, packets. Runs
    until Ctrl-C or SIGTERM, and finishes the message in hand. Any number of workers may run, on any
    number of machines with one PostgreSQL.
    """
    settings = require_safe(read_settings())
    logs.configure()
    logs.log_uncaught()
    require_current_schema(settings)
    if once:
        _once(settings)
    else:
        run(settings, _stop_signal())


def run_beside(settings: Settings) -> None:
    """Run as the child of `campaign serve`, until a signal stops it or its parent is gone."""
    logs.configure(quiet=settings.env == "demo")
    logs.log_uncaught()
    stopping = _stop_signal()
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            stopping.set()

        threading.Thread(target=follow, daemon=True).start()
    run(settings, stopping)


def run(settings: Settings, stopping: threading.Event) -> None:
    """Work until `stopping` is set. Outages and faults are logged and waited out."""
    db = Database(settings.database_url, pool_size=4, is_serving=True)
    heart = Heart(db)
    rounds = _rounds(settings, db)

    def mail() -> Outcome:
        return _outcome(rounds.next(datetime.now(UTC), stopping.is_set))

    # Beside the mail, not before it: a long job must not keep a confirmation waiting.
    beside = [
        threading.Thread(
            target=keep_turning,
            args=("jobs", lambda: _jobs(settings, db, stopping), stopping, heart),
        ),
        threading.Thread(
            target=keep_turning,
            args=("integrations", lambda: _outside(settings, db, stopping), stopping, heart),
        ),
    ]
    for thread in beside:
        thread.start()
    _log.info("started")
    keep_turning("mail", lambda: mail, stopping, heart)
    for thread in beside:
        thread.join()
    heart.end()
    db.dispose()
    _log.info("stopped")


def _outcome(report: DrainReport) -> Outcome:
    if report.stalled:
        return "stalled"
    return "more" if report.leased >= _BATCH else "idle"


def _campaigns(settings: Settings, db: Database) -> CampaignRegistry:
    """Return the campaigns, with where members stand."""
    standings = StandingCache(stances.reader(db))
    return CampaignRegistry(packs.folders(settings), standings=standings)


def _jobs(settings: Settings, db: Database, stopping: threading.Event) -> Turn:
    """Return the function that runs one long job."""
    by_kind = handlers(settings, _campaigns(settings, db))

    def turn() -> Outcome:
        worked = jobs.run_next(db, by_kind, settings, is_stopping=stopping.is_set)
        return "more" if worked else "idle"

    return turn


def _outside(settings: Settings, db: Database, stopping: threading.Event) -> Turn:
    """Return the function that sends a batch to other systems."""
    lane = _outside_lane(settings, db)
    return lambda: _outcome(lane(datetime.now(UTC), stopping.is_set))


def _outside_lane(
    settings: Settings, db: Database
) -> Callable[[datetime, Callable[[], bool]], DrainReport]:
    by_kind = senders(settings, _campaigns(settings, db), db)
    mine = {kind: sender for kind, sender in by_kind.items() if kind in OUTSIDE}

    def drain(now: datetime, is_stopping: Callable[[], bool]) -> DrainReport:
        return outbox.drain(db, mine, now=now, limit=_BATCH, is_stopping=is_stopping, only=OUTSIDE)

    return drain


def _rounds(settings: Settings, db: Database) -> "_Rounds":
    registry = _campaigns(settings, db)
    by_kind = senders(settings, registry, db)
    mine = {kind: sender for kind, sender in by_kind.items() if kind not in OUTSIDE}
    return _Rounds(db, mine, periodic_tasks(settings, registry))


class _Rounds:
    """One round after another: the periodic tasks that are due, then a batch of the outbox."""

    def __init__(
        self, db: Database, by_kind: Mapping[str, Sender], to_do: Sequence[PeriodicTask]
    ) -> None:
        self._db = db
        self._senders = by_kind
        self._tasks = to_do
        self._due = dict.fromkeys((task.name for task in to_do), 0.0)

    def next(self, now: datetime, is_stopping: Callable[[], bool]) -> DrainReport:
        """Do one round. Raises StoreUnavailable."""
        for task in self._tasks:
            if time.monotonic() >= self._due[task.name] and not is_stopping():
                self._due[task.name] = time.monotonic() + task.every.total_seconds()
                self._do(task, now)
        return outbox.drain(
            self._db,
            self._senders,
            now=now,
            limit=_BATCH,
            is_stopping=is_stopping,
            exclude=OUTSIDE,
        )

    def _do(self, task: PeriodicTask, now: datetime) -> None:
        with advisory_locks.try_exclusive(self._db, task.name) as mine:
            if not mine:
                return
            try:
                done = task.do(self._db, now)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001
                # One task's fault must not keep the mail from going out; it is tried again when
                # it is next due.
                _log.exception("task-failed", task=task.name)
            else:
                if done:
                    _log.info("task-done", task=task.name, rows=done)


def _once(settings: Settings) -> None:
    db = Database(settings.database_url, pool_size=2, is_serving=True)
    rounds = _rounds(settings, db)
    total = DrainReport()
    while (report := rounds.next(datetime.now(UTC), lambda: False)).leased:
        total = total.plus(report)
        if report.stalled:
            break
    lane = _outside_lane(settings, db)
    while (sent := lane(datetime.now(UTC), lambda: False)).leased:
        total = total.plus(sent)
        if sent.stalled:
            break
    by_kind = handlers(settings, _campaigns(settings, db))
    while jobs.run_next(db, by_kind, settings):
        pass
    heart = Heart(db, heartbeats.ONCE)
    for thread in THREADS:
        heart.beat(thread)
    db.dispose()
    click.echo(
        f"Sent {total.sent:,}; {total.delayed:,} to be tried again, {total.refused:,} refused, "
        f"{total.canceled:,} no longer wanted."
    )
    if report.stalled:
        raise DeliveryDelayed(
            "Mail cannot be sent just now: the log line above says why. Queued mail is kept."
        )


def _stop_signal() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping
