"""Packets: seconds, pages and memory for a senator of a state with many signers.

`python tests/bench/bench_packet.py [--names 100000]` prints a line a measurement. Every twentieth
signer left a comment. Ten times the names must not take ten times the memory.
"""

import argparse
import random
import resource
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from campaign import paths
from campaign.congress import dataset
from campaign.organizing.packets import packet
from campaign.organizing.packets.preview import PacketFilter
from campaign.packs import pack as packs
from campaign.store import models
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
_FIRST = ("Ani", "Aram", "Hương", "James", "Maria", "Narine", "Robert", "Tigran")
_LAST = ("Đặng", "Garcia", "Hovhannisyan", "Johnson", "Łukasik", "Petrosyan", "Smith", "Պետրոսյան")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=100_000)
    asked = parser.parse_args()
    congress = dataset.load(paths.data() / "congress")
    pack = packs.load(paths.data() / "campaigns" / "section-907", date(2026, 6, 15))
    zips = [
        five
        for five, districts in sorted(congress.zip_districts.items())
        if {district.state for district in districts} == {"CA"}
    ]
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        database.upgrade()
        fill(database, zips, asked.names)
        for names in (asked.names // 10, asked.names):
            measure(database, pack, congress, Path(folder), names, asked.names)
        database.dispose()


def fill(database: Database, zips: list[str], names: int) -> None:
    """Add confirmed signers of California; the first tenth live in one district."""
    dice = random.Random(907)
    for start in range(0, names, 10_000):
        with database.writing() as connection:
            connection.execute(
                sa.insert(models.signatures),
                [
                    {
                        "public_id": f"bench{number:020d}",
                        "campaign": "section-907",
                        "status": "confirmed",
                        "first_name": dice.choice(_FIRST),
                        "last_name": dice.choice(_LAST),
                        "zip": dice.choice(zips),
                        "state": "CA",
                        "district": "CA-30" if number < names // 10 else "CA-1",
                        "comment": "I agree, and so does my family. " * dice.randint(1, 12)
                        if number % 20 == 0
                        else "",
                        "comment_status": "approved" if number % 20 == 0 else "none",
                        "nonce": b"0123456789abcdef",
                        "created_at": NOW,
                        "confirmed_at": NOW,
                    }
                    for number in range(start, min(start + 10_000, names))
                ],
            )


def measure(
    database: Database,
    pack: packs.Pack,
    congress: dataset.Congress,
    folder: Path,
    names: int,
    everybody: int,
) -> None:
    """Make one packet of so many names, and print what it took."""
    wanted = (
        PacketFilter(member="P000145") if names == everybody else PacketFilter(district="CA-30")
    )
    started, worked = time.perf_counter(), time.process_time()
    report = packet.write(database, pack, congress, wanted, folder / "out", actor="bench", now=NOW)
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    [made] = report.made
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{made.figures.count:>9,} names, {made.pages:,} pages: {took:6.1f} s, "
        f"{cpu:.1f} s of CPU, peak memory so far {peak:,} MB"
    )


if __name__ == "__main__":
    main()
