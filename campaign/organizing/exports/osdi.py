"""OSDI as JSON Lines: one `record_signature_helper` per line, ready to POST.

Tools that accept it subscribe the person, so it gets only opted-in signers.
"""

from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from campaign.organizing.connect.osdi import signature_helper
from campaign.organizing.exports.request import ExportRequest, Pieces, Preset
from campaign.store.exports import export
from campaign.store.exports.query import Cell


class _Signed(NamedTuple):
    """The fields that OSDI needs, in the order of the cells."""

    public_id: str
    first_name: str
    last_name: str
    email: str | None
    zip: str
    city: str
    state: str
    comment: str
    source: str
    language: str
    mail_opt_in: bool
    created_at: datetime


def _pieces(connection: Connection, request: ExportRequest) -> Pieces:
    for batch in export.rows(connection, request.preset.cells, request.exported):
        lines = []
        for row in batch:
            signed = _Signed._make((*row[:-1], datetime.fromisoformat(row[-1])))
            helper = signature_helper(signed, request.origin)
            helper["add_tags"] = [request.selection.campaign]
            lines.append(orjson.dumps(helper, option=orjson.OPT_APPEND_NEWLINE))
        yield b"".join(lines), len(batch)


OSDI = Preset(
    name="osdi",
    title="OSDI",
    use="One signature per line, for tools that support the Open Supporter Data Interface.",
    suffix=".jsonl",
    mimetype="application/jsonl",
    cells=tuple(
        Cell(name, name, "time" if name == "created_at" else "plain") for name in _Signed._fields
    ),
    pieces=_pieces,
    is_for_mail=True,
)
