"""Write files atomically, readable only by their owner unless the caller asks otherwise.

Most files of this program contain personal data, so their mode is 0600 whatever the umask is.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: The modes of a file that only its owner may read, and of one that anyone may.
PRIVATE, PUBLIC = 0o600, 0o644


@contextmanager
def atomic_write(path: Path, *, mode: int = PRIVATE, durable: bool = False) -> Iterator[BinaryIO]:
    """Yield a file to write to; it replaces `path` when the block ends without an error.

    After an error `path` is unchanged and no temporary file remains. With `durable`, the bytes are
    synced to disk before the replacement. A symbolic link keeps pointing to its file. A path that
    is not a regular file, such as a pipe or `/dev/stdout`, is written directly. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    target = path.resolve()
    handle, half = tempfile.mkstemp(prefix=".half-", dir=target.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            if durable:
                sync(file)
        os.chmod(half, mode)
        os.replace(half, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(half)
        raise


def write(path: Path, content: bytes, *, mode: int = PRIVATE, durable: bool = False) -> None:
    """Write a whole file, as `atomic_write` does. Raises OSError."""
    with atomic_write(path, mode=mode, durable=durable) as file:
        file.write(content)


def sync(file: BinaryIO) -> None:
    """Wait until a file's content is on disk (fsync). Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk (fsync, POSIX). Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_folder(path: Path) -> Path:
    """Create a folder and its missing parents with mode 0700, and return it.

    Existing folders keep their modes: they may belong to someone else. Raises OSError.
    """
    for missing in (*reversed(path.parents), path):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)
            missing.chmod(0o700)
    return path


def make_own_folder(path: Path) -> Path:
    """Create a folder of the installation, and set mode 0700 if it was open to others.

    Returns the folder. Raises OSError.
    """
    make_private_folder(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
