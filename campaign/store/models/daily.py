"""Daily counts, such as pages shown and mail sent, without personal data."""

from sqlalchemy import Column, Date, Integer, String, Table

from campaign.store.models.base import metadata

daily = Table(
    "daily",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
