"""`campaign worker`: what waits leaves, what is due is done, and it ends when told to."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from campaign import paths
from campaign.cli import worker as worker_module
from campaign.cli import worker_setup, worker_threads
from campaign.organizing import jobs as working
from campaign.organizing.connect.connections import new_secret
from campaign.organizing.jobs import JobContext, JobResult
from campaign.packs import pack as packs
from campaign.petition import mailed_links, public_counts, signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.settings import Settings, read
from campaign.store import (
    endpoint_log,
    endpoints,
    heartbeats,
    jobs,
    outbox,
    signature_changes,
    signatures,
)
from campaign.store.db import advisory_locks, encryption
from campaign.store.db.engine import Database
from tests.databases import with_tables

NAME = "section-907"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "SMTP_HOST", "SECRET_KEY", "BASE_URL", "MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    return read()


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    database = with_tables(settings.database_url)
    yield database
    database.dispose()


def sign(db: Database, settings: Settings, name: str, now: datetime) -> None:
    pack = packs.load(paths.data() / "campaigns" / NAME, now.date())
    signup = Signup(name, "Example", Email.parse(f"{name}@example.org"), "59001", "MT", "MT-2")
    signing.sign(db, pack, signup, now=now, keyring=settings.keyring)


def mail(settings: Settings) -> list[str]:
    """The texts of the mails in the folder."""
    found = []
    for path in settings.outbox_folder.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append(body.get_content())
    return found


def run_once() -> tuple[int, str]:
    result = CliRunner().invoke(worker_module.worker, ["--once"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_once_sends_what_is_due_with_a_link_that_confirms(db: Database, settings: Settings) -> None:
    now = datetime.now(UTC)
    sign(db, settings, "ada", now - timedelta(seconds=1))

    status, said = run_once()

    assert status == 0
    assert "Sent 1;" in said
    [body] = mail(settings)
    token = body.split("/confirm/")[1].split()[0]
    pack = packs.load(paths.data() / "campaigns" / NAME, now.date())
    confirmed = mailed_links.confirm(db, pack, token, now=now, keyring=settings.keyring)
    assert confirmed.number == 1
    assert "Sent 1;" in run_once()[1]
    assert "/me/" in "".join(mail(settings))


def test_a_disowned_signature_gets_no_mail(db: Database, settings: Settings) -> None:
    sign(db, settings, "ada", datetime.now(UTC) - timedelta(seconds=1))
    with db.writing() as connection:
        [found] = signatures.by_email(connection, "ada@example.org")
        signature_changes.delete(connection, found.id)

    assert "Sent 0;" in run_once()[1]
    assert mail(settings) == []


def test_once_from_a_timer_keeps_one_heartbeat_a_thread(db: Database, settings: Settings) -> None:
    for _ in range(3):
        run_once()

    with db.reading() as connection:
        beats = connection.exec_driver_sql("SELECT thread FROM heartbeats").all()
    assert sorted(row.thread for row in beats) == ["integrations", "jobs", "mail", "tasks"]


def test_once_reminds_purges_and_adds_up(db: Database, settings: Settings) -> None:
    now = datetime.now(UTC)
    sign(db, settings, "old", now - timedelta(days=90))
    sign(db, settings, "late", now - timedelta(hours=30))

    run_once()

    assert any("only reminder" in body for body in mail(settings))
    with db.reading() as connection:
        assert signatures.by_email(connection, "old@example.org") == ()
        assert len(signatures.by_email(connection, "late@example.org")) == 1
    assert public_counts.count(db, NAME) == 0


def test_mail_that_cannot_leave_is_a_failed_job_and_kept(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(db, settings, "ada", datetime.now(UTC) - timedelta(seconds=1))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(taken.getsockname()[1]))
        with pytest.raises(Exception, match="Queued mail is kept"):
            run_once()

    monkeypatch.delenv("SMTP_HOST")
    assert "Sent 1;" in run_once()[1]


def test_a_database_that_is_not_set_up_is_one_sentence(settings: Settings) -> None:
    with pytest.raises(Exception, match="campaign db upgrade"):
        run_once()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_running_worker_sends_and_ends_cleanly_on_a_signal(
    told: signal.Signals, db: Database, settings: Settings
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from campaign.cli import main; main()", "worker"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        sign(db, settings, "ada", datetime.now(UTC) - timedelta(seconds=1))
        wait_until(lambda: len(mail(settings)) == 1)
    finally:
        process.send_signal(told)
        _, logged = process.communicate(timeout=30)

    assert process.returncode == 0
    assert '"event": "stopped"' in logged
    assert "example.org" not in logged
    assert "/confirm/" not in logged


def test_a_failing_periodic_task_does_not_delay_mail(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("campaign.petition.retention.purge", fail)
    sign(db, settings, "ada", datetime.now(UTC) - timedelta(seconds=1))

    assert "Sent 1;" in run_once()[1]


def test_a_slow_system_outside_keeps_no_mail_waiting(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over, stopping = threading.Event(), threading.Event()

    def leased() -> int:
        with db.reading() as connection:
            return outbox.queue_status(connection, now=now).leased

    class Slow:
        def prepare(self, *_: object) -> Callable[[], None]:
            def send() -> None:
                is_over.wait(120)

            return send

        def close(self) -> None:
            """Nothing is held open."""

    real = worker_setup.outside_senders
    monkeypatch.setattr(
        worker_module, "outside_senders", lambda *given: {**real(*given), "webhook": Slow()}
    )
    now = datetime.now(UTC)
    with db.writing() as connection:
        outbox.enqueue(connection, "webhook", campaign=NAME, to="x", payload={}, now=now)
    worker = threading.Thread(target=worker_module.run, args=(settings, stopping))
    worker.start()
    try:
        sign(db, settings, "ada", now)
        wait_until(lambda: bool(mail(settings)) and leased() == 1)
    finally:
        is_over.set()
        stopping.set()
        worker.join()


def test_once_goes_to_endpoints_by_the_rules_of_production(
    db: Database, settings: Settings
) -> None:
    """The composition root's own client refuses this machine, whatever the table says."""
    now = datetime.now(UTC)
    with db.writing() as connection:
        made = endpoints.add(
            connection, "webhook", campaign=NAME, url="https://127.0.0.1/in", shape="flat",
            events=("signature.confirmed",), only_mail=False,
            secret=encryption.seal(new_secret(), settings.keyring), created_by="user:1", now=now,
        )  # fmt: skip
        endpoints.queue_test(connection, made, now=now)

    code, said = run_once()

    assert (code, "1 refused" in said) == (0, True)
    with db.reading() as connection:
        [logged] = endpoint_log.recent(connection, made.id)
    assert "inside a network" in logged.error


