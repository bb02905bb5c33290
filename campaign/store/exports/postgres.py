"""Export signers from PostgreSQL, which streams them with COPY."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from psycopg import sql as pg
from sqlalchemy import Connection

from campaign.store.exports.query import (
    BATCH,
    MAY_BE_MAILED,
    Cell,
    Selection,
    SelectionCount,
    driver,
)
from campaign.store.models import signatures
from campaign.tables.formulas import ESCAPE_AT, FORMULA, SEPARATORS


def chunks(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[tuple[bytes, int]]:
    """Yield chunks of whole CSV lines with how many rows each holds, by COPY."""
    names = [pg.Identifier(f"cell{place}") for place in range(len(cells))]
    typed = [name for name, cell in zip(names, cells, strict=True) if cell.kind in {"text", "raw"}]
    query = pg.SQL(
        "COPY ({select}) TO STDOUT"
        " (FORMAT csv, ENCODING 'UTF8', NULL {absent}, FORCE_QUOTE {typed})"
    ).format(
        select=_select(
            [
                pg.SQL("{} AS {}").format(_cell(cell), name)
                for name, cell in zip(names, cells, strict=True)
            ],
            selection,
        ),
        typed=pg.SQL("({})").format(pg.SQL(", ").join(typed)),
        # COPY quotes empty texts if NULL is written as an empty text. So NULL is written as a
        # character that no text has, and no cell is NULL.
        absent=pg.Literal("\x01"),
    )
    with driver(connection).cursor() as cursor, cursor.copy(query) as copy:
        messages = iter(copy)
        # The server sends one message for each row.
        while batch := list(islice(messages, BATCH)):
            yield b"".join(batch).replace(b"\n", b"\r\n"), len(batch)


def batches(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield batches of rows as values."""
    query = _select([_value(cell) for cell in cells], selection)
    with driver(connection).cursor() as cursor:
        rows = cursor.stream(query)
        try:
            while batch := list(islice(rows, BATCH)):
                yield batch
        finally:
            rows.close()


def count(connection: Connection, selection: Selection) -> SelectionCount:
    """Count the signers of a selection."""
    query = pg.SQL(
        "SELECT count(*), count(*) FILTER (WHERE {mail}) FROM signatures WHERE {where}"
    ).format(mail=pg.SQL(MAY_BE_MAILED), where=_where(selection))
    [counted] = driver(connection).execute(query).fetchall()
    return SelectionCount(*counted)


def _select(values: Sequence[pg.Composable], selection: Selection) -> pg.Composed:
    return pg.SQL("SELECT {values} FROM signatures WHERE {where} ORDER BY id").format(
        values=pg.SQL(", ").join(values), where=_where(selection)
    )


def _where(selection: Selection) -> pg.Composed:
    where: list[pg.Composable] = [pg.SQL(condition) for condition in selection.fixed_conditions()]
    for column, operator, value in selection.conditions():
        where.append(
            pg.SQL("{} {} {}").format(
                pg.Identifier(column),
                pg.SQL(operator),
                pg.Literal(value),
            )
        )
    return pg.SQL(" AND ").join(where)


def _value(cell: Cell) -> pg.Composable:
    """Return the SQL of a cell as stored."""
    if cell.kind == "fixed":
        return pg.Literal(cell.words[0])
    column = pg.Identifier(cell.source)
    if cell.kind == "time":
        # The text of a time is `2026-06-15 12:00:00` (ISO style); to_char takes twice as long.
        return pg.SQL("replace(({} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'").format(column)
    return column


def _cell(cell: Cell) -> pg.Composable:
    """Return the SQL of a cell as COPY writes it."""
    value = _value(cell)
    if cell.kind == "flag":
        return pg.SQL("CASE WHEN {} THEN {} ELSE {} END").format(
            value, pg.Literal(cell.words[0]), pg.Literal(cell.words[1])
        )
    if cell.kind == "number":
        value = pg.SQL("{}::text").format(value)
    if cell.source and signatures.c[cell.source].nullable:
        value = pg.SQL("coalesce({}, '')").format(value)
    if cell.kind == "text":
        # Cheap checks of single characters come before the regular expression.
        value = pg.SQL(
            "CASE WHEN ascii({v}) IN ({codes}) OR translate({v}, {separators}, '') <> {v}"
            " THEN regexp_replace({v}, {at}, {escape}, 'g') ELSE {v} END"
        ).format(
            v=value,
            codes=pg.SQL(", ").join(pg.Literal(ord(char)) for char in FORMULA + "'"),
            separators=pg.Literal(SEPARATORS),
            at=pg.Literal(ESCAPE_AT),
            escape=pg.Literal(r"'\&"),
        )
    if cell.max_bytes:
        value = pg.SQL(
            "CASE WHEN octet_length({v}) <= {most} THEN {v} ELSE (SELECT left({v}, max(n)) FROM"
            " generate_series({least}, {most}) AS n WHERE octet_length(left({v}, n)) <= {most}) END"
        ).format(v=value, most=pg.Literal(cell.max_bytes), least=pg.Literal(cell.max_bytes // 4))
    return value
