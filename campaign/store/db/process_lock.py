"""Writers of several processes take turns at a lock file, and are woken when their turn comes."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class ProcessLock:
    """A turn among processes, for one thread of each at a time.

    It only replaces SQLite's waiting, which tries again after longer and longer sleeps; what keeps
    the data whole is SQLite's own lock still. So a gate that cannot be opened is left open. The
    turn of a process that dies ends with it (flock(2)).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._owner = 0

    def __enter__(self) -> None:
        if self._owner != os.getpid():  # a forked copy would share its parent's turn
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
        """Close the file; the next turn opens it again."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._owner = -1, 0
