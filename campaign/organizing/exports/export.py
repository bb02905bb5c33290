"""Write an export to a file: stream, hash and audit it, then rename it into place."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaign import files
from campaign.errors import ExportFailed
from campaign.organizing.exports.request import ExportRequest
from campaign.store import audit
from campaign.store.db.engine import Database
from campaign.store.exports import export
from campaign.store.exports.query import SelectionCount


@dataclass(frozen=True)
class Report:
    """What was written: the number of signers and bytes, and the SHA-256 in hex."""

    rows: int
    size: int
    sha256: str


def count(db: Database, request: ExportRequest) -> tuple[SelectionCount, int]:
    """Return the number of signers selected, and of those exported. Raises StoreUnavailable."""
    with db.reading() as connection:
        selected = export.count(connection, request.selection)
        if request.exported == request.selection:
            return selected, selected.total
        return selected, export.count(connection, request.exported).total


def write(
    db: Database,
    request: ExportRequest,
    out: Path | BinaryIO,
    *,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Write the requested signers and return what was written.

    A path gets a complete file, readable only by its owner, or none; a stream gets its bytes only
    after the export is audited. Memory use is constant. `progress(rows)` is called for each piece.
    Raises ExportFailed if the file cannot be written, StoreUnavailable.
    """
    try:
        if isinstance(out, Path):
            with files.atomic_write(out) as file:
                return _fill(db, request, file, progress)
        with tempfile.TemporaryFile() as file:
            report = _fill(db, request, file, progress)
            file.seek(0)
            shutil.copyfileobj(file, out, 1 << 20)
            out.flush()
            return report
    except OSError as error:
        raise ExportFailed(f"The export cannot be written: {error.strerror}.") from error


def _fill(
    db: Database, request: ExportRequest, file: BinaryIO, progress: Callable[[int], None]
) -> Report:
    """Write the rows of an export, sync them to disk, and audit the export."""
    digest = hashlib.sha256()
    rows = size = 0
    with db.reading() as connection:
        for piece, held in request.preset.pieces(connection, request):
            digest.update(piece)
            file.write(piece)
            size += len(piece)
            rows += held
            progress(held)
    files.sync(file)
    report = Report(rows, size, digest.hexdigest())
    record(db, request, report)
    return report


def record(db: Database, request: ExportRequest, report: Report, **more: object) -> None:
    """Audit an export: actor, time, filter, purpose, number of signers, and the file's hash.

    `more` holds further details. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        audit.record(
            connection,
            "export",
            actor=request.actor,
            now=request.now,
            campaign=request.selection.campaign,
            details=request.record() | {"rows": report.rows, "sha256": report.sha256} | more,
        )
