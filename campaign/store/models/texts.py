"""Versions of campaign texts that were edited on the site. The texts in use are files."""

from sqlalchemy import Column, Index, String, Table

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata, row_id, text_column

text_versions = Table(
    "text_versions",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    Column("file", String, nullable=False),
    text_column("text"),
    # As in `audit.actor`; "" for the version before the first edit.
    text_column("actor"),
    # The editor's reason for the edit.
    text_column("why"),
    Column("at", UtcTime, nullable=False),
)
Index("ix_text_versions_file", text_versions.c.campaign, text_versions.c.file, text_versions.c.id)
