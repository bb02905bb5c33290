"""A table of figures as CSV, safe to open in a spreadsheet."""

import csv as _csv
import io

from flask import Response

from campaign.organising.insight import Table
from campaign.tables.rejects import escaped


def csv(table: Table, file_name: str) -> Response:
    """Return the table as UTF-8 CSV by RFC 4180, to be saved under `file_name`."""
    heading, rows = table
    out = io.StringIO()
    writer = _csv.writer(out)
    writer.writerow(heading)
    writer.writerows(
        [escaped(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    response = Response(out.getvalue().encode(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
