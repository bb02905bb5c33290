"""CSV presets, which are defined by their columns."""

import codecs

from sqlalchemy import Connection

from campaign.organizing.exports.request import ExportRequest, Pieces, Preset
from campaign.store.exports import export
from campaign.store.exports.query import Cell


def table(name: str, title: str, use: str, *cells: Cell, is_for_mail: bool) -> Preset:
    """Return the preset of a CSV table with these columns."""
    return Preset(
        name=name,
        title=title,
        use=use,
        suffix=".csv",
        mimetype="text/csv",
        cells=cells,
        pieces=_pieces,
        is_for_mail=is_for_mail,
    )


def empty(heading: str) -> Cell:
    """Return an empty column, for a field of the tool that we never ask signers for."""
    return Cell(heading, kind="fixed", words=("", ""))


def _pieces(connection: Connection, request: ExportRequest) -> Pieces:
    if request.with_bom:
        yield codecs.BOM_UTF8, 0
    yield from export.lines(connection, request.preset.cells, request.exported)
