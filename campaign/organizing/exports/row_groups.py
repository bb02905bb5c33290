"""Stream Apache Parquet: typed, compressed, in row groups that fit into memory.

The file's metadata has the facts of `file_metadata`.
"""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection

from campaign.organizing.exports import file_metadata
from campaign.organizing.exports.request import ExportRequest, Pieces, Preset
from campaign.store.exports import export

# Signers per row group: a few MB.
_GROUP = 20_000

_TYPES: dict[str, Any] = {
    "flag": pa.bool_(),
    "number": pa.int32(),
    "time": pa.timestamp("ms", tz="UTC"),
}


class _Sink:
    """A write-only file for ParquetWriter; `drain` returns the bytes since its last call."""

    closed = False

    def __init__(self) -> None:
        self._held = bytearray()
        self._written = 0

    def write(self, data: bytes) -> int:
        self._held += data
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def drain(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def pieces(connection: Connection, request: ExportRequest) -> Pieces:
    """Yield the file of a request, one row group at a time."""
    cells = request.preset.cells
    marks = {f"campaign.{name}": value for name, value in file_metadata.facts(request)}
    for one in file_metadata.signed(connection, request.selection.campaign):
        text = "\n\n".join((one.headline, one.standfirst, one.addressees, *one.paragraphs))
        marks[f"campaign.wording.{one.version}"] = text
    schema = pa.schema(
        [pa.field(cell.heading, _TYPES.get(cell.kind, pa.string())) for cell in cells],
        metadata=marks,
    )
    sink = _Sink()
    group: list[tuple[Any, ...]] = []
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for batch in export.rows(connection, cells, request.exported):
            group += batch
            if len(group) >= _GROUP:
                writer.write_table(_table(group, schema, request.preset))
                yield sink.drain(), len(group)
                group = []
        if group:
            writer.write_table(_table(group, schema, request.preset))
            yield sink.drain(), len(group)
    yield sink.drain(), 0


def _table(group: list[tuple[Any, ...]], schema: pa.Schema, preset: Preset) -> pa.Table:
    columns = []
    for cell, column in zip(preset.cells, zip(*group, strict=True), strict=True):
        values: Any = column
        if cell.kind == "flag":
            values = [bool(value) for value in column]
        elif cell.kind == "time":
            values = [datetime.fromisoformat(value) if value else None for value in column]
        columns.append(pa.array(values, type=schema.field(cell.heading).type))
    return pa.Table.from_arrays(columns, schema=schema)
