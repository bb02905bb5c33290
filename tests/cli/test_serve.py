"""`campaign serve` and `campaign demo`: they start, answer, share nothing and end cleanly."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.cli import serve
from campaign.settings import Settings
from campaign.settings import read as read_settings
from tests.cli.running import Running
from tests.databases import with_tables


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path / "home")}
    told = read_settings(environ, working_directory=tmp_path)
    with_tables(told.database_url).dispose()
    return told


@pytest.fixture
def running(settings: Settings, tmp_path: Path, free_port: int) -> Iterator[Running]:
    command = Running(
        tmp_path,
        *("serve", "--port", str(free_port)),
        CAMPAIGN_ENV="development",
        CAMPAIGN_HOME=str(settings.home),
    )
    yield command
    if command.process.poll() is None:
        command.process.kill()
        command.process.wait()


def is_alive(pid: int) -> bool:
    """True while that process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_end(pids: list[int], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, "processes were left behind"
        time.sleep(0.1)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_stopped_and_leaves_nothing_behind(
    told: signal.Signals, running: Running, free_port: int
) -> None:
    assert running.get(f"http://127.0.0.1:{free_port}/healthz") == "ok\n"
    assert "<html" in running.get(f"http://127.0.0.1:{free_port}/c/section-907/")
    children = running.children()

    assert running.end(told) == 0

    assert len(children) >= 2, "a web process and a mail worker"
    wait_for_end(children)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at /proc")
def test_when_one_process_dies_all_end_and_the_exit_says_so(
    running: Running, free_port: int
) -> None:
    running.get(f"http://127.0.0.1:{free_port}/healthz")
    children = running.children()
    mail_worker = next(
        pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()
    )

    os.kill(mail_worker, signal.SIGKILL)

    assert running.process.wait(timeout=60) == 1
    wait_for_end(children)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at /proc")
def test_a_killed_server_takes_its_processes_along(running: Running, free_port: int) -> None:
    """Orphans would keep the port, and write to the database beside the next server."""
    running.get(f"http://127.0.0.1:{free_port}/healthz")
    children = running.children()

    running.process.kill()

    wait_for_end(children)


def test_a_taken_port_is_one_sentence(settings: Settings, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = Running(
            tmp_path,
            *("serve", "--port", str(port)),
            CAMPAIGN_ENV="development",
            CAMPAIGN_HOME=str(settings.home),
        )
        command.process.wait(timeout=60)

    said = command.said
    assert command.end() == 1
    assert f"Port {port}" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_it_refuses_to_start_without_a_database(tmp_path: Path, free_port: int) -> None:
    command = Running(
        tmp_path,
        *("serve", "--port", str(free_port)),
        CAMPAIGN_ENV="development",
        CAMPAIGN_HOME=str(tmp_path / "empty"),
    )
    command.process.wait(timeout=60)

    said = command.said
    assert command.end() == 1
    assert said.startswith("campaign: ")
    assert "campaign db upgrade" in said


def test_production_refuses_to_start_without_a_secret(tmp_path: Path, free_port: int) -> None:
    command = Running(tmp_path, "serve", "--port", str(free_port), CAMPAIGN_HOME=str(tmp_path))
    command.process.wait(timeout=60)

    said = command.said
    assert command.end() == 1
    assert "SECRET_KEY" in said


def test_sqlite_is_served_by_two_processes_and_postgresql_by_up_to_four(tmp_path: Path) -> None:
    def told(**environ: str) -> Settings:
        return read_settings({"CAMPAIGN_ENV": "development", **environ}, working_directory=tmp_path)

    assert serve.default_processes(told()) == min(os.cpu_count() or 1, 2)
    processes = serve.default_processes(told(DATABASE_URL="postgresql://db.example.org/campaign"))
    assert processes == min(os.cpu_count() or 1, 4)
