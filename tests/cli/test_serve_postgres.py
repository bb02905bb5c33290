"""`campaign serve` as it runs for a crowd: two web processes, PostgreSQL, mail by a worker."""

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from http.client import HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import orjson
import pytest

from campaign.store import signatures
from campaign.store.db.engine import Database
from tests.cli.running import Running

PETITION = "/c/section-907/"


@pytest.fixture
def environ(tmp_path: Path, database_url: str) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "CAMPAIGN_ENV": "development",
        "CAMPAIGN_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_url,
        "BASE_URL": f"http://127.0.0.1:{port}",
    }


@pytest.fixture
def serving(tmp_path: Path, environ: dict[str, str]) -> Iterator[Running]:
    port = environ["BASE_URL"].rpartition(":")[2]
    command = Running(
        tmp_path, *("serve", "--port", port, "--workers", "2", "--no-worker"), **environ
    )
    command.get(environ["BASE_URL"] + "/healthz")
    yield command
    assert command.end() == 0, command.said


class _Stay(urllib.request.HTTPRedirectHandler):
    """Answers with the redirection itself."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def post(address: str, fields: dict[str, str]) -> int:
    """Post a form, and return the status of the answer."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(address, urlencode(fields).encode(), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def confirming_links(home: Path) -> list[str]:
    found = []
    for file in (home / "outbox").glob("*.eml"):
        body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
        assert body is not None
        found += re.findall(r"http://\S+/confirm/[A-Za-z0-9_-]+(?=\s)", body.get_content())
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_fifty_who_press_at_once_are_one_signature_one_mail_and_one_more_in_the_count(
    serving: Running, environ: dict[str, str], tmp_path: Path
) -> None:
    base = environ["BASE_URL"]
    token = re.search(r'name="token"[^>]*value="([^"]+)"', serving.get(base + PETITION))
    assert token is not None
    typed = {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "email": "ani@example.org",
        "zip": "59001",
        "token": token[1],
    }
    start = threading.Barrier(50)

    def press(address: str, fields: dict[str, str]) -> int:
        start.wait()
        return post(address, fields)

    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: press(base + PETITION + "sign", typed), range(50)))
    assert answers == [200] * 50

    database = Database(environ["DATABASE_URL"], pool_size=1)
    with database.reading() as connection:
        [one] = signatures.by_email(connection, "ani@example.org")
    database.dispose()
    assert one.status == "pending"

    (tmp_path / "home").mkdir(exist_ok=True)
    worker = Running(tmp_path / "home", "worker", "--once", **environ)
    assert worker.process.wait(timeout=60) == 0, worker.said
    links = confirming_links(tmp_path / "home")
    assert len(set(links)) == 1
    assert len(list((tmp_path / "home" / "outbox").glob("*.eml"))) == 1

    with ThreadPoolExecutor(50) as crowd:
        pressed = list(crowd.map(lambda _: press(links[0], {}), range(50)))
    assert set(pressed) <= {200, 303}

    told = orjson.loads(serving.get(f"{base}{PETITION}count.json"))
    # Each process keeps a page for a second or two.
    while told["count"] == 0:
        told = orjson.loads(serving.get(f"{base}{PETITION}count.json"))
    assert told["count"] == 1
