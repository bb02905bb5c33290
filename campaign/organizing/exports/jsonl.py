"""The generic columns as JSON Lines: one object per signer, with typed values."""

import orjson
from sqlalchemy import Connection

from campaign.organizing.exports.generic import GENERIC
from campaign.organizing.exports.request import ExportRequest, Pieces, Preset
from campaign.store.exports import export


def _pieces(connection: Connection, request: ExportRequest) -> Pieces:
    cells = request.preset.cells
    headings = [cell.heading for cell in cells]
    flags = [place for place, cell in enumerate(cells) if cell.kind == "flag"]
    for batch in export.rows(connection, cells, request.exported):
        lines = []
        for row in batch:
            values = list(row)
            for place in flags:
                values[place] = bool(values[place])
            signer = dict(zip(headings, values, strict=True))
            lines.append(orjson.dumps(signer, option=orjson.OPT_APPEND_NEWLINE))
        yield b"".join(lines), len(batch)


JSONL = Preset(
    name="jsonl",
    title="JSON Lines",
    use="The columns of the generic table as one object per line, for programs.",
    suffix=".jsonl",
    mimetype="application/jsonl",
    cells=GENERIC.cells,
    pieces=_pieces,
    is_for_mail=False,
)
