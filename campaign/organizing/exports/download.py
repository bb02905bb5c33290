"""An export as a browser takes it: the first byte at once, and on record however it ends.

It is noted as begun before anything leaves, and as made before its last bytes do. So a file that
arrived whole is on record with its hash, and one that broke off is so as far as it came.
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
    """Put on record that an export begins, and return its bytes. Raises StoreUnavailable.

    `expected` is how many signers will leave. Close what is returned, or read it to its end.
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
    """The bytes of a download. It is on record as broken off where it is closed before its end."""

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
        """End it here. A server calls this when the browser has gone, or all was sent."""
        self._pieces.close()  # type: ignore[attr-defined]
        if not self._is_noted:
            self._note(is_whole=False)

    def _flow(self) -> Iterator[bytes]:
        # The last piece is held back until the record of the whole is committed.
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
                raise  # and the browser gets no end
            _log.warning("a download that broke off is on record as begun alone")
