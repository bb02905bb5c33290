"""The generic columns as Apache Parquet: typed, compressed, in row groups.

Who made the file, when and what for is in its metadata.
"""

from importlib import import_module
from typing import cast

from sqlalchemy import Connection

from campaign.organising.exports.generic import GENERIC
from campaign.organising.exports.order import Order, Pieces, Preset


def _pieces(connection: Connection, order: Order) -> Pieces:
    # Arrow takes more memory than all the rest together: only who asks for it pays for it.
    writer = import_module("campaign.organising.exports.row_groups")
    return cast(Pieces, writer.pieces(connection, order))


PARQUET = Preset(
    name="parquet",
    title="Parquet",
    use="The same columns as the generic table, typed and small, for data tools.",
    suffix=".parquet",
    mimetype="application/vnd.apache.parquet",
    cells=GENERIC.cells,
    pieces=_pieces,
)
