"""The database: SQLite by default, PostgreSQL by URL, with one way to read and one to write.

SQLite runs in write-ahead mode with `synchronous=FULL`: what was committed survives kill -9 and a
power cut. Writers queue at a lock inside the process, and processes at a gate, because SQLite's own
waiting backs off in sleeps, which cost a sign-up half a second at the 99th percentile.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url

from campaign.errors import CampaignError, StoreConflict, StoreUnavailable
from campaign.store.crowd import Crowd
from campaign.store.gate import Gate

Dialect = Literal["sqlite", "postgresql"]

T = TypeVar("T")

#: How long a writer waits for its turn before the person is asked to try again, in seconds.
_PATIENCE = 10.0

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# Two Database objects on one file (a web app and a worker in one process) share one lock.
_write_locks: dict[str, threading.Lock] = {}

# Primary result codes that mean "not now": internal lock, busy, locked, out of memory, read-only,
# I/O error, full, cannot open, protocol (https://www.sqlite.org/rescode.html).
_SQLITE_NOT_NOW = frozenset({2, 5, 6, 7, 8, 10, 13, 14, 15})

_TRY_AGAIN = "The database cannot take this now. Nothing was saved. Try again in a minute."
_NO_TABLES = "The database is not set up, or is out of date. Run `campaign db upgrade`."


class Database:
    """One database with its pool of connections. Making one connects to nothing."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.url = parsed
        self.dialect: Dialect = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        self._path: Path | None = None
        self._lock: threading.Lock | None = None
        self._gate: Gate | None = None
        if self.dialect == "sqlite":
            self._path = _file_of(parsed)
            self._engine = _sqlite_engine(parsed, pool_size, synchronous="FULL")
            self._lock = _write_locks.setdefault(str(self._path), threading.Lock())
            self._gate = Gate(self._path.with_name(f"{self._path.name}-gate"))
        else:
            self._engine = _postgres_engine(parsed, pool_size)
        self._writer = self._engine.execution_options(writing=True)
        self._crowd = (
            Crowd(self.writing, _translated, patience=_PATIENCE) if self._lock is not None else None
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
        if self._crowd is not None:
            return self._crowd.run(work)
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
            engine = _sqlite_engine(self.url, 4, synchronous="NORMAL")
            self._counter = engine.execution_options(writing=True)
        with self._turn(), self._connected(self._counter) as connection, _committing(connection):
            yield connection

    def upgrade(self) -> None:
        """Create the tables, or bring them to this version. Safe to run twice, or from two places.

        Raises StoreUnavailable.
        """
        self.create_file()
        config = self.alembic()
        with self.writing() as connection:
            if self.dialect == "postgresql":
                # Any number will do, as long as every upgrade of this product asks for the same.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(907_907_907)")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def create_file(self) -> None:
        """Make SQLite's file, for its owner alone, unless it is there. Raises StoreUnavailable."""
        if self._path is not None:
            _create_private(self._path)

    def alembic(self) -> Config:
        """Return what Alembic has to know of the migrations."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        return config

    def revision(self) -> str:
        """Return the version of the tables, "" where there are none. Raises StoreUnavailable."""
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def is_current(self) -> bool:
        """True when the tables are those of this version. Raises StoreUnavailable."""
        return self.revision() == ScriptDirectory(str(_MIGRATIONS)).get_current_head()

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
        with self._turn(), closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection:
            yield connection

    def dispose(self) -> None:
        """Close every pooled connection; the next use opens new ones."""
        self._engine.dispose()
        if self._counter is not None:
            self._counter.dispose()
        if self._gate is not None:
            self._gate.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        if not self._lock.acquire(timeout=_PATIENCE):
            raise StoreUnavailable(_TRY_AGAIN)
        try:
            with self._gate or nullcontext():
                yield
        finally:
            self._lock.release()

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            _translate(error)
        except (sqlite3.Error, psycopg.Error) as error:
            _translate_driver(error)


@contextmanager
def _committing(connection: Connection) -> Iterator[None]:
    with connection.begin():
        yield


def _translated(error: Exception) -> Exception:
    """Return the outcome that stands for an error of the driver's; any other error is its own."""
    try:
        if isinstance(error, sa.exc.SQLAlchemyError):
            _translate(error)
        if isinstance(error, sqlite3.Error | psycopg.Error):
            _translate_driver(error)
    except CampaignError as outcome:
        return outcome
    except (sa.exc.SQLAlchemyError, sqlite3.Error, psycopg.Error):
        pass  # a fault of ours, told as it is
    return error


def _translate(error: sa.exc.SQLAlchemyError) -> NoReturn:
    """Raise the outcome that the caller can act on.

    The driver's own words are dropped on purpose (`from None`): they quote the row, and so people.
    """
    if isinstance(error, sa.exc.TimeoutError):
        raise StoreUnavailable(_TRY_AGAIN) from None
    if isinstance(error, sa.exc.DBAPIError):
        if error.connection_invalidated:
            raise StoreUnavailable(_TRY_AGAIN) from None
        if isinstance(error.orig, sqlite3.Error | psycopg.Error):
            _translate_driver(error.orig)
    raise error


def _translate_driver(error: sqlite3.Error | psycopg.Error) -> NoReturn:
    if isinstance(error, sqlite3.IntegrityError | psycopg.IntegrityError):
        diagnosis = getattr(error, "diag", None)
        raise StoreConflict(
            "The database refused a row that conflicts with another.",
            constraint=getattr(diagnosis, "constraint_name", None) or "",
        ) from None
    if isinstance(error, psycopg.errors.UndefinedTable) or str(error).startswith("no such table"):
        raise StoreUnavailable(_NO_TABLES) from None
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, psycopg.OperationalError) or (
        code is not None and code & 0xFF in _SQLITE_NOT_NOW
    ):
        raise StoreUnavailable(_TRY_AGAIN) from None
    raise error


def _file_of(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise ValueError("an SQLite database needs a file: threads could not share one in memory")
    return Path(url.database).resolve()


def _create_private(path: Path) -> None:
    """Make the file that only its owner may read; SQLite gives its side files the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        raise StoreUnavailable(
            f"The database file {path} cannot be created. Check the folder's permissions."
        ) from None


def _sqlite_engine(url: URL, pool_size: int, *, synchronous: str) -> Engine:
    engine = sa.create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": _PATIENCE, "isolation_level": None},
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_timeout=_PATIENCE,
        # The connection used last has the pages of the indexes in its cache still.
        pool_use_lifo=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32768",
            # Sign-ups dirty pages all over the indexes: the later these go home, the more of them
            # are the same ones. 8,000 pages are 32 MB, replayed in well under a second.
            "wal_autocheckpoint=8000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver would begin late and deferred: a reader that turns writer can only fail.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": 5,
            "application_name": "campaign",
            "options": f"-c timezone=UTC -c lock_timeout={int(_PATIENCE * 1000)}"
            " -c idle_in_transaction_session_timeout=60000",
        },
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_PATIENCE,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
    )
