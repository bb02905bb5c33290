"""Signers as a CSV table, formatted in the database, in constant memory.

Both databases return the same bytes: UTF-8, RFC 4180 (CRLF, quotes where needed), times in ISO 8601
UTC. A cell that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV
injection), and so does a cell that starts with one, so that the escape is reversible.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection

from campaign.lazy_import import lazy_import
from campaign.store.exports import sqlite
from campaign.store.exports.query import Cell, Selection, SelectionCount

if TYPE_CHECKING:
    from campaign.store.exports import postgres
else:
    postgres = lazy_import("campaign.store.exports.postgres")


class _Dialect(Protocol):
    """The functions that the modules `sqlite` and `postgres` share."""

    def chunks(
        self, connection: Connection, cells: Sequence[Cell], selection: Selection
    ) -> Iterator[tuple[bytes, int]]: ...

    def batches(
        self, connection: Connection, cells: Sequence[Cell], selection: Selection
    ) -> Iterator[Sequence[tuple[Any, ...]]]: ...

    def count(self, connection: Connection, selection: Selection) -> SelectionCount: ...


def lines(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[tuple[bytes, int]]:
    """Yield chunks of whole CSV lines, each with its number of rows, in the order of signing.

    The heading comes first and counts as no row. All rows are of one moment.
    """
    heading = ",".join(_quoted(cell.heading) for cell in cells)
    yield (heading + "\r\n").encode("utf-8"), 0
    yield from _dialect(connection).chunks(connection, cells, selection)


def rows(
    connection: Connection, cells: Sequence[Cell], selection: Selection
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield batches of rows as values, in the order of signing, all of one moment.

    Texts are as typed, times are ISO 8601 text, and flags are booleans (0 or 1 on SQLite). Unknown
    values are None or "".
    """
    return _dialect(connection).batches(connection, cells, selection)


def count(connection: Connection, selection: Selection) -> SelectionCount:
    """Count the signers of a selection."""
    return _dialect(connection).count(connection, selection)


def _dialect(connection: Connection) -> _Dialect:
    if connection.dialect.name == "sqlite":
        return sqlite
    return postgres


def _quoted(heading: str) -> str:
    doubled = heading.replace('"', '""')
    return f'"{doubled}"' if any(char in heading for char in ',"\r\n') else heading
