"""The database on SQLite and PostgreSQL: upgrades, transactions, locks and errors."""

import ast
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from campaign.errors import InvalidInput, StoreConflict, StoreUnavailable
from campaign.store import audit, models, outbox
from campaign.store.db import engine, sqlite
from campaign.store.db.engine import Database
from tests import read_once

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def note(connection: sa.Connection, actor: str = "tester") -> None:
    audit.record(connection, "test", actor=actor, now=NOW, details={})


def notes(database: Database) -> list[str]:
    with database.reading() as connection:
        return [record.actor for record in audit.records(connection)]


class TestUpgrading:
    def test_makes_the_tables_of_the_models(self, empty_database_url: str) -> None:
        database = Database(empty_database_url)
        database.upgrade()

        with database.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, models.metadata)
        database.dispose()
        assert differences == []

    def test_upgrading_twice_and_concurrently_is_harmless(self, empty_database_url: str) -> None:
        databases = [Database(empty_database_url) for _ in range(4)]
        errors: list[BaseException] = []

        def run(database: Database) -> None:
            try:
                database.upgrade()
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        threads = [threading.Thread(target=run, args=(database,)) for database in databases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert databases[0].is_current()
        for database in databases:
            database.dispose()

    def test_an_empty_database_names_the_command_to_run(self, empty_database_url: str) -> None:
        database = Database(empty_database_url)

        assert not database.is_current()
        with pytest.raises(StoreUnavailable, match="campaign db upgrade"), database.reading() as c:
            audit.records(c)
        database.dispose()

    def test_only_its_owner_may_read_the_file(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/new/folder/campaign.db")
        database.upgrade()

        for path in (tmp_path / "new" / "folder").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        database.dispose()

    def test_a_folder_that_cannot_be_created_is_reported(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")

        with pytest.raises(StoreUnavailable, match="permissions"):
            Database(f"sqlite:///{tmp_path}/file/campaign.db").upgrade()


class TestWriting:
    def test_an_exception_rolls_the_transaction_back(self, database: Database) -> None:
        def work() -> None:
            with database.writing() as connection:
                note(connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            work()

        assert notes(database) == []

    def test_concurrent_writers_lose_nothing(self, database: Database) -> None:
        def run(name: str) -> None:
            for _ in range(10):
                with database.writing() as connection:
                    note(connection, name)

        threads = [threading.Thread(target=run, args=(str(n),)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with database.reading() as connection:
            assert (
                connection.execute(
                    sa.select(sa.func.count()).select_from(models.audit)
                ).scalar_one()
                == 80
            )

    def test_the_error_of_a_conflict_quotes_no_row(self, database: Database) -> None:
        row = {
            "public_id": "x", "campaign": "c", "status": "pending", "email_key": "ada@example.org",
            "nonce": b"", "created_at": NOW,
        }  # fmt: skip
        with pytest.raises(StoreConflict) as refused, database.writing() as connection:
            connection.execute(sa.insert(models.signatures), [row, row | {"public_id": "y"}])

        assert "ada" not in repr(refused.value) + str(refused.value)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__

    def test_a_naive_time_is_refused(self, database: Database) -> None:
        with pytest.raises(sa.exc.StatementError), database.writing() as connection:
            audit.record(connection, "x", actor="x", now=NOW.replace(tzinfo=None), details={})

    def test_times_come_back_aware_and_in_utc(self, database: Database) -> None:
        with database.writing() as connection:
            note(connection)

        with database.reading() as connection:
            [record] = audit.records(connection)
        assert record.at == NOW
        assert record.at.utcoffset() is not None

    def test_counting_is_visible_at_once_and_rolled_back_on_an_error(
        self, database: Database
    ) -> None:
        with database.counting() as connection:
            note(connection)

        def work() -> None:
            with database.counting() as connection:
                note(connection, "undone")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            work()

        assert notes(database) == ["tester"]


class TestSqlite:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Database:
        made = Database(f"sqlite:///{tmp_path / 'campaign.db'}")
        made.upgrade()
        return made

    def test_sqlite_runs_in_the_mode_that_survives_a_power_cut(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite, "make_engine", read_once.MAKE_SQLITE_ENGINE)
        database = Database(f"sqlite:///{tmp_path / 'campaign.db'}")
        with database.writing() as connection:
            modes = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]

        assert modes == ["wal", 2, 1]
        database.dispose()

    def test_writing_fails_while_another_process_writes_and_works_again_afterwards(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.1)
        database = Database(f"sqlite:///{tmp_path / 'busy.db'}")
        database.upgrade()
        other = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable), database.writing() as connection:
            note(connection)
        other.execute("ROLLBACK")
        other.close()

        with database.writing() as connection:
            note(connection)
        assert notes(database) == ["tester"]
        database.dispose()

    def test_writing_fails_while_another_thread_holds_the_lock(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.1)
        database = Database(f"sqlite:///{tmp_path / 'held.db'}")
        database.upgrade()
        same_file = Database(f"sqlite:///{tmp_path / 'held.db'}")

        with (
            database.writing(),
            pytest.raises(StoreUnavailable),
            same_file.writing(),
        ):
            pass
        database.dispose()
        same_file.dispose()

    def test_a_full_disk_is_reported_and_leaves_nothing_half_written(
        self, database: Database
    ) -> None:
        with database.writing() as connection:
            note(connection, "before")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        database.dispose()

        @sa.event.listens_for(sa.Pool, "connect")
        def bound(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        with pytest.raises(StoreUnavailable), database.writing() as connection:
            note(connection, "x" * 2_000_000)
        assert notes(database) == ["before"]

        sa.event.remove(sa.Pool, "connect", bound)
        database.dispose()
        with database.writing() as connection:
            note(connection, "after")
        assert notes(database) == ["after", "before"]
        database.dispose()

    def test_kill_9_keeps_committed_transactions_whole(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'killed.db'}"
        program = f"""
import sys
from datetime import UTC, datetime
from campaign.store import audit, outbox
from campaign.store.db.engine import Database
database = Database({url!r})
database.upgrade()
now = datetime.now(UTC)
while True:
    with database.writing() as connection:
        audit.record(connection, "cause", actor="x", now=now, details={{}})
        outbox.enqueue(connection, "confirm", campaign="c", to="a@b.c", payload={{}}, now=now)
    print("done", flush=True)
"""
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            promised = 0
            for _line in process.stdout:
                promised += 1
                if promised == 25:
                    os.kill(process.pid, signal.SIGKILL)
                    break
            promised += len(process.stdout.readlines())

        database = Database(url)
        with database.reading() as connection:
            causes = len(audit.records(connection, limit=10_000))
            queued = outbox.queue_status(connection, now=datetime.now(UTC)).queued
        assert causes == queued
        assert promised <= causes <= promised + 1
        database.dispose()

    def test_a_database_in_memory_is_refused(self) -> None:
        for url in ("sqlite://", "sqlite:///:memory:"):
            with pytest.raises(ValueError, match="file"):
                Database(url)


@pytest.mark.postgres
class TestPostgres:
    def test_a_dropped_connection_is_replaced_before_use(self, postgres_tables: str) -> None:
        database = Database(postgres_tables)
        with database.reading() as connection:
            connection.execute(sa.select(1))

        self.drop_connections(postgres_tables)

        with database.reading() as connection:
            assert connection.execute(sa.select(1)).scalar_one() == 1
        database.dispose()

    def test_a_connection_lost_midway_is_reported_and_nothing_is_written(
        self, postgres_tables: str
    ) -> None:
        database = Database(postgres_tables)
        with database.reading() as connection:
            before = len(audit.records(connection, limit=10_000))

        def work() -> None:
            with database.writing() as connection:
                note(connection)
                self.drop_connections(postgres_tables)
                note(connection)

        with pytest.raises(StoreUnavailable):
            work()

        with database.reading() as connection:
            assert len(audit.records(connection, limit=10_000)) == before
        database.dispose()

    def test_an_unreachable_server_is_reported_within_six_seconds(self) -> None:
        database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
        began = time.monotonic()

        with pytest.raises(StoreUnavailable), database.reading():
            pass
        assert time.monotonic() - began < 6

    def drop_connections(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_a_nul_character_causes_no_internal_error(database: Database) -> None:
    asked = sa.select(models.audit.c.id).where(models.audit.c.action == "a\x00b")

    with suppress(InvalidInput), database.reading() as connection:
        assert connection.execute(asked).all() == []


def test_sql_is_written_without_digit_separators() -> None:
    """PostgreSQL understands `907_907` only from version 16 on."""
    found = [
        f"{file}: {node.value}"
        for file in Path(models.__file__).parents[1].rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\bSELECT\b|\bUPDATE\b|\bINSERT\b|\bDELETE\b|\bALTER\b", node.value)
        and re.search(r"(?<![\w'])[0-9]+_[0-9]", node.value)
    ]

    assert found == []
