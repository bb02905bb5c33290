"""The database: SQLite by default, PostgreSQL by URL, with one way to read and one to write.

SQLite runs in write-ahead mode with `synchronous=FULL`: committed data survives kill -9 and a power
cut. Threads queue at a lock in the process, and processes at a lock file, because SQLite's own busy
handler retries after growing sleeps, which cost a sign-up half a second at the 99th percentile.
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

#: How long a writer waits for its turn before the visitor is asked to try again, in seconds.
LOCK_TIMEOUT_S = 10.0

# How long a checkpoint waits for readers, in seconds. All writers wait with it.
_CHECKPOINT_TIMEOUT_S = 0.2

# Alembic's own table, which has one row.
_REVISION = sa.table("alembic_version", sa.column("version_num", sa.String))

_MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

# Two Database objects on one file (a web app and a worker in one process) share one lock.
_write_locks: dict[str, threading.Lock] = {}


class _Driver(Protocol):
    """What `sqlite` and `postgres` have in common."""

    DriverError: type[Exception]

    def make_engine(
        self, url: URL, pool_size: int, *, timeout: float, name: str = ""
    ) -> Engine: ...

    def store_error(self, error: Exception) -> CampaignError | None: ...


class Database:
    """One database with its pool of connections. The constructor opens no connection.

    Sites and workers pass `is_serving`: no backup can be restored while one of them runs.
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
            timeout=LOCK_TIMEOUT_S,
            name=serving.APPLICATION if is_serving else "campaign",
        )
        self._serving: ServingLock | None = None
        if is_serving and self._path is not None and self._path.exists():
            self._serving = ServingLock(self._path)
        self._writer = self._engine.execution_options(writing=True)
        self._group_commit = (
            GroupCommit(self.writing, self._translated, timeout=LOCK_TIMEOUT_S)
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
        """Yield a connection for reading.

        On SQLite all statements see one snapshot; on PostgreSQL each statement sees its own. Raises
        StoreUnavailable when the database cannot answer now.
        """
        return self._connected(self._reader)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: committed on exit, rolled back on any exception.

        Keep it short, and never wait for the network inside. Raises StoreUnavailable when the
        database is busy, full or restarting (nothing was written), and StoreConflict when a
        constraint refuses a row.
        """
        with self._turn(), self._connected(self._writer) as connection, _committing(connection):
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Call `work` in a write transaction and return its value once it is committed.

        Like `writing`, for paths with many concurrent writers: on SQLite, calls that arrive
        together share one transaction and one fsync (group commit). An exception rolls back only
        the call that raised it. `work` may run twice, so it must neither commit nor have effects
        outside the database.
        """
        if self._group_commit is not None:
            return self._group_commit.run(work)
        with self.writing() as connection:
            return work(connection)

    @property
    def queued_writes(self) -> int:
        """How many calls of `write` wait for the next shared transaction."""
        return self._group_commit.queued if self._group_commit is not None else 0

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """Like `writing`, but without an fsync: for counters that may be lost in a power cut.

        Rate limits use it. Every process sees a commit at once.
        """
        if self.dialect == "postgresql":
            with self.writing() as connection:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield connection
            return
        if self._counter is None:
            engine = sqlite.make_engine(self.url, 4, timeout=LOCK_TIMEOUT_S, synchronous="NORMAL")
            self._counter = engine.execution_options(writing=True)
        with self._turn(), self._connected(self._counter) as connection, _committing(connection):
            yield connection

    def upgrade(self) -> None:
        """Create the tables, or migrate them to this version. Safe to run twice or concurrently.

        Raises StoreUnavailable, also for tables of a newer version, which are left unchanged.
        """
        self.create_file()
        if (found := self.revision()) > newest_revision():
            raise driver_errors.wrong_version(found, newest_revision())
        alembic_config = self.alembic_config()
        with self.writing() as connection:
            if self.dialect == "postgresql":
                # Any number will do, as long as every upgrade of this product uses the same one.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(907907907)")
            alembic_config.attributes["connection"] = connection
            command.upgrade(alembic_config, "head")

    def create_file(self) -> None:
        """Create SQLite's file, readable by its owner only, if absent. Raises StoreUnavailable."""
        if self._path is not None:
            sqlite.create_private(self._path)

    def alembic_config(self) -> "config.Config":
        """Return Alembic's configuration."""
        alembic_config = config.Config()
        alembic_config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        return alembic_config

    def revision(self) -> str:
        """Return the version of the tables, "" without tables. Raises StoreUnavailable."""
        with self.reading() as connection:
            if not sa.inspect(connection).has_table(_REVISION.name):
                return ""
            return connection.scalar(sa.select(_REVISION.c.version_num)) or ""

    def is_current(self) -> bool:
        """Return whether the tables are those of this version. Raises StoreUnavailable."""
        return self.revision() == newest_revision()

    def require_current(self) -> None:
        """Raise StoreUnavailable, with what to do, unless the tables are those of this version.

        A missing SQLite file is not created.
        """
        has_file = self._path is None or self._path.exists()
        found = self.revision() if has_file else ""
        if found != newest_revision():
            raise driver_errors.wrong_version(found, newest_revision())

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a connection for reading one snapshot, on either database."""
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
    def exclusive_connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a raw SQLite connection while every other writer of this product waits."""
        assert self._path is not None
        self._engine.dispose()
        with (
            self._turn(),
            closing(sqlite3.connect(self._path, timeout=LOCK_TIMEOUT_S)) as connection,
        ):
            yield connection

    @contextmanager
    def exclusive_use(self) -> Iterator[None]:
        """Keep sites and workers off the database, for a restore.

        Raises StoreUnavailable while one runs.
        """
        if self._path is None:
            with self.reading() as connection:
                serving.require_none(connection)
            yield
            return
        self.create_file()
        with serving.lock_exclusively(self._path):
            yield

    def truncate_log(self) -> bool:
        """Empty SQLite's write-ahead log, so that deleted data cannot be read from it.

        Returns False while readers are active: the worker tries again later. Does nothing on
        PostgreSQL, whose deleted rows go with the next VACUUM.
        """
        if self._path is None or not self._path.exists():
            return True
        try:
            with self._turn(), self._translating():
                return sqlite.truncate_log(self._path, timeout=_CHECKPOINT_TIMEOUT_S)
        except StoreUnavailable:
            return False

    def vacuum(self) -> None:
        """Return the space of deleted rows to the disk. On SQLite all writers wait meanwhile.

        Raises StoreUnavailable.
        """
        if self._path is None:
            with self._connected(self._reader) as connection:
                connection.exec_driver_sql("VACUUM signatures, consents, outbox, bounces")
            return
        with self._turn(), self._translating():
            sqlite.vacuum(self._path, timeout=LOCK_TIMEOUT_S)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Close all pooled connections; the next use opens new ones."""
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
        if not self._lock.acquire(timeout=LOCK_TIMEOUT_S):
            raise driver_errors.unavailable()
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
        except (sa.exc.SQLAlchemyError, self._driver.DriverError) as error:
            outcome = self._translated(error)
            if outcome is error:
                raise
            # The driver's message is dropped on purpose: it quotes the row, which names people.
            raise outcome from None

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except self._driver.DriverError as error:
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> Exception:
        """Return the store's error for an error of the driver; any other error unchanged."""
        if isinstance(error, self._driver.DriverError):
            return self._driver.store_error(error) or error
        if isinstance(error, sa.exc.TimeoutError):
            return driver_errors.unavailable()
        if isinstance(error, sa.exc.DBAPIError):
            if error.connection_invalidated:
                return driver_errors.unavailable()
            if isinstance(error.orig, self._driver.DriverError):
                return self._driver.store_error(error.orig) or error.orig
        return error


def newest_revision() -> str:
    """Return the version of the tables that this version needs: the last migration's number.

    Asking Alembic would import every migration, and 10 MB of Alembic, into each web process.
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
