"""Background jobs: a worker runs them, their owner watches them, their files last a day."""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from campaign import files, logs
from campaign.errors import CampaignError, JobStopped, StoreUnavailable
from campaign.settings import Settings
from campaign.store import jobs
from campaign.store.db.engine import Database
from campaign.store.jobs import Job

_log = logs.logger("jobs")

# The shortest time between two progress reports, in seconds. Each renews the lease.
_REPORT_EVERY_S = 1.0


@dataclass(frozen=True)
class JobResult:
    """The result of a job: a sentence, the names of files in the job's folder, and counts."""

    note: str = ""
    files: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class JobContext:
    """What a handler gets to run a job.

    `folder` is the job's private folder for uploads and results; after a crash the next run finds
    it unchanged. `report(done, total)` reports progress, and raises JobStopped if the job was
    canceled or the worker is stopping.
    """

    db: Database
    job: Job
    folder: Path
    now: datetime
    report: Callable[[int, int], None]


Handler = Callable[[JobContext], JobResult]


def folder(settings: Settings, public_id: str) -> Path:
    """Return the job's private folder; create it if it does not exist."""
    files.make_own_folder(settings.home / "jobs")
    return files.make_own_folder(settings.home / "jobs" / public_id)


def write_input(settings: Settings, public_id: str, name: str, content: bytes) -> None:
    """Write an uploaded file into the folder of a job that is about to be queued."""
    files.write(folder(settings, public_id) / name, content)


def run_next(
    db: Database,
    handlers: Mapping[str, Handler],
    settings: Settings,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> bool:
    """Run the oldest queued job to its end; False if there is none. Raises StoreUnavailable."""
    kinds = tuple(handlers)
    with db.reading() as connection:
        if not jobs.has_waiting(connection, kinds=kinds, now=clock()):
            return False
    with db.writing() as connection:
        job = jobs.lease(connection, kinds=kinds, now=clock())
    if job is None:
        return False
    if job.attempts > jobs.MAX_ATTEMPTS:
        with db.writing() as connection:
            jobs.fail(
                connection,
                job.id,
                note="The job crashed its worker several times. Request less at once.",
                now=clock(),
            )
        _log.error("given-up", job=job.id, kind=job.kind)
        return True
    _run(db, handlers[job.kind], job, settings, is_stopping, clock)
    return True


def _run(
    db: Database,
    handler: Handler,
    job: Job,
    settings: Settings,
    is_stopping: Callable[[], bool],
    clock: Callable[[], datetime],
) -> None:
    reporter = _Reporter(db, job, is_stopping, clock)
    work = JobContext(db, job, folder(settings, job.public_id), clock(), reporter)
    try:
        with _LeaseKeeper(job, reporter):
            outcome = handler(work)
    except JobStopped:
        if is_stopping():
            with db.writing() as connection:
                jobs.release(connection, job.id)
        _log.info("stopped", job=job.id, kind=job.kind)
        return
    except StoreUnavailable:
        # The lease expires, and the job runs again.
        raise
    except CampaignError as error:
        _fail(db, job, str(error), clock())
        return
    except Exception as error:  # noqa: BLE001 (one job's fault must not end the worker)
        _log.exception("fault", job=job.id, kind=job.kind)
        sentence = "Something went wrong on our side; see the server's log."
        _fail(db, job, f"{sentence} ({type(error).__name__})", clock())
        return
    with db.writing() as connection:
        jobs.finish(
            connection,
            job.id,
            note=outcome.note,
            files=outcome.files,
            figures=outcome.figures,
            now=clock(),
        )
    _log.info("done", job=job.id, kind=job.kind)


def _fail(db: Database, job: Job, note: str, now: datetime) -> None:
    with db.writing() as connection:
        jobs.fail(connection, job.id, note=note, now=now)
    _log.warning("failed", job=job.id, kind=job.kind)


class _Reporter:
    """Writes a job's progress, at most once a second, and raises JobStopped to end the job."""

    def __init__(
        self,
        db: Database,
        job: Job,
        is_stopping: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._job = job
        self._is_stopping = is_stopping
        self._clock = clock
        self._reported = 0.0
        self.canceled = False
        self.done = 0
        self.total = 0

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        if self.canceled or self._is_stopping():
            raise JobStopped("The job was stopped.")
        if time.monotonic() - self._reported < _REPORT_EVERY_S:
            return
        self.write()
        if self.canceled:
            raise JobStopped("The job was stopped.")

    def write(self) -> None:
        """Write the progress now, and note whether the job was canceled meanwhile."""
        self._reported = time.monotonic()
        with self._db.writing() as connection:
            going_on = jobs.progress(
                connection, self._job.id, done=self.done, total=self.total, now=self._clock()
            )
        self.canceled = not going_on


class _LeaseKeeper:
    """Renews a job's lease while its handler does not report, as in one long compilation."""

    def __init__(self, job: Job, reporter: _Reporter) -> None:
        self._reporter = reporter
        self._job = job
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._ended.wait(jobs.LEASE.total_seconds() / 4):
            try:
                self._reporter.write()
            except StoreUnavailable:
                _log.warning("lease-not-renewed", job=self._job.id)
            except Exception:  # noqa: BLE001 (without it, another worker would take the job too)
                _log.exception("lease-not-renewed", job=self._job.id)


def delete_expired_files(db: Database, settings: Settings, now: datetime) -> int:
    """Delete the folders of expired jobs; return how many.

    Folders without a job (an upload that broke off) are deleted after a day too.
    """
    with db.reading() as connection:
        gone = jobs.expired(connection, now=now)
    for public_id in gone:
        shutil.rmtree(settings.home / "jobs" / public_id, ignore_errors=True)
    if gone:
        with db.writing() as connection:
            jobs.forget_files(connection, gone)
    return len(gone) + _clear_unnamed(db, settings, now)


def _clear_unnamed(db: Database, settings: Settings, now: datetime) -> int:
    root = settings.home / "jobs"
    oldest = now - jobs.KEEP_FILES_FOR
    stale = [
        path
        for path in (root.iterdir() if root.is_dir() else ())
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest
    ]
    if not stale:
        return 0
    with db.reading() as connection:
        unnamed = [path for path in stale if jobs.find(connection, path.name) is None]
    for path in unnamed:
        shutil.rmtree(path, ignore_errors=True)
    return len(unnamed)
