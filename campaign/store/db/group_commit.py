"""Group commit: concurrent writers share one transaction and one fsync.

SQLite has one writer at a time, and most of a write is the fsync at its commit. Writers that arrive
meanwhile queue; the first of them then does the work of the whole queue and commits once. No writer
returns before that commit.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection

from campaign.errors import StoreUnavailable

T = TypeVar("T")

#: The most writes in one transaction: a writer must not wait long for those before it.
_MAX_BATCH = 32


class _Write(Generic[T]):
    """One writer's work and its result."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        # A lock that is released to wake the writer up: an Event costs several times as much.
        self.wakeup = threading.Lock()
        self.wakeup.acquire()
        self.is_done = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.is_done = True


class GroupCommit:
    """The queue of one database's writers in this process.

    `transaction` opens a write transaction that commits on exit; `translated` turns an error of the
    driver into the store's.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        translated: Callable[[Exception], Exception],
        *,
        timeout: float,
    ) -> None:
        self._transaction = transaction
        self._translated = translated
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._waiting: deque[_Write[Any]] = deque()
        self._has_leader = False

    @property
    def queued(self) -> int:
        """How many writers wait for the next transaction."""
        return len(self._waiting)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Call `work` in a transaction, perhaps a shared one; return its value once committed.

        An exception of `work` rolls back only its own writes. Raises StoreUnavailable when its turn
        does not come in time or the transaction is lost: then nothing was saved.
        """
        write = _Write(work)
        with self._mutex:
            self._waiting.append(write)
            leads = not self._has_leader
            self._has_leader = True
        if not leads:
            self._wait(write)
        if not write.is_done:
            self._lead(write)
        if write.error is not None:
            raise write.error
        return cast(T, write.value)

    def _wait(self, write: _Write[Any]) -> None:
        """Wait until the work is done, or until it is this writer's turn to lead."""
        if write.wakeup.acquire(timeout=self._timeout):
            return
        with self._mutex:
            if not write.wakeup.locked():
                return
            if write in self._waiting:
                self._waiting.remove(write)
                write.fail(StoreUnavailable(_NO_TURN))
                return
        write.wakeup.acquire()  # another thread is doing its work and will wake it up

    def _lead(self, own: _Write[Any]) -> None:
        """Do the work of the queue, then make the next waiting writer the leader."""
        with self._mutex:
            batch = [self._waiting.popleft() for _ in range(min(_MAX_BATCH, len(self._waiting)))]
        try:
            self._run_batch(batch)
        except BaseException as error:
            for write in batch:
                write.fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            with self._mutex:
                successor = self._waiting[0] if self._waiting else None
                self._has_leader = successor is not None
                if successor is not None:
                    successor.wakeup.release()
            for write in batch:
                write.is_done = True
                if write is not own:
                    write.wakeup.release()

    def _run_batch(self, batch: list[_Write[Any]]) -> None:
        """Do all writes in one transaction or, if one has to be rolled back, each in its own.

        A write almost never fails halfway, so a savepoint for each would cost more than doing a
        batch twice.
        """
        try:
            with self._transaction() as connection:
                driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
                for write in batch:
                    self._run_one(connection, driver, write)
        except _NeedsRollback:
            for write in batch:
                try:
                    with self._transaction() as connection:
                        write.value, write.error = write.work(connection), None
                except Exception as error:  # noqa: BLE001 (only this writer gets it)
                    write.error = error

    def _run_one(
        self, connection: Connection, driver: sqlite3.Connection, write: _Write[Any]
    ) -> None:
        """Do one writer's work. Its exception stays its own if it has written nothing so far."""
        written = driver.total_changes
        try:
            write.value = write.work(connection)
        except Exception as error:
            if not driver.in_transaction:
                # A full disk, for example, ends the whole transaction.
                raise
            if driver.total_changes != written:
                raise _NeedsRollback from error
            write.error = self._translated(error)


class _NeedsRollback(Exception):
    """A write failed halfway, so the transaction has to be rolled back."""


_NO_TURN = "The database is busy. Nothing was saved. Try again in a minute."
