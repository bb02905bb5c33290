"""`make dev` shows an edit without being started again, and ends at once."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose files may be replaced."""
    for name in ("campaign", "templates", "data"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    (tmp_path / "tests").mkdir()
    shutil.copy2(ROOT / "tests/dev_server.py", tmp_path / "tests")
    return tmp_path


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running(checkout: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with (checkout / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.dev_server", "127.0.0.1", str(port)],
            cwd=checkout,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def wait_for(words: str, address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    page = ""
    while words not in page:
        assert process.poll() is None
        assert time.monotonic() < deadline, words
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                page = answer.read().decode()
        except OSError:
            time.sleep(0.1)


def test_it_shows_edits_of_templates_texts_and_code_and_ends_at_once(
    checkout: Path, port: int, running: subprocess.Popen[bytes]
) -> None:
    site = f"http://127.0.0.1:{port}"
    wait_for("<h1", f"{site}/c/section-907/", running)

    replace(checkout / "templates/petition/show.html", "<h1", "<!-- edited template --><h1")
    text = checkout / "data/campaigns/section-907/petition.md"
    replace(text, "In September 2023", "In an edited text")
    wait_for("edited template", f"{site}/c/section-907/", running)
    wait_for("edited text", f"{site}/c/section-907/", running)

    code = checkout / "campaign/web/site/health.py"
    replace(code, '"ok\\n"', '"edited code\\n" if')
    while "SyntaxError" not in (checkout / "log").read_text():
        assert running.poll() is None
        time.sleep(0.1)
    replace(code, '"edited code\\n" if', '"edited code\\n"')
    wait_for("edited code", f"{site}/healthz", running)

    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(timeout=10) == 0
