"""What the back office costs with many signers, on SQLite or on PostgreSQL.

`python tests/bench/bench_organize.py [--rows 1000000] [--postgres URL]` prints milliseconds for the
overview's figures and for searches, beside the least that the database asks for: one question by
primary key.
"""

import argparse
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from campaign import paths
from campaign.congress import dataset
from campaign.organizing import dashboard
from campaign.packs import pack as packs
from campaign.petition import public_counts
from campaign.petition.identity import name_key
from campaign.store import models, signers
from campaign.store.db.engine import Database
from campaign.store.signers import Search

NAME = "section-907"
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
_FIRST = ("Ani", "Ada", "Bo", "Grace", "María", "Nguyễn", "Levon", "Ruth")
_SYLLABLES = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "zan")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--postgres", help="a URL; its database gets the tables and the rows")
    asked = parser.parse_args()
    congress = dataset.load(paths.data() / "congress")
    pack = packs.load(packs.find(NAME, [paths.data() / "campaigns"]), date(2026, 6, 15))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(asked.postgres or f"sqlite:///{folder}/bench.db")
        database.upgrade()
        fill(database, sorted(congress.seats), asked.rows)
        public_counts.roll_up(database, NOW)
        if database.dialect == "postgresql":
            with database.writing() as connection:
                connection.exec_driver_sql("ANALYZE")
        measure(database, "one row by its key (the least)", lambda: one_row(database))
        measure(
            database,
            "overview",
            lambda: dashboard.campaign_figures(database, pack, congress, NOW),
        )
        searches = {
            "newest page": Search(NAME),
            "by name, rare": Search(NAME, name_words=("bademurakilo",)),
            "by name, common": Search(NAME, name_words=("ani",)),
            "by email": Search(NAME, email_key=f"signer{asked.rows // 2}@example.org"),
            "by ZIP": Search(NAME, zip="59001"),
            "by state": Search(NAME, state="WY"),
            "by district": Search(NAME, district="MT-2"),
            "by source, rare": Search(NAME, source="rare"),
            "withdrawn": Search(NAME, status="withdrawn"),
            "old days": Search(NAME, until=NOW - timedelta(days=89)),
        }
        for label, search in searches.items():
            measure(database, f"search {label}", partial(look, database, search))
        measure(
            database,
            "search, a page deep down",
            lambda: look(database, Search(NAME), after=asked.rows // 3),
        )
        database.dispose()


def measure(database: Database, label: str, work: Callable[[], object]) -> None:
    """The median of seven, in milliseconds, after one to warm up."""
    work()
    times = []
    for _ in range(7):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    print(f"{label}: {statistics.median(times) * 1000:,.1f} ms")


def one_row(database: Database) -> None:
    """The least that a question costs."""
    with database.reading() as connection:
        connection.execute(
            sa.select(models.signatures.c.id).where(models.signatures.c.id == 7)
        ).one()


def look(database: Database, search: Search, after: int | None = None) -> None:
    """A page of a search, and how many there are."""
    with database.reading() as connection:
        signers.page(connection, search, size=50, after=after)
        signers.count(connection, search)


def fill(database: Database, seats: list[str], rows: int) -> None:
    """Made-up signers over ninety days, in every district, and their journal."""
    dice = random.Random(907)
    houses = [seat for seat in seats if "-S" not in seat]
    for start in range(0, rows, 10_000):
        batch, journal = [], []
        for number in range(start, min(start + 10_000, rows)):
            first = dice.choice(_FIRST)
            last = "".join(dice.choices(_SYLLABLES, k=4))
            district = "MT-2" if number % 500 == 0 else dice.choice(houses)
            at = NOW - timedelta(seconds=int(90 * 86400 * (1 - number / rows)))
            status = "confirmed" if number % 20 else "pending"
            status = "withdrawn" if number % 997 == 0 else status
            source = "rare" if number % 100_000 == 7 else dice.choice(("", "mail", "qr"))
            batch.append(
                {
                    "public_id": secrets.token_hex(13),
                    "campaign": NAME,
                    "status": status,
                    "first_name": first,
                    "last_name": last,
                    "name_key": name_key(first, last),
                    "email": f"signer{number}@example.org",
                    "email_key": f"signer{number}@example.org",
                    "zip": "59001" if district == "MT-2" else f"{dice.randrange(100_000):05}",
                    "state": district[:2],
                    "district": district,
                    "source": source,
                    "nonce": b"n" * 16,
                    "created_at": at,
                    "confirmed_at": at if status == "confirmed" else None,
                }
            )
            if status == "confirmed":
                journal.append(
                    {
                        "campaign": NAME,
                        "state": district[:2],
                        "district": district,
                        "day": at.date(),
                        "delta": 1,
                        "source": source,
                    }
                )
        with database.writing() as connection:
            connection.execute(sa.insert(models.signatures), batch)
            connection.execute(sa.insert(models.journal), journal)


if __name__ == "__main__":
    main()
