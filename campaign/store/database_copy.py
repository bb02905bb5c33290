"""Copy a whole database into another, of either kind, and prove that both are the same.

Rows are read from one snapshot and written in the order of their ids, some thousands in a
transaction, so that an interrupted copy goes on where it stopped. A table without an id is written
in one transaction. Two tables are the same if they have as many rows and the same digest: the sum
of the SHA-256 of every row, which does not depend on an order that databases sort differently.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Table

from campaign.errors import DatabaseCopyRefused
from campaign.store.db.column_types import as_text
from campaign.store.db.engine import Database
from campaign.store.models import metadata

#: Rows in a transaction.
BATCH = 5_000


@dataclass(frozen=True)
class TableDigest:
    """The number of a table's rows, and the sum of their SHA-256 modulo 2 to the 256."""

    rows: int = 0
    total: int = 0

    def plus(self, row: Row[Any]) -> "TableDigest":
        """Return the digest with one more row."""
        hashed = int.from_bytes(sha256(_canonical(row)).digest())
        return TableDigest(self.rows + 1, (self.total + hashed) % 2**256)


def copy(
    source: Database, target: Database, *, progress: Callable[[str, int], None] | None = None
) -> dict[str, TableDigest]:
    """Copy every row of `source` into `target`, and return {table: digest} of both.

    `progress(table, rows)` is called after each transaction. Both must have the tables of this
    version, and no site or worker may use either (`Database.exclusive_use`). Raises
    DatabaseCopyRefused if `target` holds other rows than an earlier, interrupted copy, or if they
    differ at the end; StoreUnavailable.
    """
    tell = progress or (lambda table, rows: None)
    with source.snapshot() as read:
        begun = {table.name: _require_prefix(table, read, target) for table in _tables()}
        for table in _tables():
            _copy_table(table, read, target, begun[table.name], tell)
        digests = {table.name: _digest(read, sa.select(table)) for table in _tables()}
    with target.snapshot() as connection:
        for table in _tables():
            if _digest(connection, sa.select(table)) != digests[table.name]:
                raise DatabaseCopyRefused(
                    f"The table {table.name} is not the same in both databases. Delete the new "
                    "database, and copy again."
                )
    return digests


def count_rows(db: Database) -> int:
    """Return the number of rows in all tables. Raises StoreUnavailable."""
    with db.reading() as connection:
        return sum(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in _tables()
        )


def _tables() -> Sequence[Table]:
    """Return the tables, each after those that it refers to."""
    return metadata.sorted_tables


def _has_id(table: Table) -> bool:
    return [column.name for column in table.primary_key.columns] == ["id"]


def _require_prefix(table: Table, read: Connection, target: Database) -> TableDigest:
    """Return the digest of an earlier copy's rows. Raises DatabaseCopyRefused for other rows."""
    with target.snapshot() as connection:
        there = _digest(connection, sa.select(table))
        if not there.rows:
            return there
        wanted = sa.select(table)
        if _has_id(table):
            last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
            wanted = wanted.where(table.c.id <= last)
    if _digest(read, wanted) != there:
        raise DatabaseCopyRefused(
            f"The new database already holds other rows in the table {table.name}. Copy into an "
            "empty database."
        )
    return there


def _copy_table(
    table: Table,
    read: Connection,
    target: Database,
    begun: TableDigest,
    tell: Callable[[str, int], None],
) -> None:
    if not _has_id(table):
        if not begun.rows:
            written = 0
            with target.writing() as connection:
                for batch in _batches(read, sa.select(table)):
                    _insert(connection, table, batch)
                    written += len(batch)
            tell(table.name, written)
        return
    with target.reading() as connection:
        last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one() or 0
    query = sa.select(table).where(table.c.id > last).order_by(table.c.id)
    for batch in _batches(read, query):
        with target.writing() as connection:
            _insert(connection, table, batch)
        tell(table.name, len(batch))
    if target.dialect == "postgresql" and table.c.id.identity is not None:
        with target.writing() as connection:
            _set_sequence(connection, table)


def _insert(connection: Connection, table: Table, batch: Sequence[Row[Any]]) -> None:
    connection.execute(sa.insert(table), [dict(row._mapping) for row in batch])


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let the next row get the number after the last one."""
    highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    connection.execute(
        sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None)))
    )


def _batches(connection: Connection, query: sa.Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """Yield rows in batches, never more of them in memory."""
    with connection.execute(query.execution_options(yield_per=BATCH)) as result:
        yield from result.partitions()


def _digest(connection: Connection, query: sa.Select[Any]) -> TableDigest:
    found = TableDigest()
    for batch in _batches(connection, query):
        for row in batch:
            found = found.plus(row)
    return found


def _canonical(row: Row[Any]) -> bytes:
    """Return a row as bytes that are the same from both databases."""
    return json.dumps(tuple(row), default=_plain, sort_keys=True, ensure_ascii=True).encode()


def _plain(value: object) -> str:
    match value:
        case bytes() | memoryview():
            return bytes(value).hex()
        case datetime():
            return as_text(value)
        case date():
            return value.isoformat()
    raise TypeError(type(value).__name__)
