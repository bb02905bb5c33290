"""Stream an export to a browser, and audit it even if the download breaks off.

The start is audited before the first byte, the complete export before the last bytes. A file that
arrived whole is therefore on record with its hash, and an interrupted one with what was sent.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator
from dataclasses import replace

from campaign.errors import CampaignError
from campaign.organizing.exports import export
from campaign.organizing.exports.export import Report
from campaign.organizing.exports.request import ExportRequest
from campaign.store import audit
from campaign.store.db.engine import Database
from campaign.store.exports.stale_copies import BEGUN

_log = logging.getLogger(__name__)


def begin(db: Database, request: ExportRequest, *, expected: int) -> Iterator[bytes]:
    """Audit the start of an export, and return its bytes. Raises StoreUnavailable.

    `expected` is the number of signers to export. Close the iterator, or read it to its end.
    """
    mark = secrets.token_hex(8)
    with db.writing() as connection:
        audit.record(
            connection,
            BEGUN,
            actor=request.actor,
            now=request.now,
            campaign=request.selection.campaign,
            details=request.record() | {"rows": expected, "sha256": "", "download": mark},
        )
    return _Pieces(db, request, mark)


class _Pieces(Iterator[bytes]):
    """The bytes of a download; closing it before its end audits it as interrupted."""

    def __init__(self, db: Database, request: ExportRequest, mark: str) -> None:
        self._db = db
        self._request = request
        self._mark = mark
        self._sent = Report(0, 0, "")
        self._digest = hashlib.sha256()
        self._is_noted = False
        self._pieces = self._flow()

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """End the download. A WSGI server calls this when all is sent, or the browser is gone."""
        self._pieces.close()  # type: ignore[attr-defined]
        if not self._is_noted:
            self._note(is_whole=False)

    def _flow(self) -> Iterator[bytes]:
        # Hold back the last piece until the record of the complete export is committed.
        held, its_rows, rows = b"", 0, 0
        with self._db.reading() as connection:
            for piece, more in self._request.preset.pieces(connection, self._request):
                rows += more
                if not piece:
                    continue
                if held:
                    self._count(held, its_rows)
                    yield held
                held, its_rows, rows = piece, rows, 0
        self._count(held, its_rows + rows)
        self._note(is_whole=True)
        yield held

    def _count(self, piece: bytes, rows: int) -> None:
        self._digest.update(piece)
        self._sent = replace(
            self._sent, rows=self._sent.rows + rows, size=self._sent.size + len(piece)
        )

    def _note(self, *, is_whole: bool) -> None:
        self._is_noted = True
        report = replace(self._sent, sha256=self._digest.hexdigest())
        try:
            export.record(self._db, self._request, report, download=self._mark, whole=is_whole)
        except CampaignError:
            if is_whole:
                raise  # so that the browser does not take the file for complete
            _log.warning("an interrupted download is on record only as begun")
