"""Likeness: comparing a letter with the first one made for an office, and with 10,000 made before.

Run it with `python tests/bench/bench_likeness.py [DATABASE_URL]`; without one it uses SQLite in a
temporary folder. A third of those who wrote ticked the same points and added nothing: the crowd
that a look must not read through.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from campaign import paths
from campaign.congress import dataset, routing
from campaign.congress.places import District
from campaign.keys import Keyring
from campaign.letters import similarity
from campaign.letters.compose import Constituent, Letter, Recipient, compose, recipients
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import letter_fingerprints
from campaign.store import letters as store
from campaign.store.db.engine import Database

_DAY = date(2026, 6, 15)
_NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
_KEY = Keyring("a key of a bench, long enough to be one")
_MADE = 10_000
_LOOKS = 200
_TICKED = frozenset({"condition", "court", "taxpayers"})
_WRITER = Constituent("Ani", "Petrosyan", "12 Main Street", "Billings", "MT", "59101")


def main(url: str) -> None:
    """Print the measurements, a line each."""
    congress = dataset.load(paths.data() / "congress")
    pack = packs.load(paths.data() / "campaigns" / "section-907", _DAY)
    answer = routing.route_district(congress, District("MT", 2), _DAY)
    (senator, *_) = recipients(congress, answer, pack, ("senate", "committee"))
    database = Database(url)
    database.upgrade()

    def letter(number: int) -> Letter:
        return _letter(pack, senator, number)

    def look(number: int) -> None:
        letter_fingerprints.compare(database, [letter(number)], keyring=_KEY)

    look(-1)
    alone = _milliseconds(lambda number: look(-number), _LOOKS)
    taking = _fill(database, letter)
    crowded = _milliseconds(lambda number: look(-number), _LOOKS)
    composing = _milliseconds(lambda number: letter(-number), _LOOKS)
    sketching = _milliseconds(
        lambda number: similarity.sketch(letter(-number).body, b"key"), _LOOKS
    )
    print(f"compose a letter                {composing:8.2f} ms")
    print(f"and its sketch                  {sketching:8.2f} ms")
    print(f"and compare, none made          {alone:8.2f} ms")
    print(f"and compare, {_MADE:,} made       {crowded:8.2f} ms (at most 25)")
    print(f"take one, {_MADE:,} made          {taking:8.2f} ms")
    with database.reading() as connection:
        kept = [letter_fingerprints.fingerprints(letter(-n), _KEY)[0] for n in (1, 3, 6)]
        alike = [store.count_similar(connection, one) for one in kept]
    print(f"very similar, of {_MADE:,}           {alike}")
    database.dispose()


def _letter(pack: Pack, senator: Recipient, number: int) -> Letter:
    kind = number % 3
    return compose(
        pack,
        senator,
        replace(_WRITER, first_name=f"Ani {number}"),
        points=_TICKED if kind else frozenset[str](),
        personal=f"I have {number} reasons, and my town has {number + 7}. " * 8
        if kind == 2
        else "",
        on_date=_DAY,
    )


def _fill(database: Database, letter: Callable[[int], Letter]) -> float:
    """Take the letters, and return the time of the last hundred, each on its own."""
    for start in range(0, _MADE - 100, 100):
        made = [
            letter_fingerprints.fingerprints(letter(number), _KEY)[0]
            for number in range(start, start + 100)
        ]
        with database.writing() as connection:
            for one in made:
                store.save(connection, one, now=_NOW)
    return _milliseconds(
        lambda number: letter_fingerprints.record(
            database, [letter(_MADE - number)], now=_NOW, keyring=_KEY
        ),
        100,
    )


def _milliseconds(work: Callable[[int], object], times: int) -> float:
    took = []
    for number in range(1, times + 1):
        started = time.perf_counter()
        work(number)
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{folder}/campaign.db")
