"""What taking a million signers out costs, against the least that the same database asks for.

`python tests/bench/bench_export.py [--rows 1000000] [--postgres URL] [--presets generic,xlsx]`
prints times, ratios and memory. The ceiling is the `sqlite3` command line writing the same columns
as CSV, and COPY on PostgreSQL; where the command line is missing, it says so. Ceiling and export
run in turns, so that both meet the same machine; each export runs in a process of its own, whose
largest memory is told.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from campaign import civil_time
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import export as exports
from campaign.organizing.exports import filters
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import ExportRequest
from campaign.store import models
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", help="a URL; its database gets the tables and the rows")
    parser.add_argument("--presets", default="generic,actionnetwork,mailchimp,osdi,jsonl,parquet")
    parser.add_argument("--with-xlsx", action="store_true", help="the slowest, by far")
    parser.add_argument("--one", nargs=3, metavar=("URL", "PRESET", "OUT"), help="(for itself)")
    asked = parser.parse_args()
    if asked.one:
        export_one(*asked.one)
        return
    names = asked.presets.split(",") + (["xlsx"] if asked.with_xlsx else [])
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/bench.db", asked.rows, names, Path(folder))
        if asked.postgres:
            measure(asked.postgres, asked.rows, names, Path(folder))


def measure(url: str, rows: int, names: list[str], folder: Path) -> None:
    """Fill a database and print what each preset takes in it."""
    database = Database(url)
    database.upgrade()
    fill(database, rows)
    ceiling, what = _ceiling(database, folder)
    for name in names:
        best, least, memory, size = 0.0, 0.0, 0.0, 0
        for number in range(ROUNDS if name == "generic" else 1):
            if ceiling is not None and name == "generic":
                least = min(least or 1e9, timed(ceiling))
            told = alone(url, name, folder / "out")
            best = told["seconds"] if not number else min(best, told["seconds"])
            memory, size = max(memory, told["megabytes"]), int(told["bytes"])
        line = (
            f"{database.dialect}, {name}, {rows:,} signers, {size / 1e6:,.0f} MB: {best:.2f} s, "
            f"memory {memory:.0f} MB"
        )
        if name == "generic":
            line += f", {what} {least:.2f} s, ratio {best / least:.2f}" if least else f"; {what}"
        print(line, flush=True)
    database.dispose()


def fill(database: Database, rows: int) -> None:
    """Add confirmed signatures of the campaign `bench`: names, commas, quotes, some comments."""
    first, last = ("Ada", "José", "Mary Ann", "Արամ"), ("Lovelace", "O'Neil", "Cruz, Jr.", "Li")
    for start in range(0, rows, 20_000):
        with database.writing() as connection:
            connection.execute(
                sa.insert(models.signatures),
                [
                    {
                        "public_id": f"bench{number:021d}",
                        "campaign": "bench",
                        "status": "confirmed",
                        "first_name": first[number % 4],
                        "last_name": last[number // 4 % 4],
                        "email": f"signer{number}@example.org",
                        "email_key": f"signer{number}@example.org",
                        "zip": f"{number % 99_999:05d}",
                        "city": "Billings" if number % 3 else "",
                        "state": "MT",
                        "district": "MT-2",
                        "comment": 'I agree, and my "family".\nAll.' if number % 10 == 0 else "",
                        "comment_status": "waiting" if number % 10 == 0 else "none",
                        "show_name": number % 2 == 0,
                        "mail_opt_in": True,
                        "source": "newsletter" if number % 5 == 0 else "",
                        "nonce": b"0123456789abcdef",
                        "created_at": NOW + timedelta(seconds=number),
                        "confirmed_at": NOW + timedelta(seconds=number + 60),
                        "number": number + 1,
                    }
                    for number in range(start, min(start + 20_000, rows))
                ],
            )


def _ceiling(database: Database, folder: Path) -> tuple[Callable[[], None] | None, str]:
    columns = ", ".join(cell.source for cell in PRESETS["generic"].cells)
    query = (
        f"SELECT {columns} FROM signatures{{how}} WHERE status = 'confirmed'"
        " AND anonymised_at IS NULL AND campaign = 'bench' ORDER BY id"
    )
    out = folder / "ceiling.csv"
    if database.dialect == "postgresql":

        def copy() -> None:
            with database.reading() as connection, out.open("wb") as file:
                raw = connection.connection.driver_connection
                assert raw is not None
                statement = f"COPY ({query.format(how='')}) TO STDOUT (FORMAT csv)"
                with raw.cursor() as cursor, cursor.copy(statement) as rows:
                    for row in rows:
                        file.write(row)

        return copy, "COPY"
    command = shutil.which("sqlite3")
    if command is None:
        return None, "the sqlite3 command line is not here to compare with"
    path = database.url.database
    assert path is not None

    def run() -> None:
        with out.open("wb") as file:
            arguments = [command, "-csv", path, query.format(how=" NOT INDEXED")]
            subprocess.run(arguments, stdout=file, check=True)

    return run, "sqlite3 -csv"


def timed(work: Callable[[], None]) -> float:
    """Return how many seconds it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alone(url: str, preset: str, out: Path) -> dict[str, float]:
    """Export in a process of its own and return what that tells."""
    arguments = [sys.executable, __file__, "--one", url, preset, str(out)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def export_one(url: str, preset: str, out: str) -> None:
    """Export everybody of `bench`, and print the time, the bytes and the memory it took."""
    database = Database(url, pool_size=2)
    order = ExportRequest(
        preset=PRESETS[preset],
        selection=filters.read("bench", {}, civil_time.WASHINGTON),
        actor="cli:bench",
        now=datetime.now(UTC),
        origin=Origin.of("https://petition.example.org", "bench"),
        purpose="A benchmark",
    )
    started = time.perf_counter()
    report = exports.write(database, order, Path(out))
    seconds = time.perf_counter() - started
    megabytes = largest_memory()
    print(json.dumps({"seconds": seconds, "bytes": report.size, "megabytes": megabytes}))


def largest_memory() -> float:
    """Return the most memory that this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells begins with the memory of the process that started this one.
        lines = status.read_text().splitlines()
        return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
