"""Files that appear whole or not at all, closed to other accounts of the machine unless asked.

Most of what this program writes names people, so files are made for their owner only (mode 0600),
whatever the umask is.
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
    """Give a file to write to, which takes the place of `path` when the block ends without error.

    After an error `path` is as before and nothing is left beside it. With `durable`, the bytes are
    on the disk first. A link keeps pointing to its file. What is no plain file, such as a pipe or
    `/dev/stdout`, is written to directly. Raises OSError.
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
    """Wait until what was written to a file is on the disk. Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk (fsync, POSIX). Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for its owner only, and return it.

    A folder that is there already stays as it is: it may belong to someone else. Raises OSError.
    """
    for missing in (*reversed(path.parents), path):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)
            missing.chmod(0o700)
    return path


def make_own_folder(path: Path) -> Path:
    """Make a folder of the installation itself, and close it to others if it was open to them."""
    make_private_folder(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
