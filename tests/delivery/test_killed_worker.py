"""Workers that are killed while they send: every message arrives, and a double is recognizable."""

import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from campaign import paths
from campaign.packs import pack as packs
from campaign.petition import signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.settings import Settings, read
from campaign.store import models
from campaign.store.db.engine import Database
from tests.smtp import moods
from tests.smtp.moods import Moods

MAILS = 120
CONNECTIONS = 4
ROOT = Path(__file__).parents[2]


def test_what_was_signed_is_mailed_whenever_workers_are_killed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with moods.serving() as server:
        environ = {
            "CAMPAIGN_ENV": "development",
            "CAMPAIGN_HOME": str(tmp_path),
            "DATABASE_URL": database_url,
            "BASE_URL": "https://petition.example.org",
            "SMTP_URL": f"smtp+plain://127.0.0.1:{server.port}",
            "MAIL_CONNECTIONS": str(CONNECTIONS),
        }
        settings = read(environ, working_directory=tmp_path)
        addresses = [sign(database, settings, number) for number in range(MAILS)]
        for share in (0.2, 0.5):
            kill_after(environ, server, int(MAILS * share))
            end_leases(database)
        with Worker(environ):
            wait_until(lambda: set(server.accepted) == set(addresses) and not waiting(database))

    times = Counter(server.accepted)
    assert set(times) == set(addresses)
    # At most what two kills caught between the server's 250 and the record: half a second of mail.
    assert sum(count - 1 for count in times.values()) < MAILS
    assert max(times.values()) <= 3
    ids = defaultdict(set)
    for text, address in zip(server.texts, server.accepted, strict=True):
        found = re.search(rb"^Message-ID: (\S+)", text, re.M)
        assert found is not None
        ids[address].add(found[1])
    assert {len(each) for each in ids.values()} == {1}


class Worker:
    """A worker that runs until the block ends."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from campaign.cli import main; main()", "worker"],
            env={**os.environ, **environ},
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


def kill_after(environ: dict[str, str], server: Moods, count: int) -> None:
    """Kill a worker once the server has accepted that many messages."""
    with Worker(environ) as worker:
        wait_until(lambda: len(server.accepted) >= count)
        worker.process.kill()


def end_leases(database: Database) -> None:
    """Let the leases of the killed worker end now, not in five minutes."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database.writing() as connection:
        connection.execute(
            sa.update(models.outbox)
            .where(models.outbox.c.status == "leased")
            .values(leased_until=past)
        )


def waiting(database: Database) -> int:
    with database.reading() as connection:
        return int(
            connection.scalar(sa.select(sa.func.count()).where(models.outbox.c.status != "sent"))
            or 0
        )


def sign(database: Database, settings: Settings, number: int) -> str:
    now = datetime.now(UTC)
    pack = packs.load(paths.data() / "campaigns" / "section-907", now.date())
    address = f"ada-{number}@example.org"
    signup = Signup("Ada", "Example", Email.parse(address), "59001", "MT", "MT-2")
    signing.sign(database, pack, signup, now=now, keyring=settings.keyring)
    return address


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
