"""Updates: news that organizers write to signers who asked for it, and what came back."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from campaign.store.db.column_types import Document, RowId, UtcTime
from campaign.store.models.base import metadata, row_id, text_column

#: Its text, who gets it, and how far it has come.
updates = Table(
    "updates",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    text_column("subject"),
    # Markdown.
    text_column("body"),
    # Fields of `store.signers.Search` by place, source and origin: nothing that names a person.
    Column("audience", Document, nullable=False),
    Column("status", String, nullable=False, server_default="draft"),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("finished_at", UtcTime),
    # The last signature that was queued: whoever comes after it has not been.
    Column("reached", Integer, nullable=False, server_default="0"),
    Column("queued", Integer, nullable=False, server_default="0"),
    # What became of them, once all is done; the outbox forgets after a while.
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("canceled", Integer, nullable=False, server_default="0"),
    Column("bounced", Integer, nullable=False, server_default="0"),
    Column("blocked", Integer, nullable=False, server_default="0"),
    Column("complained", Integer, nullable=False, server_default="0"),
    Column("unsubscribed", Integer, nullable=False, server_default="0"),
    CheckConstraint("status IN ('draft', 'sending', 'sent', 'stopped')", name="status"),
)

#: What mail servers said of each update to a signer that did not arrive, or that its reader
#: complained about. A mailbox that is `gone`, or whose owner `complained`, gets no more updates;
#: one that is `full` gets none after several; the others say nothing about the mailbox.
bounces = Table(
    "bounces",
    metadata,
    Column("signature_id", ForeignKey("signatures.id", ondelete="CASCADE"), primary_key=True),
    # The update that came back; 0 where an earlier version did not keep it.
    Column("update_id", RowId, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('gone', 'full', 'blocked', 'failed', 'complained')", name="kind"),
)
