"""Read the table in an XLSX workbook in a sandboxed child process.

A hostile workbook may get past the guard, and the Rust reader aborts its process when memory runs
out. So a child process with resource limits reads the workbook and streams rows back
(`workbook_reader`). Even small workbooks go this way, because a zip bomb is small.
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

#: The first bytes of a ZIP.
MAGIC = b"PK\x03\x04"
# The first bytes of Office documents before 2007.
_OLDER_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")

#: Seconds after which the child is killed. On an idle machine its own CPU limit comes first.
TIMEOUT_S = 180
#: How many workbooks a process reads at once, and how many seconds another waits for a slot.
MAX_CONCURRENT = 2
WAIT_S = 60
_slots = threading.BoundedSemaphore(MAX_CONCURRENT)
# Limits on the child's output in bytes: its longest line, and the total.
_MAX_LINE = _MAX_OUTPUT = 4 * MAX_UNPACKED

_STOPPED = (
    "The workbook takes too much memory or time to read. Save it as CSV UTF-8, or cut it in "
    "several."
)
_BUSY = "Other workbooks are being read just now. Try again in a minute."


@dataclass(frozen=True, repr=False)
class Sheet:
    """The rows of a sheet, each with its number in the spreadsheet; `notes` for people."""

    rows: list[tuple[int, list[str]]]
    notes: tuple[str, ...] = ()


def read(raw: bytes, *, max_rows: int, max_columns: int) -> Sheet:
    """Return the sheet with the table: the only filled one, or the only one with known headings.

    Whole numbers come without a decimal point, days as 2026-06-15. Raises TableRefused if it is not
    a workbook, has several such sheets, is too large, or takes too much memory or time.
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
    """Raise TableRefused for a workbook of Excel before 2007."""
    if raw.startswith(_OLDER_FORMAT):
        raise TableRefused(UNREADABLE)


def _child(max_rows: int, max_columns: int) -> "subprocess.Popen[bytes]":
    """Start the reader with an empty environment, so that it inherits no secrets."""
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
    # The child reads all its input before it writes. If it was killed, the pipe breaks.
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
    """Yield the JSON values that the child wrote, one per complete line."""
    left = _MAX_OUTPUT
    while (line := output.readline(left)).endswith(b"\n"):
        left -= len(line)
        yield orjson.loads(line)
