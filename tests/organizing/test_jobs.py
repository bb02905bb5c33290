"""Long work is done once, can be watched, stopped and taken up again, and leaves nothing behind."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.errors import InvalidInput
from campaign.organizing import jobs as work
from campaign.organizing.jobs import Handler, JobContext, JobResult
from campaign.settings import Settings, read
from campaign.store import jobs
from campaign.store.db.engine import Database
from campaign.store.jobs import Job

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    told = read(
        {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path)}, working_directory=tmp_path
    )
    return replace(told, home=tmp_path)


def queued(db: Database, kind: str = "letters", **params: object) -> Job:
    with db.writing() as connection:
        return jobs.queue(
            connection, kind, campaign="section-907", actor="user:1", params=params, now=NOW
        )


def found(db: Database, job: Job) -> Job:
    with db.reading() as connection:
        again = jobs.find(connection, job.public_id)
    assert again is not None
    return again


def do(
    db: Database,
    settings: Settings,
    handler: Handler,
    *,
    now: datetime = NOW,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:
    return work.run_next(
        db, {"letters": handler}, settings, is_stopping=is_stopping, clock=lambda: now
    )


def write_a_file(given: JobContext) -> JobResult:
    (given.folder / "letters.pdf").write_bytes(b"%PDF")
    given.report(1, 1)
    return JobResult("One letter.", ("letters.pdf",), {"letters": 1})


def test_a_job_runs_once_and_reports_its_result(database: Database, settings: Settings) -> None:
    job = queued(database, points=["law"])

    first = do(database, settings, write_a_file)
    second = do(database, settings, write_a_file)

    done = found(database, job)
    assert (first, second) == (True, False)
    assert (done.status, done.note, done.files) == ("done", "One letter.", ("letters.pdf",))
    assert done.figures == {"letters": 1}
    assert done.expires_at == NOW + jobs.KEEP_FILES_FOR


def test_the_folder_of_a_job_is_private(database: Database, settings: Settings) -> None:
    job = queued(database)
    work.write_input(settings, job.public_id, "people.csv", b"name\r\n")

    path = work.folder(settings, job.public_id)

    assert os.stat(path).st_mode & 0o777 == 0o700
    assert os.stat(path / "people.csv").st_mode & 0o777 == 0o600


def test_a_worker_leaves_jobs_of_unknown_kinds_alone(
    database: Database, settings: Settings
) -> None:
    job = queued(database, kind="packet")

    worked = do(database, settings, write_a_file)

    assert not worked
    assert found(database, job).status == "queued"


def test_an_expected_error_is_shown_with_its_message(
    database: Database, settings: Settings
) -> None:
    def refuse(_: JobContext) -> JobResult:
        raise InvalidInput("The table has no column for the ZIP.")

    job = queued(database)

    do(database, settings, refuse)

    failed = found(database, job)
    assert (failed.status, failed.note) == ("failed", "The table has no column for the ZIP.")


def test_an_unexpected_error_fails_the_job_without_its_message(
    database: Database, settings: Settings
) -> None:
    def break_down(_: JobContext) -> JobResult:
        raise RuntimeError("Ani Petrosyan, ani@example.org")

    job = queued(database)

    do(database, settings, break_down)

    failed = found(database, job)
    assert failed.status == "failed"
    assert "Ani" not in failed.note


def test_a_canceled_job_stops_at_its_next_report(database: Database, settings: Settings) -> None:
    job = queued(database)

    def canceled_midway(given: JobContext) -> JobResult:
        with database.writing() as connection:
            jobs.cancel(connection, job.public_id, now=NOW)
        given.report(1, 2)
        raise AssertionError("it went on")

    do(database, settings, canceled_midway)

    assert found(database, job).status == "canceled"


def test_a_stopping_worker_returns_its_job(database: Database, settings: Settings) -> None:
    job = queued(database)

    def told_to_stop(given: JobContext) -> JobResult:
        given.report(1, 2)
        raise AssertionError("it went on")

    do(database, settings, told_to_stop, is_stopping=lambda: True)

    back = found(database, job)
    assert (back.status, back.attempts) == ("queued", 0)


def test_an_abandoned_job_is_retried_a_few_times(database: Database, settings: Settings) -> None:
    job = queued(database)
    taken = []
    for hours in range(jobs.MAX_ATTEMPTS):
        with database.writing() as connection:
            taken.append(
                jobs.lease(connection, kinds=["letters"], now=NOW + timedelta(hours=hours))
            )

    with database.writing() as connection:
        early = jobs.lease(connection, kinds=["letters"], now=NOW + timedelta(hours=2, seconds=5))
    do(database, settings, write_a_file, now=NOW + timedelta(hours=9))

    assert [one.id for one in taken if one] == [job.id] * jobs.MAX_ATTEMPTS
    assert early is None
    assert found(database, job).status == "failed"


def test_the_files_of_a_job_are_deleted_a_day_after_its_end(
    database: Database, settings: Settings
) -> None:
    job = queued(database)
    do(database, settings, write_a_file)
    path = work.folder(settings, job.public_id)

    early = work.delete_expired_files(database, settings, NOW + timedelta(hours=23))
    there = (path / "letters.pdf").exists()
    late = work.delete_expired_files(database, settings, NOW + timedelta(hours=25))

    assert (early, there, late) == (0, True, 1)
    assert not path.exists()
    assert found(database, job).files == ()
    assert found(database, job).figures == {"letters": 1}


def test_files_made_while_a_signer_was_erased_are_not_kept(
    database: Database, settings: Settings
) -> None:
    job = queued(database)

    def erased_meanwhile(given: JobContext) -> JobResult:
        with database.writing() as connection:
            jobs.expire_files(connection, ["section-907"], now=NOW)
        early = work.delete_expired_files(database, settings, NOW)
        assert (early, given.folder.is_dir()) == (0, True)
        return write_a_file(given)

    do(database, settings, erased_meanwhile)
    done = found(database, job)
    cleared = work.delete_expired_files(database, settings, NOW)

    assert done.status == "done"
    assert "A signer was erased while this job ran" in done.note
    assert done.as_of(NOW).files == ()
    assert cleared == 1
    assert not (work.folder(settings, job.public_id) / "letters.pdf").exists()


def test_a_folder_without_a_job_is_deleted_after_a_day(
    database: Database, settings: Settings
) -> None:
    path = work.folder(settings, "never-queued")
    yesterday = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(path, (yesterday, yesterday))

    cleared = work.delete_expired_files(database, settings, datetime.now(UTC))

    assert cleared == 1
    assert not path.exists()


def test_only_the_jobs_of_that_actor_are_listed(database: Database) -> None:
    job = queued(database)

    with database.reading() as connection:
        own = jobs.of_actor(connection, "user:1", "section-907")
        others = jobs.of_actor(connection, "user:2")

    assert [one.id for one in own] == [job.id]
    assert others == ()
