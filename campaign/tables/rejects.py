"""The lines of a table that were not used, each with its number and the reason, as a table."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TextIO

from campaign import files
from campaign.errors import TableRefused
from campaign.tables.formulas import escaped
from campaign.tables.vocabulary import REJECTS_COLUMNS


class Rejects:
    """What was not used, so told that it can be corrected there and handed in again.

    Readable by its owner alone; there under its name only when it is whole. Without a path, and
    without a line to tell of, nothing is written.
    """

    def __init__(self, path: Path | None, heading: Sequence[str]) -> None:
        self._path = path
        self._heading = heading
        self._open = ExitStack()
        self._file: TextIO | None = None

    def add(self, number: int, cells: Sequence[str], reason: str, column: str = "") -> None:
        """Write a line. Raises TableRefused where the disk does not take it."""
        if self._path is None:
            return
        try:
            if self._file is None:
                self._begin(self._path)
            kept = [cells[place] if place < len(cells) else "" for place in self._keep]
            kept += cells[len(self._heading) :]
            self._writer.writerow([number, column, reason, *map(escaped, kept)])
        except OSError as error:
            raise TableRefused(f"The rejects cannot be written: {error.strerror}.") from None

    def _begin(self, path: Path) -> None:
        raw = self._open.enter_context(files.replacing(path))
        self._file = TextIOWrapper(raw, encoding="utf-8", errors="surrogateescape", newline="")
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_NONNUMERIC)
        # What a rejects file was told before is not carried along.
        self._keep = [
            place
            for place, name in enumerate(self._heading)
            if name.strip().lower() not in REJECTS_COLUMNS
        ]
        self._writer.writerow(
            [*REJECTS_COLUMNS, *(escaped(self._heading[place]) for place in self._keep)]
        )

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is None:
            return
        if kind is None or issubclass(kind, Exception):
            # What was refused so far is worth having when the work itself failed.
            self._file.flush()
            self._open.close()
        else:
            self._open.__exit__(kind, error, trace)
