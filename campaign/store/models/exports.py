"""Saved exports: a preset and a filter under a name, without the exported data."""

from sqlalchemy import Column, String, Table, UniqueConstraint

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import metadata, row_id, text_column

saved_exports = Table(
    "saved_exports",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    Column("name", String, nullable=False),
    Column("preset", String, nullable=False),
    # {name of the filter: its value, as typed}.
    Column("filter", Document, nullable=False),
    text_column("purpose"),
    Column("actor", String, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("campaign", "name", name="uq_saved_exports_name"),
)
