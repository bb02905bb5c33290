"""Export signers from SQLite, which formats each line in SQL.

A million signers take a third of the time of Python's csv module.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.store.db.column_types import as_text
from campaign.store.exports.query import (
    BATCH,
    MAY_BE_MAILED,
    Cell,
    Selection,
    SelectionCount,
    driver,
)
from campaign.tables.formulas import FORMULA, SEPARATORS, escape

# Characters of one chunk, at least.
_CHUNK = 128 * 1024


def chunks(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[tuple[bytes, int]]:
    """Yield chunks of whole CSV lines with how many rows each holds, formatted in SQL."""
    # One printf of the whole line takes half the time of concatenating it, which copies it for each
    # piece.
    form = ",".join('"%s"' if cell.kind in {"text", "raw"} else "%s" for cell in cells)
    driver(connection).create_function(_ODD_CELL, 3, _odd_cell, deterministic=True)
    line = f"printf('{form}', {', '.join(_cell(cell) for cell in cells)})"
    gathered: list[str] = []
    size = 0
    for batch in _batches(connection, line, selection):
        gathered += [row[0] for row in batch]
        size += sum(map(len, gathered[-len(batch) :]))
        if size >= _CHUNK:
            yield _joined(gathered), len(gathered)
            gathered, size = [], 0
    if gathered:
        yield _joined(gathered), len(gathered)


def batches(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield batches of rows as values."""
    yield from _batches(connection, ", ".join(_value(cell) for cell in cells), selection)


def count(connection: Connection, selection: Selection) -> SelectionCount:
    """Count the signers of a selection."""
    where, values = _where(selection)
    [counted] = driver(connection).execute(
        f"SELECT count(*), count(*) FILTER (WHERE {MAY_BE_MAILED})"  # noqa: S608 (no input)
        f" FROM signatures WHERE {where}",
        values,
    )
    return SelectionCount(*counted)


def _joined(gathered: Sequence[str]) -> bytes:
    return ("\r\n".join(gathered) + "\r\n").encode("utf-8")


def _batches(
    connection: Connection, values: str, selection: Selection
) -> Iterator[Sequence[tuple[Any, ...]]]:
    where, bound = _where(selection)
    # In the order of row ids, so that nothing is sorted and the first row comes at once. An index
    # of the campaign would be read completely first. All names come from this module or a Cell.
    query = f"SELECT {values} FROM signatures NOT INDEXED WHERE {where} ORDER BY id"  # noqa: S608
    raw = driver(connection)
    [kept] = raw.execute("PRAGMA cache_size").fetchone()
    # A table that is read once needs no cached pages.
    raw.execute("PRAGMA cache_size=-1024").close()
    cursor = raw.execute(query, bound)
    try:
        while batch := cursor.fetchmany(BATCH):
            yield batch
    finally:
        cursor.close()
        raw.execute(f"PRAGMA cache_size={kept}").close()


def _where(selection: Selection) -> tuple[str, list[Any]]:
    where = selection.fixed_conditions()
    values: list[Any] = []
    for column, operator, value in selection.conditions():
        where.append(f"{column} {operator} ?")
        values.append(as_text(value) if isinstance(value, datetime) else value)
    return " AND ".join(where), values


def _value(cell: Cell) -> str:
    """Return the SQL of a cell as stored."""
    if cell.kind == "fixed":
        return _literal(cell.words[0])
    return f'"{cell.source}"'


def _cell(cell: Cell) -> str:
    """Return the SQL of a cell as CSV."""
    value = _value(cell)
    if cell.kind == "flag":
        return f"iif({value}, {_literal(cell.words[0])}, {_literal(cell.words[1])})"
    if cell.kind not in {"text", "raw"}:
        return value
    is_usual = f"{value} NOT GLOB {_HAS_ODD}"
    if cell.kind == "text":
        is_usual += f" AND {value} NOT GLOB {_ODD_START}"
    if cell.max_bytes:
        is_usual += f" AND length({value}) <= {cell.max_bytes // 4}"
    odd = f"{_ODD_CELL}({value}, {int(cell.kind == 'text')}, {cell.max_bytes})"
    # One or two quick checks avoid the call for most cells. NULL becomes an empty text.
    return f"CASE WHEN {is_usual} THEN {value} ELSE {odd} END"


def _odd_cell(value: str | None, is_text: int, max_bytes: int) -> str:
    """Return the inside of a quoted cell that needs escaping, cutting or doubled quotes."""
    if value is None:
        return ""
    cell = escape(value) if is_text else value
    if max_bytes:
        cell = cell.encode("utf-8")[:max_bytes].decode("utf-8", "ignore")
    return cell.replace('"', '""').replace("\n", "\r\n")


def _literal(word: str) -> str:
    doubled = word.replace("'", "''")
    return f"'{doubled}'"


# The name under which SQLite calls `_odd_cell`.
_ODD_CELL = "campaign_odd_cell"
# In GLOB brackets, a hyphen comes last. Literals are parsed only once.
_ODD_START = _literal("[" + FORMULA.replace("-", "") + "'-]*")
_HAS_ODD = _literal(f'*["{SEPARATORS}]*')
