"""The database: SQLite by default, PostgreSQL by URL, with one way to read and one to write.

SQLite runs in write-ahead mode with `synchronous=FULL`: what was committed survives kill -9 and a
power cut. Writers queue at a lock inside the process, and processes at a gate, because SQLite's own
waiting backs off in sleeps, which cost a sign-up half a second at the 99th percentile.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url

from campaign.errors import CampaignError, StoreUnavailable
from campaign.lazy_import import lazy_import
from campaign.store.db import driver_errors, serving, sqlite
from campaign.store.db.group_commit import GroupCommit
from campaign.store.db.process_lock import ProcessLock
from campaign.store.db.serving import ServingLock

if TYPE_CHECKING:
    from alembic import command, config

    from campaign.store.db import postgres
else:
    command, config = lazy_import("alembic.command"), lazy_import("alembic.config")
    postgres = lazy_import("campaign.store.db.postgres")

Dialect = Literal["sqlite", "postgresql"]

T = TypeVar("T")

#: How long a writer waits for its turn before the person is asked to try again, in seconds.
_LOCK_TIMEOUT_S = 10.0

# How long the write-ahead log waits for its readers, with every writer behind it, in seconds.
_CHECKPOINT_TIMEOUT_S = 0.2

# Alembic's own table, of one row.
_REVISION = sa.table("alembic_version", sa.column("version_num", sa.String))

_MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

# Two Database objects on one file (a web app and a worker in one process) share one lock.
_write_locks: dict[str, threading.Lock] = {}


class _Driver(Protocol):
    """What `sqlite` and `postgres` have in common."""

    Fault: type[Exception]

    def make_engine(
        self, url: URL, pool_size: int, *, timeout: float, name: str = ""
    ) -> Engine: ...

    def outcome(self, error: Exception) -> CampaignError | None: ...


class Database:
    """One database with its pool of connections. Making one connects to nothing.

    One that `is_serving` belongs to a site or a worker: no backup is restored while it runs.
    """

    def __init__(self, url: str, *, pool_size: int = 16, is_serving: bool = False) -> None:
        parsed = make_url(url)
        self.url = parsed
        self.dialect: Dialect = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        self._path: Path | None = None
        self._lock: threading.Lock | None = None
        self._process_lock: ProcessLock | None = None
        if self.dialect == "sqlite":
            self._path = sqlite.file_of(parsed)
            self._lock = _write_locks.setdefault(str(self._path), threading.Lock())
            self._process_lock = ProcessLock(self._path.with_name(f"{self._path.name}-gate"))
        self._driver = _driver_for(self.dialect)
        self._engine = self._driver.make_engine(
            parsed,
            pool_size,
            timeout=_LOCK_TIMEOUT_S,
            name=serving.APPLICATION if is_serving else "campaign",
        )
        self._serving: ServingLock | None = None
        if is_serving and self._path is not None and self._path.exists():
            self._serving = ServingLock(self._path)
        self._writer = self._engine.execution_options(writing=True)
        self._group_commit = (
            GroupCommit(self.writing, self._translated, timeout=_LOCK_TIMEOUT_S)
            if self._lock is not None
            else None
        )
        self._reader = (
            self._engine
            if self.dialect == "sqlite"
            else self._engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._counter: Engine | None = None

    def reading(self) -> AbstractContextManager[Connection]:
        """Yield a connection for questions.

        On SQLite all of them see one moment; on PostgreSQL each statement sees its own. Raises
        StoreUnavailable when the database cannot answer now.
        """
        return self._connected(self._reader)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction: committed on leaving, undone on any error.

        Keep it short, and never wait for the network inside. Raises StoreUnavailable when the
        database is busy, full or restarting (nothing was written), and StoreConflict when a
        constraint refuses.
        """
        with self._turn(), self._connected(self._writer) as connection, _committing(connection):
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a write transaction and return its value once it is committed.

        As `writing`, for what a crowd does at once: on SQLite, works that come together share one
        transaction and one wait for the disk, each undone alone by what it raises. So a work must
        neither commit nor leave anything outside the database behind.
        """
        if self._group_commit is not None:
            return self._group_commit.run(work)
        with self.writing() as connection:
            return work(connection)

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """As `writing`, for counters that a power cut may set back: no wait for the disk.

        The rate limits live here. What is written is seen by every process at once.
        """
        if self.dialect == "postgresql":
            with self.writing() as connection:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield connection
            return
        if self._counter is None:
            engine = sqlite.make_engine(self.url, 4, timeout=_LOCK_TIMEOUT_S, synchronous="NORMAL")
            self._counter = engine.execution_options(writing=True)
        with self._turn(), self._connected(self._counter) as connection, _committing(connection):
            yield connection

    def upgrade(self) -> None:
        """Create the tables, or bring them to this version. Safe to run twice, or from two places.

        Raises StoreUnavailable, also for tables of a newer version: nothing is changed then.
        """
        self.create_file()
        if (found := self.revision()) > newest_revision():
            raise driver_errors.other_version(found, newest_revision())
        told = self.alembic()
        with self.writing() as connection:
            if self.dialect == "postgresql":
                # Any number will do, as long as every upgrade of this product asks for the same.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(907_907_907)")
            told.attributes["connection"] = connection
            command.upgrade(told, "head")

    def create_file(self) -> None:
        """Make SQLite's file, for its owner alone, unless it is there. Raises StoreUnavailable."""
        if self._path is not None:
            sqlite.create_private(self._path)

    def alembic(self) -> "config.Config":
        """Return what Alembic has to know of the migrations."""
        told = config.Config()
        told.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        return told

    def revision(self) -> str:
        """Return the version of the tables, "" where there are none. Raises StoreUnavailable."""
        with self.reading() as connection:
            if not sa.inspect(connection).has_table(_REVISION.name):
                return ""
            return connection.scalar(sa.select(_REVISION.c.version_num)) or ""

    def is_current(self) -> bool:
        """True when the tables are those of this version. Raises StoreUnavailable."""
        return self.revision() == newest_revision()

    def require_current(self) -> None:
        """Raise StoreUnavailable, with what to do, unless the tables are those of this version.

        A file of SQLite's that is not there is not made.
        """
        has_file = self._path is None or self._path.exists()
        found = self.revision() if has_file else ""
        if found != newest_revision():
            raise driver_errors.other_version(found, newest_revision())

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection for questions that all see one moment, on either database."""
        if self.dialect == "sqlite":
            with self.reading() as connection:
                yield connection
            return
        engine = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with self._connected(engine) as connection, _committing(connection):
            yield connection

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """Yield SQLite's own connection while no other writer of this product has its turn."""
        assert self._path is not None
        self._engine.dispose()
        with (
            self._turn(),
            closing(sqlite3.connect(self._path, timeout=_LOCK_TIMEOUT_S)) as connection,
        ):
            yield connection

    @contextmanager
    def not_serving(self) -> Iterator[None]:
        """Replace the database while no site and no worker runs on it.

        Raises StoreUnavailable where one does.
        """
        if self._path is None:
            with self.reading() as connection:
                serving.require_none(connection)
            yield
            return
        self.create_file()
        with serving.not_serving(self._path):
            yield

    def scrub(self) -> bool:
        """Leave nothing that was deleted to be read from SQLite's write-ahead log.

        False where others are at it for now: the worker tries again. On PostgreSQL nothing is done:
        its deleted rows go with the next VACUUM.
        """
        if self._path is None or not self._path.exists():
            return True
        try:
            with self._turn(), self._translating():
                return sqlite.truncate_log(self._path, timeout=_CHECKPOINT_TIMEOUT_S)
        except StoreUnavailable:
            return False

    def shrink(self) -> None:
        """Give the space of deleted rows back: SQLite's file gets smaller, PostgreSQL is vacuumed.

        Others wait for their turn meanwhile. Raises StoreUnavailable.
        """
        if self._path is None:
            with self._connected(self._reader) as connection:
                connection.exec_driver_sql("VACUUM signatures, consents, outbox, bounces")
            return
        with self._turn(), self._translating():
            sqlite.shrink(self._path, timeout=_LOCK_TIMEOUT_S)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Close every pooled connection; the next use opens new ones."""
        self._engine.dispose()
        if self._counter is not None:
            self._counter.dispose()
        if self._process_lock is not None:
            self._process_lock.close()
        if self._serving is not None:
            self._serving.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        if not self._lock.acquire(timeout=_LOCK_TIMEOUT_S):
            raise driver_errors.not_now()
        try:
            with self._process_lock or nullcontext():
                yield
        finally:
            self._lock.release()

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.connect() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, self._driver.Fault) as error:
            outcome = self._translated(error)
            if outcome is error:
                raise
            # The driver's own words are dropped on purpose: they quote the row, and so people.
            raise outcome from None

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except self._driver.Fault as error:
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> Exception:
        """Return the outcome that stands for an error of the driver's; any other is its own."""
        if isinstance(error, self._driver.Fault):
            return self._driver.outcome(error) or error
        if isinstance(error, sa.exc.TimeoutError):
            return driver_errors.not_now()
        if isinstance(error, sa.exc.DBAPIError):
            if error.connection_invalidated:
                return driver_errors.not_now()
            if isinstance(error.orig, self._driver.Fault):
                return self._driver.outcome(error.orig) or error.orig
        return error


def newest_revision() -> str:
    """Return the version of the tables that this version needs: the last migration's number.

    Alembic would tell by importing every migration, and 10 MB of itself, in each web process.
    """
    return max(path.name.partition("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))


def _driver_for(dialect: Dialect) -> _Driver:
    if dialect == "sqlite":
        return sqlite
    return postgres


@contextmanager
def _committing(connection: Connection) -> Iterator[None]:
    with connection.begin():
        yield
