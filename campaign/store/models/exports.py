"""Exports that organizers make again and again: the question by a name, never its answer."""

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
    # Words by the filter's name, as they were typed once.
    Column("filter", Document, nullable=False),
    text_column("purpose"),
    Column("actor", String, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("campaign", "name", name="uq_saved_exports_name"),
)
