"""The table in an XLSX workbook as rows of text, read in a process that cannot harm this one.

A hostile workbook may find a way past the guard, and a reader in Rust that runs out of memory ends
its process. So a child process with limits of its own reads the workbook and streams rows back
(see `workbook_reader`). Every workbook goes this way, however small: a bomb is a small file, too.
"""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

import campaign
from campaign import logs
from campaign.errors import TableRefused
from campaign.tables.workbook_guard import MAX_UNPACKED, UNREADABLE

_log = logs.logger("workbook")

#: How a ZIP begins.
MAGIC = b"PK\x03\x04"
# How the workbooks of Excel before 2007 begin, and other old documents of Office.
_OLDER_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")

#: Seconds after which the child is ended. On a machine with time to spare its own limit on
#: processor time comes first.
TIMEOUT_S = 180
#: So many workbooks are read at once by one process; another waits so many seconds for its turn.
MAX_CONCURRENT = 2
WAIT_S = 60
_slots = threading.BoundedSemaphore(MAX_CONCURRENT)
# The longest line that the child writes, and all of its output, in bytes.
_MAX_LINE = _MAX_OUTPUT = 4 * MAX_UNPACKED

_STOPPED = (
    "The workbook takes too much memory or time to read. Save it as CSV UTF-8, or cut it in "
    "several."
)
_BUSY = "Other workbooks are being read just now. Try again in a minute."


@dataclass(frozen=True, repr=False)
class Sheet:
    """The rows of a sheet, each with its number as the spreadsheet shows it; `notes` in words."""

    rows: list[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()


def read(raw: bytes, *, max_rows: int, max_columns: int) -> Sheet:
    """Return the sheet that holds the table: the only one that is filled, or whose heading is ours.

    Whole numbers come without a decimal point, days as 2026-06-15. Raises TableRefused for what is
    no workbook, has several such sheets, or holds more than is read, and where reading it takes
    more memory or time than a table of ours.
    """
    if not _slots.acquire(timeout=WAIT_S):
        raise TableRefused(_BUSY)
    try:
        with _child(max_rows, max_columns) as child:
            ended = threading.Timer(TIMEOUT_S, child.kill)
            ended.start()
            try:
                return _exchange(child, raw)
            finally:
                ended.cancel()
                child.kill()
    finally:
        _slots.release()


def require_no_older_format(raw: bytes) -> None:
    """Raise TableRefused for a workbook of Excel before 2007, which is no table of text."""
    if raw.startswith(_OLDER_FORMAT):
        raise TableRefused(UNREADABLE)


def _child(max_rows: int, max_columns: int) -> "subprocess.Popen[bytes]":
    """Start the reader. It inherits no environment, and so no secret of this process."""
    folders = [str(Path(campaign.__file__).parents[1]), *map(os.path.abspath, sys.path)]
    return subprocess.Popen(
        [
            *(sys.executable, "-S", "-m", "campaign.tables.workbook_reader"),
            *(str(max_rows), str(max_columns)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(folders)},
    )


def _exchange(child: "subprocess.Popen[bytes]", raw: bytes) -> Sheet:
    assert child.stdin is not None
    assert child.stdout is not None
    # The child reads all before it writes anything; one that was stopped reads no more.
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(raw)
    rows: list[tuple[int, list[str]]] = []
    for value in _values(child.stdout):
        if isinstance(value, list):
            rows += ((number, cells) for number, cells in value)
        elif "notes" in value:
            return Sheet(rows, tuple(value["notes"]))
        elif "refused" in value:
            raise TableRefused(value["refused"])
        else:
            _log.error("workbook-fault", fault=value["fault"])
            raise TableRefused(UNREADABLE)
    child.kill()
    _log.warning("workbook-stopped", returncode=child.wait(), bytes=len(raw))
    raise TableRefused(_STOPPED)


def _values(output: IO[bytes]) -> Any:
    """Yield what the child wrote, a value a line, as far as it is whole."""
    left = _MAX_OUTPUT
    while (line := output.readline(left)).endswith(b"\n"):
        left -= len(line)
        yield orjson.loads(line)
