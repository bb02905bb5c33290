"""A worker's thread goes on, whatever a turn comes to, and says so in one line."""

import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from campaign import logs
from campaign.cli import worker_threads
from campaign.cli.worker_threads import Heart, Outcome, keep_turning
from campaign.errors import StoreConflict, StoreUnavailable
from campaign.store import heartbeats
from campaign.store.db.engine import Database

FAULTS = (
    RuntimeError("ada@example.org"),
    StoreConflict("twice"),
    StoreUnavailable("The database cannot take this now."),
    SystemExit(3),
    MemoryError(),
)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_threads, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(worker_threads, "MAX_PAUSE_S", 0.002)
    monkeypatch.setattr(worker_threads, "IDLE_S", 0.001)


def turning(done: list[str], stopping: threading.Event) -> Callable[[], Outcome]:
    """Return turns that fail in every way, then work, then end."""
    coming = iter(FAULTS)

    def turn() -> Outcome:
        fault = next(coming, None)
        if fault is not None:
            raise fault
        done.append("turn")
        if len(done) == 3:
            stopping.set()
        return "idle"

    return turn


def test_no_error_ends_a_thread_and_each_is_one_line_without_values(database: Database) -> None:
    out, stopping, done = io.StringIO(), threading.Event(), list[str]()
    logs.configure(stream=out)

    thread = threading.Thread(
        target=keep_turning,
        args=("jobs", lambda: turning(done, stopping), stopping, Heart(database)),
    )
    thread.start()
    thread.join(60)

    assert done == ["turn"] * 3
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        "turn-failed", "turn-failed", "database-unavailable", "turn-failed", "turn-failed",
    ]  # fmt: skip
    assert {line["thread"] for line in lines} == {"jobs"}
    assert "example.org" not in out.getvalue()
    with database.reading() as connection:
        assert set(heartbeats.last_beats(connection, now=datetime.now(UTC))) == {"jobs"}


def test_what_cannot_be_begun_is_begun_again(database: Database) -> None:
    stopping, tries = threading.Event(), list[int]()

    def begin() -> Callable[[], Outcome]:
        tries.append(1)
        if len(tries) < 3:
            raise FileNotFoundError
        stopping.set()
        return lambda: "idle"

    keep_turning("jobs", begin, stopping, Heart(database))

    assert len(tries) == 3


def test_a_turn_that_fails_is_no_turn(database: Database) -> None:
    stopping = threading.Event()

    def turn() -> Outcome:
        stopping.set()
        raise RuntimeError

    keep_turning("mail", lambda: turn, stopping, Heart(database))

    with database.reading() as connection:
        assert heartbeats.last_beats(connection, now=datetime.now(UTC)) == {}
