"""`campaign worker`: sends what waits in the outbox, and does the house's regular work."""

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import FrameType

import click

from campaign import logs, settings
from campaign.cli.database import require_current_schema
from campaign.cli.errands import OUTSIDE, Chore, chores, couriers, handlers
from campaign.delivery import outbox
from campaign.delivery.outbox import Courier, DrainReport
from campaign.errors import DeliveryDelayed, StoreUnavailable
from campaign.organising import jobs
from campaign.packs import pack as packs
from campaign.packs.shelf import Shelf
from campaign.settings import Settings
from campaign.store import turns
from campaign.store.engine import Database

_log = logs.logger("worker")

_BATCH = 50
# How long to wait when nothing is due: a person who has just signed looks at the inbox.
_IDLE_S = 1.0
# After an outage of the database or of a channel: doubled each time, up to the longest.
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0


@click.command()
@click.option("--once", is_flag=True, help="Send what is due, do what is due, and end.")
def worker(once: bool) -> None:
    """Send what waits in the outbox, and do the house's regular work.

    Regular work is reminding signers who have not confirmed, deleting what is kept no longer than
    promised, adding up counts, and the long jobs that organizers ask for: exports, letters by the
    hundred, packets. Runs until Ctrl-C or SIGTERM, and finishes the message in
    hand. Any number of workers may run, on any number of machines with one PostgreSQL.
    """
    in_force = settings.require_safe(settings.read())
    logs.configure()
    logs.take_unforeseen()
    require_current_schema(in_force)
    if once:
        _once(in_force)
    else:
        run(in_force, _stop_signal())


def run_beside(in_force: Settings) -> None:
    """Run as the child of `campaign serve`, until told to stop or until the parent is gone."""
    logs.configure(quiet=in_force.env == "demo")
    logs.take_unforeseen()
    stopping = _stop_signal()
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            stopping.set()

        threading.Thread(target=follow, daemon=True).start()
    run(in_force, stopping)


def run(in_force: Settings, stopping: threading.Event) -> None:
    """Work until `stopping` is set. Outages are waited out, and logged."""
    db = Database(in_force.database_url, pool_size=4)
    rounds = _rounds(in_force, db)
    # Beside the mail, not before it: a long job must not keep a confirmation waiting.
    long_work = threading.Thread(target=_do_jobs, args=(in_force, db, stopping))
    long_work.start()
    outside = threading.Thread(target=_deliver_outside, args=(in_force, db, stopping))
    outside.start()
    pause = _FIRST_PAUSE_S
    _log.info("started")
    while not stopping.is_set():
        try:
            report = rounds.next(datetime.now(UTC), stopping.is_set)
        except StoreUnavailable as error:
            _log.error("database-unavailable", reason=str(error))
            report = DrainReport(stalled=True)
        if report.stalled:
            stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            continue
        pause = _FIRST_PAUSE_S
        if report.leased < _BATCH:
            stopping.wait(_IDLE_S)
    long_work.join()
    outside.join()
    db.dispose()
    _log.info("stopped")


def _do_jobs(in_force: Settings, db: Database, stopping: threading.Event) -> None:
    """Do long jobs, one after another, until `stopping` is set."""
    by_kind = handlers(in_force, Shelf(packs.folders(in_force)))
    while not stopping.is_set():
        try:
            worked = jobs.work_once(db, by_kind, in_force, is_stopping=stopping.is_set)
        except StoreUnavailable as error:
            _log.error("database-unavailable", reason=str(error))
            stopping.wait(_FIRST_PAUSE_S)
            continue
        if not worked:
            stopping.wait(_IDLE_S)


def _deliver_outside(in_force: Settings, db: Database, stopping: threading.Event) -> None:
    """Send what goes to other people's systems, until `stopping` is set."""
    lane = _outside_lane(in_force, db)
    while not stopping.is_set():
        try:
            report = lane(datetime.now(UTC), stopping.is_set)
        except StoreUnavailable as error:
            _log.error("database-unavailable", reason=str(error))
            stopping.wait(_FIRST_PAUSE_S)
            continue
        if report.stalled:
            stopping.wait(_FIRST_PAUSE_S)
        elif report.leased < _BATCH:
            stopping.wait(_IDLE_S)


def _outside_lane(
    in_force: Settings, db: Database
) -> Callable[[datetime, Callable[[], bool]], DrainReport]:
    by_kind = couriers(in_force, Shelf(packs.folders(in_force)), db)
    mine = {kind: courier for kind, courier in by_kind.items() if kind in OUTSIDE}

    def drain(now: datetime, is_stopping: Callable[[], bool]) -> DrainReport:
        return outbox.drain(db, mine, now=now, limit=_BATCH, is_stopping=is_stopping, only=OUTSIDE)

    return drain


def _rounds(in_force: Settings, db: Database) -> "_Rounds":
    shelf = Shelf(packs.folders(in_force))
    by_kind = couriers(in_force, shelf, db)
    mine = {kind: courier for kind, courier in by_kind.items() if kind not in OUTSIDE}
    return _Rounds(db, mine, chores(in_force, shelf))


class _Rounds:
    """One round after another: the chores that are due, then a batch of the outbox."""

    def __init__(
        self, db: Database, by_kind: Mapping[str, Courier], to_do: Sequence[Chore]
    ) -> None:
        self._db = db
        self._couriers = by_kind
        self._chores = to_do
        self._due = dict.fromkeys((chore.name for chore in to_do), 0.0)

    def next(self, now: datetime, is_stopping: Callable[[], bool]) -> DrainReport:
        """Do one round. Raises StoreUnavailable."""
        for chore in self._chores:
            if time.monotonic() >= self._due[chore.name] and not is_stopping():
                self._due[chore.name] = time.monotonic() + chore.every.total_seconds()
                self._do(chore, now)
        return outbox.drain(
            self._db,
            self._couriers,
            now=now,
            limit=_BATCH,
            is_stopping=is_stopping,
            but=OUTSIDE,
        )

    def _do(self, chore: Chore, now: datetime) -> None:
        with turns.alone(self._db, chore.name) as mine:
            if not mine:
                return
            try:
                done = chore.do(self._db, now)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001
                # One chore's fault must not keep the mail from going out; it is tried again when
                # it is next due.
                _log.exception("chore-failed", chore=chore.name)
            else:
                if done:
                    _log.info("chore-done", chore=chore.name, rows=done)


def _once(in_force: Settings) -> None:
    db = Database(in_force.database_url, pool_size=2)
    rounds = _rounds(in_force, db)
    total = DrainReport()
    while (report := rounds.next(datetime.now(UTC), lambda: False)).leased:
        total = total.plus(report)
        if report.stalled:
            break
    lane = _outside_lane(in_force, db)
    while (sent := lane(datetime.now(UTC), lambda: False)).leased:
        total = total.plus(sent)
        if sent.stalled:
            break
    by_kind = handlers(in_force, Shelf(packs.folders(in_force)))
    while jobs.work_once(db, by_kind, in_force):
        pass
    db.dispose()
    click.echo(
        f"Sent {total.sent:,}; {total.delayed:,} to be tried again, {total.refused:,} refused, "
        f"{total.cancelled:,} no longer wanted."
    )
    if report.stalled:
        raise DeliveryDelayed(
            "Mail cannot leave just now: the log line above says why. What waits is kept."
        )


def _stop_signal() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping
