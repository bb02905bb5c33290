"""`campaign worker`: send queued messages, and do regular work."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType

import click

from campaign import logs
from campaign.cli.installation import require_current_schema
from campaign.cli.worker_setup import (
    OUTSIDE,
    PeriodicTask,
    handlers,
    mail_senders,
    outside_senders,
    periodic_tasks,
)
from campaign.cli.worker_threads import Heart, Outcome, Turn, keep_turning
from campaign.delivery import outbox
from campaign.delivery.outbox import Dispatcher
from campaign.delivery.recorder import DrainReport
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
from campaign.store.mail_quota import MailQuota

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
    # A thread that sends needs a connection only while it writes the message.
    pool_size = 4 + min(settings.mail_connections, 8)
    db = Database(settings.database_url, pool_size=pool_size, is_serving=True)
    heart = Heart(db)
    with _mail_dispatcher(settings, db, stopping.is_set) as mail:
        turns: dict[heartbeats.Thread, Callable[[], Turn]] = {
            # Each beside the mail, so that no slow task or job keeps a confirmation waiting.
            "tasks": lambda: _tasks(settings, db, stopping),
            "jobs": lambda: _jobs(settings, db, stopping),
            "integrations": lambda: _outside(settings, db, stopping),
        }
        beside = [
            threading.Thread(target=keep_turning, args=(name, begin, stopping, heart))
            for name, begin in turns.items()
        ]
        for thread in beside:
            thread.start()
        _log.info("started")
        keep_turning("mail", lambda: lambda: _mail_outcome(mail.turn()), stopping, heart)
        try:
            mail.finish()
        except StoreUnavailable as error:
            _log.error("database-unavailable", thread="mail", reason=str(error))
    for thread in beside:
        thread.join()
    heart.end()
    db.dispose()
    _log.info("stopped")


def _mail_outcome(report: DrainReport) -> Outcome:
    if report.stalled:
        return "stalled"
    return "more" if report.leased else "idle"


def _campaigns(settings: Settings, db: Database) -> CampaignRegistry:
    """Return the campaigns, with where members stand."""
    standings = StandingCache(stances.reader(db))
    return CampaignRegistry(packs.folders(settings), standings=standings)


def _mail_dispatcher(
    settings: Settings, db: Database, is_stopping: Callable[[], bool]
) -> Dispatcher:
    return Dispatcher(
        db,
        mail_senders(settings, _campaigns(settings, db)),
        threads=settings.mail_connections,
        quota=MailQuota(settings.mail_rate, settings.mail_daily),
        is_stopping=is_stopping,
    )


def _tasks(settings: Settings, db: Database, stopping: threading.Event) -> Turn:
    """Return the function that does the periodic tasks that are due."""
    tasks = _PeriodicTasks(db, periodic_tasks(settings, _campaigns(settings, db)))

    def turn() -> Outcome:
        tasks.do_due(datetime.now(UTC), stopping.is_set)
        return "idle"

    return turn


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

    def turn() -> Outcome:
        report = lane(datetime.now(UTC), stopping.is_set)
        if report.stalled:
            return "stalled"
        return "more" if report.leased >= _BATCH else "idle"

    return turn


def _outside_lane(
    settings: Settings, db: Database
) -> Callable[[datetime, Callable[[], bool]], DrainReport]:
    by_kind = outside_senders(settings, _campaigns(settings, db), db)

    def drain(now: datetime, is_stopping: Callable[[], bool]) -> DrainReport:
        return outbox.drain(
            db, by_kind, now=now, limit=_BATCH, is_stopping=is_stopping, only=OUTSIDE
        )

    return drain


class _PeriodicTasks:
    """Tasks, and when each is next due."""

    def __init__(self, db: Database, tasks: Sequence[PeriodicTask]) -> None:
        self._db = db
        self._tasks = tasks
        self._due = dict.fromkeys((task.name for task in tasks), 0.0)

    def do_due(self, now: datetime, is_stopping: Callable[[], bool]) -> None:
        """Do the tasks that are due. Raises StoreUnavailable."""
        for task in self._tasks:
            if time.monotonic() >= self._due[task.name] and not is_stopping():
                self._due[task.name] = time.monotonic() + task.every.total_seconds()
                self._do(task, now)

    def _do(self, task: PeriodicTask, now: datetime) -> None:
        with advisory_locks.try_exclusive(self._db, task.name) as mine:
            if not mine:
                return
            try:
                done = task.do(self._db, now)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001
                # One task's fault must not keep the others from being done; it is tried again when
                # it is next due.
                _log.exception("task-failed", task=task.name)
            else:
                if done:
                    _log.info("task-done", task=task.name, rows=done)


def _once(settings: Settings) -> None:
    db = Database(settings.database_url, pool_size=12, is_serving=True)
    tasks = _PeriodicTasks(db, periodic_tasks(settings, _campaigns(settings, db)))
    tasks.do_due(datetime.now(UTC), lambda: False)
    total = DrainReport()
    with _mail_dispatcher(settings, db, lambda: False) as mail:
        while (report := mail.turn()).leased and not report.stalled:
            total = total.plus(report)
    total = total.plus(report)
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
