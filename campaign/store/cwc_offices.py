"""The House offices that take messages through CWC, as its system last listed them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import cwc_offices


def replace(connection: Connection, codes: Sequence[str], *, now: datetime) -> None:
    """Replace the list of participating offices."""
    connection.execute(sa.delete(cwc_offices))
    if codes:
        connection.execute(
            sa.insert(cwc_offices), [{"code": code, "listed_at": now} for code in codes]
        )


def listed(connection: Connection) -> tuple[frozenset[str], datetime | None]:
    """Return the codes of the participating offices, and when the House last listed them."""
    rows = connection.execute(sa.select(cwc_offices)).all()
    listed_at = max((row.listed_at for row in rows), default=None)
    return frozenset(row.code for row in rows), listed_at
