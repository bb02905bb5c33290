"""How fast a worker's mail leaves, against the least that the same SMTP server asks for.

`python tests/bench/bench_mail.py [--mails 1500] [--postgres URL]` starts an SMTP server and
`campaign worker`, each in a process of its own, and prints ratios to a bare client that sends
ready-made bytes over as many connections.
"""

import argparse
import os
import secrets
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from campaign import paths
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.settings import Settings, read
from campaign.store.db.engine import Database
from tests.smtp import server as smtp_servers

CONNECTIONS = 8
REPLY_S = 0.025
#: MAIL, RCPT, DATA and the text: what each message costs on an open connection.
REPLIES = 4
SURGE_A_SECOND = 33
SURGE_S = 15


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1500)
    parser.add_argument("--postgres", default="", help="a URL of an empty database")
    asked = parser.parse_args()
    measure_rate("a server that answers at once", 0.0, asked.mails, asked.postgres)
    measure_rate(f"a server of {REPLY_S * 1000:.0f} ms a reply", REPLY_S, 500, asked.postgres)
    measure_surge(asked.postgres)


def measure_rate(what: str, delay_s: float, mails: int, postgres: str) -> None:
    """Messages a second from a queue of `mails`, against a bare client."""
    with smtp_servers.running(delay_s=delay_s) as server:
        bare = bare_rate(server.port, mails)
    with (
        tempfile.TemporaryDirectory() as folder,
        smtp_servers.running(delay_s=delay_s) as server,
    ):
        settings, environ = installation(folder, server.port, postgres)
        with Database(settings.database_url) as db:
            db.upgrade()
            for _ in range(mails):
                sign(db, settings)
        with worker(environ) as pid:
            assert server.wait_for(20, timeout_s=60)
            first, at_first = len(server.arrived), processor_s(pid)
            assert server.wait_for(mails, timeout_s=300), len(server.arrived)
            each_ms = (processor_s(pid) - at_first) / (mails - first) * 1000
        rate = server.rate()
    said = (
        f"mail to {what}: {rate:,.0f}/s, bare client {bare:,.0f}/s, ratio {rate / bare:.2f}, "
        f"{each_ms:.1f} ms of one processor a message"
    )
    if delay_s:
        limit = CONNECTIONS / (REPLIES * delay_s)
        said += f"; {rate / limit:.2f} of {CONNECTIONS} connections / ({REPLIES} x delay)"
    print(said, flush=True)


def measure_surge(postgres: str) -> None:
    """The delay from a sign-up to its mail, while people sign at the pace of a surge."""
    with (
        tempfile.TemporaryDirectory() as folder,
        smtp_servers.running(delay_s=REPLY_S) as server,
    ):
        settings, environ = installation(folder, server.port, postgres)
        signed: dict[str, float] = {}
        with Database(settings.database_url) as db:
            db.upgrade()
            with worker(environ):
                time.sleep(3)
                started = time.monotonic()
                for number in range(SURGE_A_SECOND * SURGE_S):
                    time.sleep(max(0.0, started + number / SURGE_A_SECOND - time.monotonic()))
                    signed[sign(db, settings)] = time.time()
                assert server.wait_for(len(signed), timeout_s=300), len(server.arrived)
        delays = sorted(at - signed[to] for at, to in server.arrived)
    print(
        f"mail of {SURGE_A_SECOND} sign-ups a second at {REPLY_S * 1000:.0f} ms a reply: "
        f"delay p50 {delays[len(delays) // 2]:.2f} s, p99 {delays[int(len(delays) * 0.99)]:.2f} s, "
        f"longest {delays[-1]:.2f} s",
        flush=True,
    )


def bare_rate(port: int, mails: int) -> float:
    """Messages a second of `CONNECTIONS` threads that send the same bytes over and over."""
    content = (
        b"From: petition@example.org\r\nTo: a@example.org\r\n\r\n" + (b"x" * 74 + b"\r\n") * 52
    )
    each = mails // CONNECTIONS

    def run() -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for _ in range(each):
                connection.sendmail("petition@example.org", ["a@example.org"], content)

    threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return each * CONNECTIONS / (time.monotonic() - started)


def installation(folder: str, port: int, postgres: str) -> tuple[Settings, dict[str, str]]:
    """Return the settings of an installation in a folder, and the environment that gives them."""
    environ = {
        "CAMPAIGN_ENV": "development",
        "CAMPAIGN_HOME": folder,
        "BASE_URL": "https://petition.example.org",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "MAIL_FROM": "petition@example.org",
        "MAIL_CONNECTIONS": str(CONNECTIONS),
    }
    if postgres:
        environ["DATABASE_URL"] = postgres
    return read(environ, working_directory=Path(folder)), {**os.environ, **environ}


@contextmanager
def worker(environ: dict[str, str]) -> Iterator[int]:
    """Run `campaign worker` while the block runs, and yield its process."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from campaign.cli import main; main()", "worker"],
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=environ["CAMPAIGN_HOME"],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def processor_s(pid: int) -> float:
    """Return the seconds of processor time that a process has used (Linux, proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sign(db: Database, settings: Settings) -> str:
    """Sign by a new address, and return it."""
    address = f"{secrets.token_hex(8)}@example.org"
    signup = Signup("Ada", "Example", Email.parse(address), "59001", "MT", "MT-2")
    signing.sign(db, _pack(), signup, now=datetime.now(UTC), keyring=settings.keyring)
    return address


def _pack() -> Pack:
    if not _packs:
        loaded = packs.load(paths.data() / "campaigns" / "section-907", datetime.now(UTC).date())
        _packs.append(replace(loaded, opens_on=None, closes_on=None))
    return _packs[0]


_packs: list[Pack] = []


if __name__ == "__main__":
    main()
