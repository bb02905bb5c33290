"""Paper in the database: whom it looks up by index, and how earlier sheets were carried over."""

import importlib
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, event

from campaign.store import paper
from campaign.store.db.engine import Database


def test_who_signed_online_is_looked_up_by_zip_in_an_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/campaign.db")
    database.upgrade()
    with database.reading() as connection:
        said: list[tuple[str, object]] = []

        @event.listens_for(connection, "before_cursor_execute")
        def _note(
            _c: Connection, _cursor: object, statement: str, given: object, *_: object
        ) -> None:
            said.append((statement, given))

        people = [("59001", "ani petrosyan"), ("59101", "bo li")]
        assert paper.signed_online(connection, "section-907", people) == frozenset()
        statement, given = said[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
        told = " ".join(str(row) for row in plan)
    database.dispose()

    assert "INDEX ix_signatures_online (campaign=? AND zip=? AND name_key=?)" in told


def test_the_name_of_a_sheet_is_carried_from_the_source_to_its_own_column(tmp_path: Path) -> None:
    migration = importlib.import_module("campaign.store.migrations.versions.0012_paper_pages")
    engine = sa.create_engine(f"sqlite:///{tmp_path}/old.db")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE signatures (id INTEGER PRIMARY KEY, campaign TEXT, zip TEXT,"
            " name_key TEXT, status TEXT, source TEXT, origin TEXT)"
        )
        connection.exec_driver_sql(
            "INSERT INTO signatures (source, origin) VALUES ('fair', 'paper'), ('mail', 'online')"
        )
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
        rows = connection.exec_driver_sql("SELECT source, sheet FROM signatures ORDER BY id").all()
    engine.dispose()

    assert [tuple(row) for row in rows] == [("paper", "fair"), ("mail", "")]
