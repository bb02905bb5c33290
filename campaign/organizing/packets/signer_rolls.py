"""External merge sort of signers by place and name, for printing in constant memory.

Names sort the same on both databases, and as readers expect: Łukasz among the L's, Đặng among the
D's. The temporary files have no name in the file system, so they vanish with the process.
"""

import heapq
import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import IO

from campaign.congress.dataset import Congress
from campaign.store.packets import Constituent

#: Rows per sorted run in memory, about 20 MB of names.
RUN_ROWS = 20_000

# Letters without a Unicode decomposition, and the ones that English readers sort them by.
_BASE_LETTERS = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
)
_APOSTROPHES = frozenset("'\u2018\u2019\u02bc")


@dataclass(frozen=True, slots=True)
class Person:
    """A signer as printed: names, town, and the approved comment or "".

    `wording` is the key of the signed wording, or "" if unknown.
    """

    first_name: str
    last_name: str
    town: str
    comment: str
    wording: str


@dataclass
class SignerRoll:
    """The signers of one place: counts, and the sorted list, which can be read repeatedly.

    `unlisted` counts signers whose names were deleted by retention.
    """

    place: str
    listed: int = 0
    unlisted: int = 0
    paper: int = 0
    comments: int = 0
    towns: Counter[str] = field(default_factory=Counter)
    wordings: Counter[str] = field(default_factory=Counter)
    file: IO[str] | None = None

    @property
    def count(self) -> int:
        """The number of signatures that count here."""
        return self.listed + self.unlisted

    def people(self) -> Iterator[Person]:
        """Yield the listed signers, by last name, then first name."""
        if self.file is None:
            return
        self.file.seek(0)
        for line in self.file:
            yield Person(*json.loads(line))

    def close(self) -> None:
        """Delete the list."""
        if self.file is not None:
            self.file.close()
            self.file = None


class RollBuilder:
    """Collects signers and sorts them into one roll per place."""

    def __init__(self, folder: Path, congress: Congress) -> None:
        self._folder = folder
        self._congress = congress
        self._rows: list[tuple[str, ...]] = []
        self._runs: list[IO[str]] = []
        self._files: list[IO[str]] = []
        self._unlisted: dict[str, Counter[str]] = {}

    def add(self, place: str, signer: Constituent, wording: str = "") -> None:
        """Add a signer to a place; `wording` is the key of the signed wording, "" if unknown."""
        if not (signer.first_name or signer.last_name):
            unlisted = self._unlisted.setdefault(place, Counter())
            unlisted["all"] += 1
            unlisted["paper"] += signer.is_paper
            return
        self._rows.append(
            (
                place,
                _sort_key(signer.last_name),
                _sort_key(signer.first_name),
                signer.first_name,
                signer.last_name,
                self._town(signer),
                "p" if signer.is_paper else "",
                signer.comment,
                wording,
            )
        )
        if len(self._rows) >= RUN_ROWS:
            self._write_run()

    def rolls(self, *, keep: bool = False) -> Iterator[SignerRoll]:
        """Yield the roll of each place, in order; with `keep` each stays open until the end.

        Otherwise a roll is closed before the next is yielded.
        """
        self._rows.sort()
        merged: Iterable[tuple[str, ...]] = heapq.merge(self._rows, *map(_lines, self._runs))
        waiting = dict(self._unlisted)
        for place, rows in groupby(merged, key=lambda row: row[0]):
            for earlier in sorted(one for one in waiting if one < place):
                yield self._roll(earlier, (), waiting.pop(earlier))
            roll = self._roll(place, rows, waiting.pop(place, Counter()))
            yield roll
            if not keep:
                roll.close()
        for place in sorted(waiting):
            yield self._roll(place, (), waiting[place])

    def __enter__(self) -> "RollBuilder":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def _roll(
        self, place: str, rows: Iterable[tuple[str, ...]], unlisted: Counter[str]
    ) -> SignerRoll:
        roll = SignerRoll(place, unlisted=unlisted["all"], paper=unlisted["paper"])
        if not rows:
            return roll
        file = self._file()
        for _, _, _, first, last, town, is_paper, comment, wording in rows:
            person = [first, last, town, comment, wording]
            file.write(json.dumps(person, ensure_ascii=False) + "\n")
            roll.listed += 1
            roll.paper += bool(is_paper)
            roll.comments += bool(comment)
            roll.towns[town] += 1
            roll.wordings[wording] += 1
        roll.file = file
        return roll

    def _write_run(self) -> None:
        self._rows.sort()
        run = self._file()
        run.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in self._rows)
        run.seek(0)
        self._runs.append(run)
        self._rows = []

    def _file(self) -> IO[str]:
        file = tempfile.TemporaryFile("w+", encoding="utf-8", dir=self._folder)  # noqa: SIM115
        self._files.append(file)
        return file

    def _town(self, signer: Constituent) -> str:
        """Return the post office city of the signer's ZIP, so that neighbors share a town."""
        known = self._congress.zips.get(signer.zip)
        return known.city if known is not None else signer.city


def _lines(file: IO[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(json.loads(line)) for line in file)


def _sort_key(name: str) -> str:
    """Return a name without case, accents and apostrophes."""
    bare = unicodedata.normalize("NFKD", name.casefold()).translate(_BASE_LETTERS)
    return "".join(
        char for char in bare if not unicodedata.combining(char) and char not in _APOSTROPHES
    )
