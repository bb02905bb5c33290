"""Letters that go to offices by Congress's own system: who approved which exact words, and when."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    true,
)

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata, partial_index, row_id, text_column
from campaign.store.models.petition import outbox

#: What becomes of one letter. `kept` was written to the dry run's folder, and sent to nobody.
DELIVERY_STATUSES = (
    "waiting",
    "queued",
    "delivered",
    "kept",
    "refused",
    "given-up",
    "too-soon",
)

#: One person's letters of one evening: asked for, and approved by the link in that person's mail.
#: The person is emptied out once all of it is over; when and what was approved stays.
sendings = Table(
    "sendings",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False),
    Column("status", String, nullable=False, server_default="asked"),
    # What the mailed link is derived from, together with SECRET_KEY; no link is stored.
    Column("nonce", LargeBinary, nullable=False),
    # A keyed hash of the mailbox.
    Column("person_key", LargeBinary, nullable=False, index=True),
    text_column("prefix"),
    text_column("first_name"),
    text_column("last_name"),
    text_column("address1"),
    text_column("address2"),
    text_column("city"),
    text_column("state"),
    text_column("zip"),
    text_column("phone"),
    text_column("email"),
    Column("wants_reply", Boolean, nullable=False, server_default=true()),
    Column("language", String, nullable=False, server_default="en"),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("approved_at", UtcTime),
    # The words beside the button, and the SHA-256 of all texts that were read above it.
    text_column("sentence"),
    text_column("digest"),
    Column("emptied_at", UtcTime),
    CheckConstraint("status IN ('asked', 'approved')", name="status"),
)
partial_index("ix_sendings_asked", "status = 'asked'", sendings.c.expires_at)
partial_index(
    "ix_sendings_held", "status = 'approved' AND emptied_at IS NULL", sendings.c.approved_at
)

#: One letter to one office. Its DeliveryId is made here, once, before any try.
deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    Column("sending_id", ForeignKey("sendings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("campaign", String, nullable=False),
    # A bioguide id, and the office's code.
    Column("member", String, nullable=False),
    Column("office", String, nullable=False),
    Column("delivery_id", String, nullable=False, unique=True),
    text_column("subject"),
    text_column("statement"),
    text_column("own"),
    # The SHA-256 of the three texts as they were shown.
    text_column("digest"),
    Column("status", String, nullable=False, server_default="waiting"),
    # What the office's system said, or why the letter did not leave.
    text_column("note"),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("sending_id", "member", name="uq_deliveries_member"),
    CheckConstraint(
        "status IN ('waiting', 'queued', 'delivered', 'kept', 'refused', 'given-up', 'too-soon')",
        name="status",
    ),
)
partial_index("ix_deliveries_queued", "status = 'queued'", deliveries.c.id)

# The outbox's few rows about these letters, among the many that are mail to signers.
partial_index("ix_outbox_letters", "kind = 'cwc'", outbox.c.to)
partial_index("ix_outbox_approvals", "kind = 'approve'", outbox.c.to)

#: When each mailbox, by keyed hash, last wrote to a member by this way: one row, so one turn.
delivery_turns = Table(
    "delivery_turns",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("member", String, primary_key=True),
    Column("person_key", LargeBinary, primary_key=True),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

#: The offices of the House that take part, as its system last listed them.
cwc_offices = Table(
    "cwc_offices",
    metadata,
    Column("code", String, primary_key=True),
    Column("listed_at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
