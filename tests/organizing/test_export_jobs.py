"""A large export: made by a worker with progress, the same as any other, and for a day."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign.organizing import jobs as long_work
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import job as export_job
from campaign.organizing.exports.request import ExportRequest
from campaign.settings import Settings, read
from campaign.store import audit, jobs
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies
from campaign.store.exports.query import Selection
from campaign.store.jobs import Job
from tests.organizing.exporting import NOW, add, exported, order


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    told = read(
        {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path)}, working_directory=tmp_path
    )
    return replace(told, home=tmp_path)


def queued(database: Database, settings: Settings, asked: ExportRequest) -> Job:
    public_id = jobs.new_id()
    long_work.write_input(settings, public_id, export_job.INPUT, export_job.request_document(asked))
    with database.writing() as connection:
        return jobs.queue(
            connection,
            export_job.KIND,
            campaign=asked.selection.campaign,
            actor=asked.actor,
            params={"preset": asked.preset.name},
            now=asked.now,
            public_id=public_id,
        )


def done(database: Database, settings: Settings, job: Job) -> Job:
    handlers = {
        export_job.KIND: export_job.handler(lambda name: Origin("petition.example.org", name))
    }
    later = NOW + timedelta(minutes=5)
    assert long_work.run_next(database, handlers, settings, clock=lambda: later)
    with database.reading() as connection:
        found = jobs.find(connection, job.public_id)
    assert found is not None
    return found


def test_a_worker_makes_the_same_file(database: Database, settings: Settings) -> None:
    add(database, *({"mail_opt_in": number % 2 == 0} for number in range(2500)))
    asked = order(
        "mailchimp",
        Selection("section-907", state="RI", since=NOW),
        purpose="The June letter",
        reason="The board asked.",
    )

    job = done(database, settings, queued(database, settings, asked))

    assert (job.status, job.files) == ("done", (asked.file_name,))
    assert (job.done, job.total, job.figures) == (2500, 2500, {"signers": 2500})
    made = (long_work.folder(settings, job.public_id) / asked.file_name).read_bytes()
    assert made == exported(database, asked)
    with database.reading() as connection:
        *_, record = audit.records(connection, action="export")
    assert record.actor == "user:17"
    assert record.details["purpose"] == "The June letter"
    assert record.details["reason"] == "The board asked."
    assert record.details["filter"] == {"state": "RI", "since": "2026-06-15T12:00:00Z"}
    assert record.details["sha256"] in job.note


def test_who_confirmed_before_the_worker_read_is_found_when_erased(
    database: Database, settings: Settings
) -> None:
    """Between asking and reading people go on signing: they are in the file too."""
    late = NOW + timedelta(minutes=4)
    add(database, {"confirmed_at": late})

    job = done(database, settings, queued(database, settings, order()))

    assert job.figures == {"signers": 1}
    with database.reading() as connection:
        [record] = stale_copies.may_contain(connection, [("section-907", late)])
    assert record.details["sha256"] in job.note


def test_typed_words_are_not_in_the_jobs_row(database: Database, settings: Settings) -> None:
    add(database, {})

    job = queued(database, settings, order(purpose="The June letter"))

    assert dict(job.params) == {"preset": "generic"}
