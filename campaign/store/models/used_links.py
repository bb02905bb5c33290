"""Mailed links that were used and no longer open anything."""

from sqlalchemy import Column, LargeBinary, String, Table

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata

#: A hash of the link, and what the link did. Nothing here identifies a person.
used_links = Table(
    "used_links",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    sqlite_with_rowid=False,
)
