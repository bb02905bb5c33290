"""Letters to offices through CWC (Communicating with Congress), and their writers' approvals."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    true,
)

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import allowed_values, metadata, partial_index, row_id, text_column
from campaign.store.models.petition import outbox
from campaign.store.statuses import CwcRequestStatus, DeliveryStatus

#: Requests to deliver one person's letters, which that person approves by a mailed link. The
#: personal data is erased some time after the delivery; when and what was approved stays.
#: Backups name their tables, so the table cannot be renamed.
sendings = Table(
    "sendings",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False),
    Column("status", String, nullable=False, server_default=CwcRequestStatus.ASKED),
    # The mailed link is derived from it and SECRET_KEY; links are not stored.
    Column("nonce", LargeBinary, nullable=False),
    # A keyed hash of the email address.
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
    # The sentence beside the button, and the SHA-256 of all texts above it.
    text_column("sentence"),
    text_column("digest"),
    Column("emptied_at", UtcTime),
    allowed_values("status", CwcRequestStatus),
)
partial_index("ix_sendings_asked", "status = 'asked'", sendings.c.expires_at)
partial_index(
    "ix_sendings_held", "status = 'approved' AND emptied_at IS NULL", sendings.c.approved_at
)

#: One letter to one office. Its DeliveryId is made once, before the first attempt.
deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    Column("sending_id", ForeignKey("sendings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("campaign", String, nullable=False),
    # A bioguide id, and the code of the office.
    Column("member", String, nullable=False),
    Column("office", String, nullable=False),
    Column("delivery_id", String, nullable=False, unique=True),
    text_column("subject"),
    text_column("statement"),
    text_column("own"),
    # The SHA-256 of the three texts as they were shown.
    text_column("digest"),
    # Codes of the committees as whose member the letter asks, separated by spaces.
    text_column("committees"),
    Column("status", String, nullable=False, server_default=DeliveryStatus.WAITING),
    # The response of the office's system, or why the letter was not sent.
    text_column("note"),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("sending_id", "member", name="uq_deliveries_member"),
    allowed_values("status", DeliveryStatus),
)
partial_index("ix_deliveries_queued", "status = 'queued'", deliveries.c.id)

# Few outbox rows concern these letters; most are mail to signers.
partial_index("ix_outbox_letters", "kind = 'cwc'", outbox.c.to)
partial_index("ix_outbox_approvals", "kind = 'approve'", outbox.c.to)

#: When each mailbox, by keyed hash, last wrote to a member through CWC.
delivery_turns = Table(
    "delivery_turns",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("member", String, primary_key=True),
    Column("person_key", LargeBinary, primary_key=True),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

#: The House offices that participate, as its system last listed them.
cwc_offices = Table(
    "cwc_offices",
    metadata,
    Column("code", String, primary_key=True),
    Column("listed_at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
