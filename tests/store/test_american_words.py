"""An upgrade rewrites the stored British words, and keeps every row, index and constraint."""

import pytest
import sqlalchemy as sa
from alembic import command

from campaign.errors import StoreConflict
from campaign.store.db.engine import Database
from campaign.store.models import metadata

ROWS = (
    "INSERT INTO accounts (id, public_id, email, email_key, name, uniquifier, nonce, created_at)"
    " VALUES (1, 'a', 'ani@example.org', 'ani@example.org', 'Ani', 'u', X'6e', {at})",
    "INSERT INTO grants VALUES (1, 'bridge', 'organiser', {at})",
    "INSERT INTO grants VALUES (1, 'river', 'viewer', {at})",
    "INSERT INTO jobs (public_id, kind, campaign, actor, params, status, result, note, created_at)"
    " VALUES ('j', 'export', 'bridge', 'user:1', '{{}}', 'cancelled', '{{}}', '', {at})",
)


def upgraded(url: str) -> Database:
    database = Database(url, pool_size=2)
    database.create_file()
    config = database.alembic_config()
    at = "'2026-07-01T12:00:00Z'"
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0023")
        for row in ROWS:
            is_sqlite = database.dialect == "sqlite"
            connection.exec_driver_sql(
                row.format(at=at).replace("X'6e'", "X'6e'" if is_sqlite else "'\\x6e'")
            )
    database.upgrade()
    return database


def test_roles_and_states_are_rewritten(empty_database_url: str) -> None:
    database = upgraded(empty_database_url)

    with database.reading() as connection:
        roles = connection.exec_driver_sql("SELECT campaign, role FROM grants ORDER BY campaign")
        states = connection.exec_driver_sql("SELECT public_id, status FROM jobs")

        assert [tuple(row) for row in roles] == [("bridge", "organizer"), ("river", "viewer")]
        assert [tuple(row) for row in states] == [("j", "canceled")]
    database.dispose()


def test_the_tables_are_as_a_new_database_has_them(empty_database_url: str) -> None:
    database = upgraded(empty_database_url)

    with database.reading() as connection:
        found = sa.inspect(connection)
        for name in ("grants", "jobs", "updates"):
            table = metadata.tables[name]
            assert {column["name"] for column in found.get_columns(name)} == set(table.c.keys())
            indexes = {one["name"] for one in found.get_indexes(name)}
            assert {str(one.name) for one in table.indexes} <= indexes
        assert found.get_foreign_keys("grants")[0]["referred_table"] == "accounts"
    with pytest.raises(StoreConflict), database.writing() as connection:
        connection.exec_driver_sql("UPDATE grants SET role = 'organiser'")
    database.dispose()
