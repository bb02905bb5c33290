"""A lock file that serializes the writers of several processes (flock(2))."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class ProcessLock:
    """A lock among processes, to be held by one thread of each at a time.

    It only replaces SQLite's busy handler, which retries after ever longer sleeps; SQLite's own
    lock still protects the data. So a lock file that cannot be opened is ignored. The kernel
    releases the lock of a process that dies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._owner = 0

    def __enter__(self) -> None:
        if self._owner != os.getpid():  # a forked child would share its parent's lock
            self._owner = os.getpid()
            try:
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            except OSError:
                self._file = -1
        if self._file >= 0:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file >= 0:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._owner = -1, 0
