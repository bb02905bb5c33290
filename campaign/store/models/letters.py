"""Fingerprints of letters: how similar they are, and how many each office gets."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    true,
)

from campaign.store.db.column_types import RowId, UtcTime
from campaign.store.models.base import metadata, partial_index, row_id, text_column

#: One row for each writer and office, without text, name or address. `writer` and `sketch` are
#: keyed hashes that are deleted after a while; the row stays, so that the count stays.
letters = Table(
    "letters",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    # The bioguide id, "president" or "secretary".
    Column("office", String, nullable=False),
    Column("writer", LargeBinary),
    Column("sketch", LargeBinary),
    Column("made_at", UtcTime, nullable=False),
    # False if someone else made it for its writer, in a batch or on the command line.
    Column("on_site", Boolean, nullable=False, server_default=true()),
    # What it asks about (campaign.packs.asks); "" in rows of versions that did not record it.
    text_column("about"),
    UniqueConstraint("campaign", "office", "writer", name="uq_letters_writer"),
)
partial_index("ix_letters_known", "writer IS NOT NULL", letters.c.made_at)

#: The index of similar letters. Each letter is listed under a few hashes, each of a part of its
#: sketch with the campaign and the office (locality-sensitive hashing).
letter_bands = Table(
    "letter_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("letter_id", RowId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
