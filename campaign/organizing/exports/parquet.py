"""The generic columns as Apache Parquet (`row_groups` writes it)."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from campaign.lazy_import import lazy_import
from campaign.organizing.exports import extras
from campaign.organizing.exports.generic import GENERIC
from campaign.organizing.exports.request import ExportRequest, Pieces, Preset

# Arrow takes more memory than everything else together, so it is imported only when it is used.
if TYPE_CHECKING:
    from campaign.organizing.exports import row_groups
else:
    row_groups = lazy_import("campaign.organizing.exports.row_groups")


def _pieces(connection: Connection, request: ExportRequest) -> Pieces:
    return row_groups.pieces(connection, request)


PARQUET = Preset(
    name="parquet",
    title="Parquet",
    use="The columns of the generic table, typed and compressed, for data tools.",
    suffix=".parquet",
    mimetype="application/vnd.apache.parquet",
    cells=GENERIC.cells,
    pieces=_pieces,
    is_for_mail=False,
    extra=extras.PARQUET,
)
