"""The program that reads a workbook in a child process (`workbook` runs it).

`python -m campaign.tables.workbook_reader ROWS COLUMNS` reads a workbook of at most that size from
standard input and writes one JSON value per line: lists of rows (`[number, [cell, ...]]`), then an
object that ends the output: `{"notes": [...]}`, `{"refused": sentence}` or `{"fault": where}`.
Output without that object is from a reader that was killed.

The process limits its own resources before it reads a byte. macOS does not enforce the memory
limit; there the guard, the CPU limit and the caller's timeout remain.
"""

import resource
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path

import orjson
import python_calamine

from campaign.errors import TableRefused
from campaign.tables import vocabulary, workbook_guard

#: Address space in bytes; the largest workbook that passes the guard takes 450 MB.
MEMORY = 768 * 1024 * 1024
#: CPU time in seconds; the same workbook takes about a fifth of it.
CPU_SECONDS = 60
_ROWS_A_LINE = 200

Cell = str | float | bool | int | date | datetime | time | timedelta | None
Row = tuple[int, list[str]]


def limit_this_process() -> None:
    """Irrevocably limit this process: memory, CPU time, and no writing of files."""
    # If the machine still runs out of memory, Linux kills this process first.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    for limited, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Fails if a lower limit is set already, or (macOS) if the kernel lacks the limit.
        with suppress(ValueError, OSError):
            resource.setrlimit(limited, (limit, limit))


def read(raw: bytes, *, max_rows: int, max_columns: int) -> tuple[Iterator[Row], list[str]]:
    """Return the rows of the sheet with the table, and notes for people (see `workbook.read`)."""
    checked = workbook_guard.check_and_repack(raw, max_rows=max_rows, max_columns=max_columns)
    try:
        return _table_of(python_calamine.CalamineWorkbook.from_filelike(BytesIO(checked)))
    except (python_calamine.CalamineError, OSError, ValueError):
        raise TableRefused(workbook_guard.UNREADABLE) from None
    except Exception:
        raise
    except BaseException as error:
        # A Rust panic does not derive from Exception.
        if type(error).__name__ == "PanicException":
            raise TableRefused(workbook_guard.UNREADABLE) from None
        raise


def _table_of(book: python_calamine.CalamineWorkbook) -> tuple[Iterator[Row], list[str]]:
    filled: dict[int, str] = {}
    tables: list[int] = []
    for place, name in enumerate(book.sheet_names):
        sheet = book.get_sheet_by_index(place)
        if sheet.start is not None:
            filled[place] = name
            if _is_table(sheet):
                tables.append(place)
    if not filled:
        return iter(()), []
    if len(filled) == 1:
        tables = list(filled)
    if len(tables) != 1:
        raise TableRefused(
            f"The workbook has {len(tables) or len(filled)} sheets with something in them. Keep "
            "one."
        )
    [chosen] = tables
    others = [
        f"“{vocabulary.display_name(name)}”" for place, name in filled.items() if place != chosen
    ]
    notes = [f"Sheets that are not used: {', '.join(others[:10])}."] if others else []
    return _rows(book.get_sheet_by_index(chosen)), notes


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[Row]:
    row, column = sheet.start or (0, 0)
    lead = [""] * column
    for number, cells in enumerate(islice(sheet.iter_rows(), row, None), start=row + 1):
        yield number, [*lead, *map(_text, cells)]


def _is_table(sheet: python_calamine.CalamineSheet) -> bool:
    heading = next((cells for _, cells in _rows(sheet) if any(map(str.strip, cells))), [])
    return sum(map(vocabulary.is_known, heading)) > 1


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell)


def main() -> None:
    """Read a workbook from standard input, and write its rows to standard output."""
    limit_this_process()
    max_rows, max_columns = map(int, sys.argv[1:])
    try:
        rows, notes = read(sys.stdin.buffer.read(), max_rows=max_rows, max_columns=max_columns)
        while some := list(islice(rows, _ROWS_A_LINE)):
            _write(some)
        end: dict[str, object] = {"notes": notes}
    except TableRefused as error:
        end = {"refused": str(error)}
    except MemoryError:
        end = {"refused": workbook_guard.TOO_LARGE}
    except Exception as error:  # noqa: BLE001 (its message may quote a cell, so only its place is said)
        innermost = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(innermost.filename).name}:{innermost.lineno}"
        end = {"fault": f"{type(error).__name__} at {place}"}
    _write(end)


def _write(value: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
