"""Writers that share a transaction, and so one wait for the disk (group commit).

On SQLite one writer works at a time, and most of its time is the wait for the disk at the commit.
Whoever comes meanwhile queues; the next in turn does the work of all who wait, and commits once.
Nobody is told "saved" before that commit.
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

#: So many share a transaction at the most: the last of them must not wait long for the first.
_MOST = 32


class _Write(Generic[T]):
    """One writer's work, and what became of it."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        # A bare lock that whoever calls releases: an Event costs several times as much.
        self.called = threading.Lock()
        self.called.acquire()
        self.is_done = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.is_done = True


class GroupCommit:
    """The queue of one database's writers in this process.

    `transaction` opens a write transaction that commits on leaving; `translated` turns a driver's
    error into the store's outcome.
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

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction, perhaps with others, and return its value once committed.

        What `work` raises undoes that work alone. Raises StoreUnavailable when its turn does not
        come in time, or when the transaction is lost: then nothing was saved.
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
        if write.called.acquire(timeout=self._timeout):
            return
        with self._mutex:
            if not write.called.locked():
                return
            if write in self._waiting:
                self._waiting.remove(write)
                write.fail(StoreUnavailable(_NO_TURN))
                return
        write.called.acquire()  # its work is being done by another, who will tell

    def _lead(self, own: _Write[Any]) -> None:
        """Do the work of those who wait, then hand the lead to the next who came."""
        with self._mutex:
            batch = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        try:
            self._serve(batch)
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
                    successor.called.release()
            for write in batch:
                write.is_done = True
                if write is not own:
                    write.called.release()

    def _serve(self, batch: list[_Write[Any]]) -> None:
        """Do all the work in one transaction, or else, where one must be undone, each in its own.

        Works almost never fail once they have written something, so a savepoint for each would cost
        more than doing a few of them twice.
        """
        try:
            with self._transaction() as connection:
                driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
                for write in batch:
                    self._try(connection, driver, write)
        except _MustUndo:
            for write in batch:
                try:
                    with self._transaction() as connection:
                        write.value, write.error = write.work(connection), None
                except Exception as error:  # noqa: BLE001 (whatever it is, it is this writer's alone)
                    write.error = error

    def _try(self, connection: Connection, driver: sqlite3.Connection, write: _Write[Any]) -> None:
        """Do one writer's work. What it raises is its own, if it has written nothing so far."""
        written = driver.total_changes
        try:
            write.value = write.work(connection)
        except Exception as error:
            if not driver.in_transaction:
                # A full disk and the like end the whole transaction, with everybody's work.
                raise
            if driver.total_changes != written:
                raise _MustUndo from error
            write.error = self._translated(error)


class _MustUndo(Exception):
    """A work failed halfway: what it wrote must go, and so the transaction."""


_NO_TURN = "The database is busy. Nothing was saved. Try again in a minute."
