"""Files and folders with people in them: for their owner's eyes alone, whatever the umask says."""

import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put a file down whole, readable by its owner alone; one that was there is replaced.

    What is no plain file, such as a pipe or `/dev/stdout`, is written to. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    handle, half = tempfile.mkstemp(prefix=".half-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(half, target)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def made(path: Path) -> Path:
    """Make a file that only its owner may read, also where it was there before, and return it.

    For a library that writes to a file by its name. Raises OSError.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    path.chmod(0o600)
    return path


def folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for its owner alone, and return it.

    A folder that is there stays as it is: it may be anybody's. Raises OSError.
    """
    for missing in (*reversed(path.parents), path):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)
            missing.chmod(0o700)
    return path


def own_folder(path: Path) -> Path:
    """As `folder`, for one of the installation's own: closed to others, also where it was open."""
    folder(path)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
