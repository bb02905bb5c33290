"""The generic columns as Apache Parquet: typed, compressed, in row groups.

Who made the file, when and what for is in its metadata.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from campaign.late import late
from campaign.organising.exports import extras
from campaign.organising.exports.generic import GENERIC
from campaign.organising.exports.order import Order, Pieces, Preset

# Arrow takes more memory than all the rest together: only who asks for it pays for it.
if TYPE_CHECKING:
    from campaign.organising.exports import row_groups
else:
    row_groups = late("campaign.organising.exports.row_groups")


def _pieces(connection: Connection, order: Order) -> Pieces:
    return row_groups.pieces(connection, order)


PARQUET = Preset(
    name="parquet",
    title="Parquet",
    use="The same columns as the generic table, typed and small, for data tools.",
    suffix=".parquet",
    mimetype="application/vnd.apache.parquet",
    cells=GENERIC.cells,
    pieces=_pieces,
    is_for_mail=False,
    extra=extras.PARQUET,
)
