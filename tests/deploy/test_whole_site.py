"""The shipped files as an operator runs them: nginx, two web nodes, two workers, PostgreSQL, Redis.

Everything is on loopback: what compose.yaml runs in containers runs here as processes, with the
settings of .env.example.
"""

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import requests

from tests.cli.running import Running
from tests.deploy import files, proxy
from tests.smtp import moods

PETITION = "/c/section-907/"


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[str]:
    """Run the store of rate limits with the options of compose.yaml; yield its URL."""
    binary = shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        pytest.skip("no redis-server on the path")
    options = files.compose()["services"]["valkey"]["command"][1:]
    process = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *options],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=20)


def command_of(service: str, port: int) -> list[str]:
    """Return what compose.yaml runs for a service, on loopback and on a port of its own."""
    words: list[str] = [
        "127.0.0.1" if word == "0.0.0.0" else word
        for word in files.compose()["services"][service]["command"]
    ]
    return [*words, "--port", str(port), "--workers", "1"] if service == "web" else words


@pytest.mark.postgres
@pytest.mark.usefixtures("needs_nginx")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_people_sign_and_confirm_through_everything_that_is_shipped(
    database_url: str, tmp_path: Path
) -> None:
    ports = proxy.free_ports(3)
    with ExitStack() as stack:
        mail = stack.enter_context(moods.serving())
        redis_url = stack.enter_context(redis_server(tmp_path, ports[2]))
        front = stack.enter_context(proxy.running(tmp_path, ports[:2]))
        environ = {
            **files.example(),
            "CAMPAIGN_HOME": str(tmp_path / "home"),
            "SECRET_KEY": "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
            "BASE_URL": front.address,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "TRUSTED_PROXIES": "1",
            "SMTP_URL": f"smtp+plain://127.0.0.1:{mail.port}",
            "METRICS_TOKEN": "a-token-of-the-tests",
        }
        upgrade = start(stack, tmp_path / "upgrade", command_of("upgrade", 0), environ)
        assert upgrade.process.wait(timeout=60) == 0, upgrade.said
        nodes = [
            start(stack, tmp_path / f"web-{port}", command_of("web", port), environ)
            for port in ports[:2]
        ]
        workers = [
            start(stack, tmp_path / f"worker-{number}", command_of("worker", 0), environ)
            for number in range(2)
        ]
        for node, port in zip(nodes, ports, strict=False):
            node.get(f"http://127.0.0.1:{port}/healthz")
        visitor = requests.Session()
        visitor.verify, visitor.trust_env = front.authority, False

        for number in range(6):
            page = visitor.get(front.address + PETITION, timeout=30)
            assert page.status_code == 200
            assert not page.cookies
            answer = visitor.post(
                front.address + PETITION + "sign",
                {**signer(number), "token": token_in(page.text)},
                timeout=30,
            )
            assert answer.status_code == 200, answer.text
        wait_until(lambda: len(mail.accepted) >= 6)
        # One node ends; the other serves on, and so does one worker.
        assert nodes[0].end() == 0, nodes[0].said
        assert workers[0].end() == 0, workers[0].said
        for text in list(mail.texts):
            link = confirming_link(text)
            page = visitor.get(link, timeout=30)
            answer = visitor.post(link.partition("?")[0], forms(page.text), timeout=30)
            assert answer.status_code == 200
        wait_until(lambda: len(mail.accepted) >= 12)
        metrics = visitor.get(
            f"http://127.0.0.1:{ports[1]}/metrics",
            headers={"Authorization": "Bearer a-token-of-the-tests"},
            timeout=30,
        ).text

    assert re.search(r'campaign_signatures\{campaign="section-907",status="online"\} 6\.0', metrics)
    assert set(Counter(mail.accepted).values()) == {2}  # to confirm, and thanks
    logged = front.log("campaign.log")
    assert PETITION in logged
    assert "/confirm/" not in logged


def start(stack: ExitStack, folder: Path, words: list[str], environ: dict[str, str]) -> Running:
    folder.mkdir()
    running = Running(folder, *words, **environ)
    stack.callback(running.end)
    return running


def signer(number: int) -> dict[str, str]:
    return {
        "first_name": "Ani",
        "last_name": f"Petrosyan{'abcdefgh'[number]}",
        "email": f"ani-{number}@example.org",
        "zip": "59001",
    }


def token_in(page: str) -> str:
    found = re.search(r'name="token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def forms(page: str) -> dict[str, str]:
    """Return the hidden fields of a page with one button."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def confirming_link(content: bytes) -> str:
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"https://\S+/confirm/[A-Za-z0-9_-]+", body.get_content())
    assert found is not None
    return found[0]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
