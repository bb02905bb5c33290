"""Updates: news from organizers to signers who asked for it, and which of them bounced."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from campaign.store.db.column_types import Document, RowId, UtcTime
from campaign.store.models.base import allowed_values, metadata, row_id, text_column
from campaign.store.statuses import UpdateStatus

#: The text of an update, its audience, and its progress.
updates = Table(
    "updates",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    text_column("subject"),
    # Markdown.
    text_column("body"),
    # Fields of `store.signers.Search`: place, source and origin, but no personal data.
    Column("audience", Document, nullable=False),
    # What it asks its readers to contact officials about (campaign.packs.asks), or "" for nothing.
    text_column("about"),
    Column("status", String, nullable=False, server_default=UpdateStatus.DRAFT),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    # When a draft is to be sent, and the actor who decided so.
    Column("send_at", UtcTime),
    text_column("scheduled_by"),
    # Why a scheduled draft was not sent, for its organizers.
    text_column("not_sent"),
    Column("finished_at", UtcTime),
    # The id of the last signature whose message was queued.
    Column("reached", Integer, nullable=False, server_default="0"),
    Column("queued", Integer, nullable=False, server_default="0"),
    # The final figures; outbox rows are deleted after a while.
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("canceled", Integer, nullable=False, server_default="0"),
    Column("bounced", Integer, nullable=False, server_default="0"),
    Column("blocked", Integer, nullable=False, server_default="0"),
    Column("complained", Integer, nullable=False, server_default="0"),
    Column("unsubscribed", Integer, nullable=False, server_default="0"),
    allowed_values("status", UpdateStatus),
)

#: Updates that bounced or that their readers complained about. A mailbox that is `gone` or whose
#: owner `complained` gets no more updates, and one that was `full` several times gets none either.
#: The other kinds do not concern the mailbox.
bounces = Table(
    "bounces",
    metadata,
    Column("signature_id", ForeignKey("signatures.id", ondelete="CASCADE"), primary_key=True),
    # The update that bounced; 0 in rows of versions that did not record it.
    Column("update_id", RowId, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('gone', 'full', 'blocked', 'failed', 'complained')", name="kind"),
)
