"""A table of figures as a CSV download."""

from flask import Response

from campaign.organizing import figure_tables
from campaign.organizing.figure_tables import Table


def csv(table: Table, file_name: str) -> Response:
    """Return the table as UTF-8 CSV, to be saved under `file_name`."""
    response = Response(figure_tables.as_csv(table).encode(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
