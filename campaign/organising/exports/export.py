"""Write signers to a file: streamed, hashed, audited, and only then there under its name."""

import codecs
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from campaign.errors import ExportFailed
from campaign.store import audit, export
from campaign.store.columns import as_text
from campaign.store.engine import Database
from campaign.store.export import Cell, Selection


@dataclass(frozen=True)
class Preset:
    """A format by its name: the columns of its table, in order."""

    name: str
    suffix: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Report:
    """What was written: rows without the heading, bytes, and their SHA-256 in hex."""

    rows: int
    size: int
    sha256: str


def write(
    db: Database,
    preset: Preset,
    selection: Selection,
    out: Path | BinaryIO,
    *,
    actor: str,
    now: datetime,
    with_bom: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Write the selected signers and return what was written.

    A path gets its file all at once, readable by its owner alone, or not at all; a stream gets its
    bytes only after the export is on record. Memory does not grow with the rows. Who, when, which
    filter, rows and SHA-256 go to the audit. `progress` is told the rows of each chunk. Raises
    ExportFailed when the file cannot be written, StoreUnavailable.
    """
    folder = out.parent if isinstance(out, Path) else None
    handle, half = -1, ""
    try:
        handle, half = tempfile.mkstemp(prefix=".export-", dir=folder)
        with os.fdopen(handle, "w+b") as file:
            report = _stream(db, preset, selection, file, with_bom=with_bom, progress=progress)
            file.flush()
            os.fsync(file.fileno())
            _note(db, preset, selection, report, actor=actor, now=now)
            if isinstance(out, Path):
                os.replace(half, out)
            else:
                file.seek(0)
                shutil.copyfileobj(file, out, 1 << 20)
                out.flush()
    except OSError as error:
        raise ExportFailed(f"The export cannot be written: {error.strerror}.") from error
    finally:
        if half:
            with suppress(FileNotFoundError):
                os.unlink(half)
    return report


def _stream(
    db: Database,
    preset: Preset,
    selection: Selection,
    file: BinaryIO,
    *,
    with_bom: bool,
    progress: Callable[[int], None],
) -> Report:
    digest = hashlib.sha256()
    rows = size = 0

    def put(chunk: bytes) -> None:
        nonlocal size
        digest.update(chunk)
        file.write(chunk)
        size += len(chunk)

    if with_bom:
        put(codecs.BOM_UTF8)
    with db.reading() as connection:
        for chunk, count in export.lines(connection, preset.cells, selection):
            put(chunk)
            rows += count
            progress(count)
    return Report(rows, size, digest.hexdigest())


def _note(
    db: Database,
    preset: Preset,
    selection: Selection,
    report: Report,
    *,
    actor: str,
    now: datetime,
) -> None:
    asked: dict[str, Any] = {
        name: value
        for name, value in (
            ("state", selection.state),
            ("district", selection.district),
            ("source", selection.source),
            ("since", as_text(selection.since) if selection.since else ""),
            ("until", as_text(selection.until) if selection.until else ""),
            ("consent", "mail" if selection.only_mail else ""),
        )
        if value
    }
    with db.writing() as connection:
        audit.record(
            connection,
            "export",
            actor=actor,
            now=now,
            campaign=selection.campaign,
            details={
                "preset": preset.name,
                "filter": asked,
                "rows": report.rows,
                "sha256": report.sha256,
            },
        )
