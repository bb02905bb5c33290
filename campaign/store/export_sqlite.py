"""Signers as a table from SQLite, which formats each line in SQL.

A million signers took a third of the time that rows through Python's csv module took.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.store.columns import as_text
from campaign.store.selection import BATCH, FORMULA, MAY_BE_MAILED, Cell, Counted, Selection, driver

# Bytes gathered before they are handed on.
_CHUNK = 128 * 1024


def chunks(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[tuple[bytes, int]]:
    """Yield chunks of whole CSV lines with how many rows each holds, formatted in SQL."""
    # One call that formats the whole line takes half the time of putting it together piece by
    # piece, which copies it once for each.
    form = ",".join("%s" for _ in cells)
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


def count(connection: Connection, selection: Selection) -> Counted:
    """Count the signers of a selection."""
    where, values = _where(selection)
    [found] = driver(connection).execute(
        f"SELECT count(*), count(*) FILTER (WHERE {MAY_BE_MAILED})"  # noqa: S608 (no input)
        f" FROM signatures WHERE {where}",
        values,
    )
    return Counted(*found)


def _joined(gathered: Sequence[str]) -> bytes:
    return ("\r\n".join(gathered) + "\r\n").encode("utf-8")


def _batches(
    connection: Connection, values: str, selection: Selection
) -> Iterator[Sequence[tuple[Any, ...]]]:
    where, bound = _where(selection)
    # In the order of rows, so that the first comes at once and nothing is sorted: an index of the
    # campaign would be read for all of it first. Every name is this module's or a Cell's.
    query = f"SELECT {values} FROM signatures NOT INDEXED WHERE {where} ORDER BY id"  # noqa: S608
    own = driver(connection)
    [kept] = own.execute("PRAGMA cache_size").fetchone()
    # A table that is read through once needs no pages kept.
    own.execute("PRAGMA cache_size=-1024").close()
    cursor = own.execute(query, bound)
    try:
        while batch := cursor.fetchmany(BATCH):
            yield batch
    finally:
        cursor.close()
        own.execute(f"PRAGMA cache_size={kept}").close()


def _where(selection: Selection) -> tuple[str, list[Any]]:
    where = selection.fixed_conditions()
    values: list[Any] = []
    for column, operator, value in selection.conditions():
        where.append(f"{column} {operator} ?")
        values.append(as_text(value) if isinstance(value, datetime) else value)
    return " AND ".join(where), values


def _value(cell: Cell) -> str:
    """The value of a cell as it is stored."""
    if cell.kind == "fixed":
        return _literal(cell.words[0])
    if cell.kind == "place":
        comma = "iif(city <> '' AND state <> '', ', ', '')"
        return f"trim(printf('%s%s%s %s', city, {comma}, state, zip))"
    return f'"{cell.source}"'


def _cell(cell: Cell) -> str:
    """The value of a cell as a CSV line has it."""
    value = _value(cell)
    if cell.kind == "flag":
        return f"iif({value}, {_literal(cell.words[0])}, {_literal(cell.words[1])})"
    if cell.kind not in {"text", "place"}:
        return value
    starts = ", ".join(f"char({ord(char)})" for char in FORMULA)
    safe = f"iif(substr(ltrim({value}, ''''), 1, 1) IN ({starts}), '''' || {value}, {value})"
    is_usual = f"{value} NOT GLOB {_ODD_START} AND {value} NOT GLOB {_TO_BE_QUOTED}"
    if cell.most_bytes:
        is_usual += f" AND length({value}) <= {cell.most_bytes // 4}"
        safe = _cut(safe, cell.most_bytes)
    doubled = f"replace(replace({safe}, '\"', '\"\"'), char(10), char(13, 10))"
    whole = f"iif({safe} GLOB {_TO_BE_QUOTED}, '\"' || {doubled} || '\"', {safe})"
    # Two quick looks spare most cells the rest. NULL is written as nothing.
    return f"CASE WHEN {is_usual} THEN {value} ELSE {whole} END"


def _cut(value: str, most: int) -> str:
    size = f"length(CAST(substr({value}, 1, n) AS BLOB))"
    return (
        f"iif(length(CAST({value} AS BLOB)) <= {most}, {value}, (WITH RECURSIVE longer(n) AS"  # noqa: S608
        f" (SELECT {most // 4} UNION ALL SELECT n + 1 FROM longer WHERE n < {most})"
        f" SELECT substr({value}, 1, max(n)) FROM longer WHERE {size} <= {most}))"
    )


def _literal(word: str) -> str:
    doubled = word.replace("'", "''")
    return f"'{doubled}'"


# In a GLOB's brackets a hyphen stands last; these are literals, so that they are read but once.
_ODD_START = _literal("[" + FORMULA.replace("-", "") + "'-]*")
_TO_BE_QUOTED = _literal('*[,"\r\n]*')
