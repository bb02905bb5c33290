"""Changes to campaign texts that are not in use yet, and links to preview them."""

from sqlalchemy import Column, LargeBinary, String, Table

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata, text_column

draft_texts = Table(
    "draft_texts",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("file", String, primary_key=True),
    # NULL where the draft removes the file.
    Column("text", String),
    # A hash of the text in use when this one was first drafted.
    Column("base", String, nullable=False),
    # As in `audit.actor`.
    text_column("actor"),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

#: A campaign has one preview link at most. Its secret is not here, only a hash of it.
preview_links = Table(
    "preview_links",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    text_column("actor"),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