def test_on_sqlite_a_job_is_always_free_to_do(db: Database) -> None:
    with (
        advisory_locks.try_exclusive(db, "purge") as first,
        advisory_locks.try_exclusive(db, "purge") as second,
    ):
        assert (first, second) == (True, True)


def wait_until(holds: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_once_does_the_jobs_that_wait_too(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greet(given: JobContext) -> JobResult:
        (given.folder / "hello.txt").write_text("hello")
        return JobResult("Greeted.", ("hello.txt",))

    monkeypatch.setattr(worker_module, "handlers", lambda *_: {"greet": greet})
    with db.writing() as connection:
        job = jobs.queue(
            connection, "greet", campaign=NAME, actor="user:1", params={}, now=datetime.now(UTC)
        )

    status, _ = run_once()

    with db.reading() as connection:
        done = jobs.find(connection, job.public_id)
    assert status == 0
    assert done is not None
    assert done.files == ("hello.txt",)


def test_a_thread_that_trips_does_the_next_job(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = iter([ZeroDivisionError, ZeroDivisionError])
    real, stopping = working.run_next, threading.Event()

    def work_once(*given: Any, **more: Any) -> bool:
        if trip := next(trips, None):
            raise trip
        return real(*given, **more)

    monkeypatch.setattr(worker_threads, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(working, "run_next", work_once)
    monkeypatch.setattr(worker_module, "handlers", lambda *_: {"greet": lambda _: JobResult("Hi.")})
    with db.writing() as connection:
        job = jobs.queue(
            connection, "greet", campaign=NAME, actor="user:1", params={}, now=datetime.now(UTC)
        )

    def is_done() -> bool:
        with db.reading() as connection:
            found = jobs.find(connection, job.public_id)
            turns_of = heartbeats.last_beats(connection, now=datetime.now(UTC))
        assert found is not None
        return found.status == "done" and set(turns_of) == set(heartbeats.THREADS)

    worker = threading.Thread(target=worker_module.run, args=(settings, stopping))
    worker.start()
    try:
        wait_until(is_done)
    finally:
        stopping.set()
        worker.join()
    with db.reading() as connection:
        assert heartbeats.last_beats(connection, now=datetime.now(UTC)) == {}
