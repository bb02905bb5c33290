"""The petition's text under each name that signatures bear for what was signed."""

from sqlalchemy import Column, String, Table

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import metadata

wordings = Table(
    "wordings",
    metadata,
    Column("campaign", String, primary_key=True),
    # `signatures.wording_version`, which is of all languages together.
    Column("version", String, primary_key=True),
    Column("language", String, primary_key=True),
    # The same wherever the same words were signed in a language.
    Column("words", String, nullable=False),
    Column("texts", Document, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
