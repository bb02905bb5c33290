"""Write the rejects of a table: each unused line with its number and the reason, as CSV."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TextIO

from campaign import files
from campaign.errors import TableRefused
from campaign.tables.formulas import escape
from campaign.tables.vocabulary import REJECTS_COLUMNS


class Rejects:
    """A rejects file, which a person can correct and upload again.

    The file is readable only by its owner, and appears under its name only when it is complete.
    Without a path, or without rejects, nothing is written.
    """

    def __init__(self, path: Path | None, heading: Sequence[str]) -> None:
        self._path = path
        self._heading = heading
        self._open = ExitStack()
        self._file: TextIO | None = None

    def add(self, number: int, cells: Sequence[str], reason: str, column: str = "") -> None:
        """Add a line. Raises TableRefused if the file cannot be written."""
        if self._path is None:
            return
        try:
            if self._file is None:
                self._begin(self._path)
            kept = [cells[place] if place < len(cells) else "" for place in self._keep]
            kept += cells[len(self._heading) :]
            self._writer.writerow([number, column, reason, *map(escape, kept)])
        except OSError as error:
            raise TableRefused(f"The rejects cannot be written: {error.strerror}.") from None

    def _begin(self, path: Path) -> None:
        raw = self._open.enter_context(files.atomic_write(path))
        self._file = TextIOWrapper(raw, encoding="utf-8", errors="surrogateescape", newline="")
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_NONNUMERIC)
        # If the table is itself a rejects file, drop its earlier reasons.
        self._keep = [
            place
            for place, name in enumerate(self._heading)
            if name.strip().lower() not in REJECTS_COLUMNS
        ]
        self._writer.writerow(
            [*REJECTS_COLUMNS, *(escape(self._heading[place]) for place in self._keep)]
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
            # Keep the rejects so far, even if the import failed.
            self._file.flush()
            self._open.close()
        else:
            self._open.__exit__(kind, error, trace)
