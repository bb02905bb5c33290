"""Leases pick no more rows than their limit, whatever plan PostgreSQL chooses.

Each test runs after ANALYZE with one row in the table: the planner then compares row by row and
would run an unmaterialized subquery, which locks rows, once for each.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from campaign.organizing import jobs as export_jobs
from campaign.organizing.jobs import JobContext, JobResult
from campaign.settings import read
from campaign.store import counts, jobs, models, outbox, outbox_leases
from campaign.store.db import leases
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def analyze_with_one_row(database: Database, table: sa.Table, put: Callable[[], object]) -> None:
    """Insert one row and let the planner count it."""
    put()
    with database.writing() as connection:
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def enqueue(database: Database, times: int = 1) -> None:
    with database.writing() as connection:
        for _ in range(times):
            outbox.enqueue(
                connection, "confirm", campaign="section-907", to="ada@example.org", payload={},
                now=NOW,
            )  # fmt: skip


def queue_job(database: Database) -> None:
    with database.writing() as connection:
        jobs.queue(connection, "export", campaign="section-907", actor="user:1", params={}, now=NOW)


def test_the_outbox_leases_no_more_rows_than_the_limit(database: Database) -> None:
    analyze_with_one_row(database, models.outbox, lambda: enqueue(database))
    enqueue(database, 30)

    taken = []
    for _ in range(3):
        with database.writing() as connection:
            taken.append(outbox_leases.lease(connection, now=NOW, limit=2))

    assert [[row.id for row in rows] for rows in taken] == [[1, 2], [3, 4], [5, 6]]


def test_two_workers_lease_two_different_jobs(database: Database) -> None:
    analyze_with_one_row(database, models.jobs, lambda: queue_job(database))
    queue_job(database)

    with database.writing() as connection:
        first = jobs.lease(connection, kinds=["export"], now=NOW)
    with database.writing() as connection:
        second = jobs.lease(connection, kinds=["export"], now=NOW)
        third = jobs.lease(connection, kinds=["export"], now=NOW)

    assert first is not None
    assert second is not None
    assert (first.id, second.id, third) == (1, 2, None)


def test_queued_jobs_run_one_after_another(database: Database, tmp_path: Path) -> None:
    analyze_with_one_row(database, models.jobs, lambda: queue_job(database))
    for _ in range(4):
        queue_job(database)
    settings = replace(
        read({"CAMPAIGN_ENV": "development"}, working_directory=tmp_path), home=tmp_path
    )
    done: list[int] = []

    def handle(work: JobContext) -> JobResult:
        done.append(work.job.id)
        return JobResult()

    while export_jobs.run_next(database, {"export": handle}, settings, clock=lambda: NOW):
        pass

    assert done == [1, 2, 3, 4, 5]


def test_no_more_of_the_journal_is_rolled_up_than_the_limit(database: Database) -> None:
    def append(times: int = 1) -> None:
        with database.writing() as connection:
            for _ in range(times):
                counts.append(
                    connection, "section-907", state="MT", district="MT-2", at=NOW, delta=1
                )

    analyze_with_one_row(database, models.journal, append)
    append(9)

    with database.writing() as connection:
        assert counts.roll_up(connection, limit=4) == 4
        left = connection.scalar(sa.select(sa.func.count()).select_from(models.journal))
        total = counts.total(connection, "section-907")

    assert (left, total) == (6, 10)


def test_no_other_module_of_the_store_skips_locked_rows() -> None:
    folder = Path(leases.__file__).parents[1]

    modules = [
        path.name for path in folder.rglob("*.py") if "skip_locked" in path.read_text("utf-8")
    ]

    assert modules == ["leases.py"]
