"""A database copied into another: every value, on after an interruption, and compared."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Table

from campaign.errors import DatabaseCopyRefused
from campaign.store import audit, database_copy, models
from campaign.store.db.column_types import UtcTime
from campaign.store.db.engine import Database

_ROWS = 7


@pytest.fixture
def target(empty_database_url: str) -> Iterator[Database]:
    """A new, empty database of either kind, whatever kind the source is of."""
    made = Database(empty_database_url)
    made.upgrade()
    yield made
    made.dispose()


def _value(table: Table, column: Column[Any], number: int) -> Any:
    """Return a value that a column may hold: another for each row, with what is hard to copy."""
    for constraint in table.constraints:
        listed = isinstance(constraint, CheckConstraint) and re.fullmatch(
            rf"{column.name} IN \((.*)\)", str(constraint.sqltext)
        )
        if listed:
            allowed = ast.literal_eval(f"[{listed[1]}]")
            return allowed[number % len(allowed)]
    if column.nullable and number == 3:
        return None
    if isinstance(column.type, UtcTime):
        return datetime(2026, 11, 1, 6, number, tzinfo=UTC)
    made: dict[type, Any] = {
        sa.Boolean: bool(number % 2),
        sa.Float: number / 3,
        sa.Integer: number,
        sa.Date: date(2026, 11, number),
        sa.LargeBinary: bytes([0, number, 255]),
        sa.JSON: {"z": [1, None, 2.5], "é": {"n": number}},
        sa.String: f"{column.name} {number} Ճ é ' \\ \n",
    }
    return next(value for kind, value in made.items() if isinstance(column.type, kind))


def fill(db: Database, *, rows: int = _ROWS) -> None:
    """Put rows into every table; ids have gaps."""
    with db.writing() as connection:
        for table in models.metadata.sorted_tables:
            made = [
                {column.name: _value(table, column, number) for column in table.columns}
                for number in range(1, rows + 1)
                if number != 4
            ]
            connection.execute(sa.insert(table), made)


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    with db.reading() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=str
            )
            for table in models.metadata.sorted_tables
        }


def test_every_value_of_every_table_is_the_same(database: Database, target: Database) -> None:
    fill(database)

    digests = database_copy.copy(database, target)

    assert everything(target) == everything(database)
    assert {digest.rows for digest in digests.values()} == {_ROWS - 1}
    assert database_copy.count_rows(target) == (_ROWS - 1) * len(digests)


def test_the_next_row_gets_the_next_number(database: Database, target: Database) -> None:
    fill(database)
    database_copy.copy(database, target)

    with target.writing() as connection:
        audit.record(
            connection,
            "import",
            actor="user:1",
            now=datetime(2026, 11, 2, tzinfo=UTC),
            campaign="x",
            details={},
        )
        highest = connection.execute(sa.select(sa.func.max(models.audit.c.id))).scalar_one()

    assert highest == _ROWS + 1


def test_it_goes_on_where_it_was_interrupted(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_copy, "BATCH", 2)
    fill(database)
    total = database_copy.count_rows(database)
    interruptions = 0
    while database_copy.count_rows(target) + 60 < total:
        seen = 0

        def stop(table: str, rows: int) -> None:
            nonlocal seen
            seen += rows
            if seen >= 30:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            database_copy.copy(database, target, progress=stop)
        interruptions += 1
    assert interruptions > 3

    before = database_copy.count_rows(target)
    copied = 0

    def count(table: str, rows: int) -> None:
        nonlocal copied
        copied += rows

    database_copy.copy(database, target, progress=count)

    assert before + copied == total
    assert everything(target) == everything(database)


def test_a_database_in_use_is_never_mixed_with_another(
    database: Database, target: Database
) -> None:
    fill(database)
    with target.writing() as connection:
        audit.record(
            connection,
            "import",
            actor="user:9",
            now=datetime(2026, 11, 2, tzinfo=UTC),
            campaign="y",
            details={},
        )
    before = everything(target)

    with pytest.raises(DatabaseCopyRefused, match="other rows in the table audit"):
        database_copy.copy(database, target)

    assert everything(target) == before


def test_a_difference_at_the_end_is_said(database: Database, target: Database) -> None:
    fill(database)
    spoilt = False

    def spoil(table: str, rows: int) -> None:
        nonlocal spoilt
        if table == "consents" and not spoilt:
            spoilt = True
            with target.writing() as connection:
                connection.execute(
                    sa.update(models.stances)
                    .where(models.stances.c.id == 2)
                    .values(source="something else")
                )

    with pytest.raises(DatabaseCopyRefused, match="The table stances is not the same"):
        database_copy.copy(database, target, progress=spoil)
