"""With REDIS_URL, every web process counts in one real Redis, and its absence keeps nobody out."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import altcha
import pytest
import redis
from sqlalchemy import select

from campaign.cli.doctor.doctor import examine
from campaign.store.models import signatures
from tests.web.copied_campaign import add_campaign
from tests.web.whole_site import PETITION, Site, is_taken, make_site

pytestmark = pytest.mark.redis


class Server:
    """A Redis of the tests' own, on a free port of this machine, that keeps nothing on disk."""

    def __init__(self, binary: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._binary = binary
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                self._binary,
                *("--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def pause(self) -> None:
        """Let it take connections and answer nothing, as a machine that swaps does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def keys(self) -> list[str]:
        with closing(redis.Redis.from_url(self.url)) as client:
            return sorted(key.decode() for key in client.scan_iter())

    def _answers(self) -> bool:
        try:
            with closing(redis.Redis.from_url(self.url, retry=None)) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no redis-server on the path")
        pytest.skip("no redis-server on the path")
    made = Server(binary, tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def sites(tmp_path: Path, server: Server) -> Iterator[tuple[Site, Site]]:
    """Two sites with a database each, so that Redis alone is what they share."""
    for name in ("one", "two"):
        add_campaign(tmp_path / name, "section-907", challenge="true")
    made = tuple(make_site(tmp_path / name, redis_url=server.url) for name in ("one", "two"))
    yield made[0], made[1]
    for each in made:
        each.database.dispose()


def kept(site: Site) -> list[tuple[str, str]]:
    """Status and flags of every signature, in the order of signing."""
    with site.database.reading() as connection:
        rows = connection.execute(
            select(signatures.c.status, signatures.c.flags).order_by(signatures.c.id)
        )
        return [(status, flags) for status, flags in rows]


def answer(site: Site) -> str:
    """Fetch a challenge and solve it."""
    asked = altcha.Challenge.from_dict(site.client.get(PETITION + "challenge").get_json())
    solution = altcha.solve_challenge(asked)
    assert solution is not None
    return altcha.Payload(asked, solution).to_base64()


def test_processes_share_one_limit(sites: tuple[Site, Site]) -> None:
    one, two = sites

    for number in range(4):
        assert is_taken(one.sign(email=f"a{number}@example.org"))
    for number in range(4):
        assert is_taken(two.sign(email=f"b{number}@example.org"))

    assert kept(one) == [("pending", "unchallenged")] * 4
    held = ("held", "unchallenged unchallenged-burst")
    assert kept(two) == [("pending", "unchallenged")] * 2 + [held] * 2


def test_an_answer_counts_once_for_all_processes(sites: tuple[Site, Site]) -> None:
    one, two = sites
    found = answer(one)

    one.sign(altcha=found)
    two.sign(altcha=found)
    two.sign(email="b@example.org", altcha=answer(two))

    assert kept(one) == [("pending", "")]
    assert kept(two) == [("pending", "unchallenged"), ("pending", "")]


def test_redis_holds_no_address_and_forgets_by_itself(
    sites: tuple[Site, Site], server: Server
) -> None:
    sites[0].sign()

    keys = server.keys()
    assert keys
    assert not any("ani" in key or "127.0.0.1" in key or "127.0.0" in key for key in keys)
    with closing(redis.Redis.from_url(server.url)) as client:
        assert all(0 < int(client.ttl(key)) <= 86_400 for key in keys)


def test_a_redis_that_is_down_keeps_nobody_out_or_waiting(
    sites: tuple[Site, Site], server: Server
) -> None:
    one, _ = sites
    one.sign(email="before@example.org")
    typed = one.form()
    server.stop()

    began = time.monotonic()
    for number in range(8):
        data = {**typed, "email": f"a{number}@example.org"}
        assert is_taken(one.client.post(PETITION + "sign", data=data))
    spent = time.monotonic() - began

    assert [status for status, _ in kept(one)] == ["pending"] * 9
    assert spent < 30
    # Back again, it is used again.
    server.start()
    one.sign(email="after@example.org")
    assert server.keys()


def test_a_redis_that_hangs_keeps_nobody_out_or_waiting_long(
    sites: tuple[Site, Site], server: Server
) -> None:
    one, _ = sites
    one.sign(email="before@example.org")
    typed = one.form()

    server.pause()
    try:
        began = time.monotonic()
        response = one.client.post(PETITION + "sign", data=typed)
        spent = time.monotonic() - began
    finally:
        server.resume()

    assert is_taken(response)
    assert [status for status, _ in kept(one)] == ["pending"] * 2
    # A patience of a second, twice at the most, and what a busy machine takes on top.
    assert spent < 15


def test_the_doctor_asks_redis(sites: tuple[Site, Site], server: Server) -> None:
    def limits() -> list[tuple[str, str]]:
        found = examine(sites[0].settings, datetime.now(UTC))
        return [(one.status, one.says) for one in found if one.check == "limits"]

    assert limits() == [("good", "Redis answers.")]
    server.stop()
    [(status, _)] = limits()
    assert status == "fix"
