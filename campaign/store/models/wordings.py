"""The texts of the petition that were signed, by version and language."""

from sqlalchemy import Column, String, Table

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import metadata

wordings = Table(
    "wordings",
    metadata,
    Column("campaign", String, primary_key=True),
    # As in `signatures.wording_version`; a version covers all languages.
    Column("version", String, primary_key=True),
    Column("language", String, primary_key=True),
    # A hash of the text; equal texts have equal hashes.
    Column("words", String, nullable=False),
    Column("texts", Document, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
