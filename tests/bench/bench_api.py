"""What a page of the API's signatures costs, the first and the last of a million; and an event.

`python tests/bench/bench_api.py [--rows 1000000] [--postgres URL]` prints milliseconds: a page by
its number, a page by where the last one ended, the count; and what telling endpoints adds to a
confirmation where nobody listens, and where one does.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaign.store import endpoints, models, signature_pages
from campaign.store.db.engine import Database
from campaign.store.signature_pages import After, SignatureFilter
from campaign.store.signatures import by_id

NAME = "section-907"
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", help="a URL; its database gets the tables and the rows")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(asked.postgres or f"sqlite:///{folder}/bench.db")
        database.upgrade()
        fill(database, asked.rows)
        measure_pages(database, asked.rows)
        measure_telling(database)
        database.dispose()


def fill(database: Database, rows: int) -> None:
    """Add confirmed signatures, one a second."""
    for first in range(0, rows, 50_000):
        with database.writing() as connection:
            connection.execute(
                sa.insert(models.signatures),
                [
                    {
                        "public_id": f"id{number}",
                        "campaign": NAME,
                        "status": "confirmed",
                        "first_name": "Ani",
                        "last_name": f"Petrosyan {number}",
                        "email": f"ani{number}@example.org",
                        "email_key": f"ani{number}@example.org",
                        "zip": "59001",
                        "state": "MT",
                        "nonce": b"n" * 16,
                        "created_at": START + timedelta(seconds=number),
                        "confirmed_at": START + timedelta(seconds=number),
                    }
                    for number in range(first, min(first + 50_000, rows))
                ],
            )
    if database.dialect == "postgresql":
        # As autovacuum does by itself: without it no index answers alone.
        with database.reading() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE signatures")


def measure_pages(database: Database, rows: int) -> None:
    """Print what the first and the last page cost, either way, and the count."""
    listed = SignatureFilter(NAME, until=START + timedelta(days=400))
    last = rows - 25
    behind = After(START + timedelta(seconds=last - 1), last)

    def page(offset: int = 0, after: After | None = None) -> int:
        with database.reading() as connection:
            return len(
                signature_pages.page(connection, listed, limit=25, offset=offset, after=after)
            )

    def count() -> int:
        with database.reading() as connection:
            return signature_pages.count(connection, listed)

    assert page(last) == page(after=behind) == 25
    report("count", count)
    report("page 1", page)
    report(f"page {rows // 25:,} by number", lambda: page(last))
    report(f"page {rows // 25:,} by where the last one ended", lambda: page(after=behind))


def measure_telling(database: Database) -> None:
    """Print what an event adds to a transaction."""
    with database.reading() as connection:
        found = by_id(connection, 1)
    assert found is not None
    times = 2000

    def tell() -> None:
        with database.writing() as connection:
            for _ in range(times):
                endpoints.queue_event(connection, "signature.confirmed", found, now=START)

    for who in ("nobody listens", "one listens"):
        began = time.perf_counter()
        tell()
        each = (time.perf_counter() - began) / times * 1000
        print(f"an event, {who}: {each:.3f} ms")
        with database.writing() as connection:
            endpoints.add(
                connection, "webhook", campaign=NAME, url="https://hooks.example.org/",
                shape="flat", events=("signature.confirmed",), only_mail=False, secret="sealed",
                created_by="user:1", now=START,
            )  # fmt: skip


def report(what: str, work: Callable[[], object], times: int = 9) -> None:
    """Print the median of some runs."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    print(f"{what}: {statistics.median(spent):.1f} ms")


if __name__ == "__main__":
    main()
