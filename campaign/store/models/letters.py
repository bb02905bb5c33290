"""Letters made, by fingerprint: how alike they are, and how many there are to each office."""

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
from campaign.store.models.base import metadata, partial_index, row_id

#: One row a writer and office, however often the letter is taken: no text, no name, no address.
#: `writer` and `sketch` are keyed hashes, and go with time; the row stays, and so the count.
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
    # False where somebody else made it for its writer: in a batch, or by the command line.
    Column("on_site", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("campaign", "office", "writer", name="uq_letters_writer"),
)
partial_index("ix_letters_known", "writer IS NOT NULL", letters.c.made_at)

#: Where to look for letters like one: each letter under a few hashes of parts of its sketch, which
#: say campaign and office too. What a row of `letters` has here follows from its sketch.
letter_bands = Table(
    "letter_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("letter_id", RowId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
