"""What signing costs, against the least that the same database asks for.

`python tests/bench/bench_store.py [--rows 100000] [--postgres URL]` prints ratios. Signing is
measured against one bare committed Core insert; with `--rows` signatures in the database already
(`--rows 1000000` for the promise that a million cost no more than a thousand).
"""

import argparse
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import sqlalchemy as sa

from campaign import paths
from campaign.keys import Keyring
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import public_counts, signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.store import models
from campaign.store.db.engine import Database

KEYRING = Keyring("a-secret-for-benchmarks-that-is-long-enough")
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
THREADS = 4

bare = sa.Table(
    "bench_bare",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String),
    sa.Column("email", sa.String),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--postgres", help="a URL; its database gets the tables and the rows")
    asked = parser.parse_args()
    pack = replace(
        packs.load(packs.find("section-907", [paths.data() / "campaigns"]), date(2026, 6, 15)),
        opens_on=None,
        closes_on=None,
    )
    with tempfile.TemporaryDirectory() as folder:
        database = Database(asked.postgres or f"sqlite:///{folder}/bench.db")
        database.upgrade()
        with database.writing() as connection:
            bare.create(connection, checkfirst=True)
        measure_signing(database, pack, 1_000, asked.seconds)
        fill(database, asked.rows)
        measure_signing(database, pack, asked.rows, asked.seconds)
        measure_timing(database, pack)
        measure_count(database)
        database.dispose()


def measure_signing(database: Database, pack: Pack, rows: int, seconds: float) -> None:
    """Sign-ups a second against bare inserts, in turns, so that both meet the same machine."""
    bare_rate = signing_rate = 0.0
    for _ in range(2):
        bare_rate += rate(lambda: insert_bare(database), seconds) / 2
        signing_rate += rate(lambda: sign(database, pack), seconds) / 2
    print(
        f"sign with about {rows:,} signatures: {signing_rate:,.0f}/s, "
        f"bare committed insert {bare_rate:,.0f}/s, ratio {signing_rate / bare_rate:.2f}"
    )


def measure_timing(database: Database, pack: Pack) -> None:
    """The median time of a new and of a known address, in turns."""
    new: list[float] = []
    known: list[float] = []
    for _ in range(1500):
        email = f"{secrets.token_hex(8)}@example.org"
        with timed(new):
            sign(database, pack, email)
        with timed(known):
            sign(database, pack, email)
    ratio = statistics.median(known) / statistics.median(new)
    print(
        f"sign, median: new {statistics.median(new) * 1e6:,.0f} us, "
        f"known {statistics.median(known) * 1e6:,.0f} us, ratio {ratio:.2f}"
    )


def measure_count(database: Database) -> None:
    """How long the count on the page takes."""
    times: list[float] = []
    for _ in range(300):
        with timed(times):
            public_counts.count(database, "bench")
    print(f"count, median: {statistics.median(times) * 1e6:,.0f} us")


def fill(database: Database, rows: int) -> None:
    """Add confirmed signatures of the campaign `bench`, with an e-mail for each."""
    for start in range(0, rows, 10_000):
        with database.writing() as connection:
            connection.execute(
                sa.insert(models.signatures),
                [
                    {
                        "public_id": f"bench{number:020d}",
                        "campaign": "bench",
                        "status": "confirmed",
                        "first_name": "Ada",
                        "last_name": "Lovelace",
                        "email": f"{secrets.token_hex(8)}@example.org",
                        "email_key": f"{secrets.token_hex(8)}@example.org",
                        "zip": "59001",
                        "state": "MT",
                        "district": "MT-2",
                        "comment": "I agree, and so does my family." if number % 10 == 0 else "",
                        "nonce": b"0123456789abcdef",
                        "created_at": NOW,
                        "confirmed_at": NOW,
                        "number": number,
                    }
                    for number in range(start, min(start + 10_000, rows))
                ],
            )


def insert_bare(database: Database) -> None:
    """One committed insert, nothing else."""
    with database.writing() as connection:
        connection.execute(
            sa.insert(bare), {"name": "Ada Lovelace", "email": f"{secrets.token_hex(8)}@x.org"}
        )


def sign(database: Database, pack: Pack, email: str = "") -> None:
    """One sign-up, of a new address unless told."""
    signup = Signup(
        first_name="Ada",
        last_name="Lovelace",
        email=Email.parse(email or f"{secrets.token_hex(8)}@example.org"),
        zip="59001",
        state="MT",
        district="MT-2",
        network="0123456789abcdef",
    )
    signing.sign(database, pack, signup, now=NOW, keyring=KEYRING)


def rate(work: Callable[[], None], seconds: float) -> float:
    """How often a second `THREADS` threads together do the work."""
    done = [0] * THREADS
    end = time.perf_counter() + seconds

    def run(number: int) -> None:
        while time.perf_counter() < end:
            work()
            done[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


@contextmanager
def timed(times: list[float]) -> Iterator[None]:
    """Append how many seconds the block took."""
    started = time.perf_counter()
    yield
    times.append(time.perf_counter() - started)


if __name__ == "__main__":
    main()
