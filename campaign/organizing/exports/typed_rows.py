"""Read exports in typed formats, with each value as the CSV export writes it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from campaign.errors import TableRefused
from campaign.lazy_import import lazy_import
from campaign.organizing.exports import extras
from campaign.organizing.exports.generic import GENERIC
from campaign.tables import table, workbook
from campaign.tables.table import TableLimits

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pa = lazy_import("pyarrow")
    pq = lazy_import("pyarrow.parquet")

#: The size of an Excel sheet, within what a workbook may unpack to.
_CAPS = TableLimits(bytes=100 * 1024 * 1024, lines=1_000_000)
_MAX_LINE = 200_000
_KINDS = {cell.heading: cell.kind for cell in GENERIC.cells}

#: The number of a row's line, and its cells by heading.
Row = tuple[int, dict[str, str]]


def json_lines(file: BinaryIO) -> Iterator[Row]:
    """Yield the objects of JSON Lines. Raises TableRefused for a line that is not an object."""
    number = 0
    while line := file.readline(_MAX_LINE):
        number += 1
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            raise TableRefused(f"Line {number:,} is not a JSON object. Export the table again.")
        yield number, {str(heading): _as_text(cell) for heading, cell in value.items()}


def parquet_rows(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows of Parquet.

    Raises TableRefused for an unreadable file, ExtraMissing if pyarrow is not installed.
    """
    extras.PARQUET.require()
    number = 0
    try:
        for batch in pq.ParquetFile(file).iter_batches(batch_size=1_000):
            for row in batch.to_pylist():
                number += 1
                yield number, {heading: _as_text(cell) for heading, cell in row.items()}
    except (pa.ArrowException, OSError):
        raise TableRefused(
            f"The table cannot be read after row {number:,}. Export the table again."
        ) from None


def workbook_rows(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows of the workbook's table. Raises TableRefused."""
    sheet = workbook.read(
        table.read_stream(file, _CAPS), max_rows=_CAPS.lines, max_columns=_CAPS.columns
    )
    rows = iter(sheet.rows)
    _, first = next(rows, (0, []))
    heading = [name.removesuffix(" (UTC)") for name in first]
    for number, cells in rows:
        yield (
            number,
            {name: _typed(name, cell) for name, cell in zip(heading, cells, strict=False)},
        )


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return _moment(cell) if isinstance(cell, datetime) else str(cell)


def _typed(heading: str, cell: str) -> str:
    """Return a workbook's cell as the CSV has it: workbooks have yes/no and times without zone."""
    kind = _KINDS.get(heading)
    if kind == "flag":
        return {"yes": "true", "no": "false"}.get(cell, cell)
    if kind == "time" and cell:
        try:
            return _moment(datetime.fromisoformat(cell))
        except ValueError:
            return cell
    return cell


def _moment(moment: datetime) -> str:
    """Return a time as exports write it, rounded: Excel's day fractions are off by microseconds."""
    known = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{known + timedelta(milliseconds=500):%Y-%m-%dT%H:%M:%SZ}"
