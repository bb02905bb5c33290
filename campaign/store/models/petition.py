"""Signatures, what their signers agreed to, how they are counted, and what has to be mailed."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from campaign.store.db.column_types import Document, RowId, UtcTime
from campaign.store.models.base import metadata, partial_index, row_id, text_column

#: The life of a signature. Only `confirmed` counts; `held` waits for a person's decision.
STATUSES = ("pending", "confirmed", "withdrawn", "invalid", "held")


signatures = Table(
    "signatures",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False),
    Column("status", String, nullable=False),
    text_column("first_name"),
    text_column("last_name"),
    # Without accents, case and order, to tell two people of one household apart.
    text_column("name_key"),
    # As typed (`mailable` makes it fit for mail), and as the key that one person's variants share.
    # Paper signers may have neither, and retention takes both away.
    Column("email", String),
    Column("email_key", String),
    # 0 for the first person of an address, 1 for a second one of the same household.
    Column("household_slot", Integer, nullable=False, server_default="0"),
    text_column("zip"),
    text_column("state"),
    text_column("district"),
    text_column("city"),
    text_column("comment"),
    Column("comment_status", String, nullable=False, server_default="none"),
    Column("show_name", Boolean, nullable=False, server_default=false()),
    # "shown", "waiting" for an organizer to read it, or "hidden" by one. Only shown names are
    # public, where their signers chose so.
    Column("name_status", String, nullable=False, server_default="waiting"),
    Column("mail_opt_in", Boolean, nullable=False, server_default=false()),
    text_column("source"),
    # The page id of the sheet that was signed; "" for everybody who signed online.
    text_column("sheet"),
    Column("language", String, nullable=False, server_default="en"),
    Column("origin", String, nullable=False, server_default="online"),
    # Why it is invalid or held, in an organizer's or the product's words.
    text_column("reason"),
    # Space-separated: what made it look unusual.
    text_column("flags"),
    # A keyed hash of the network, never the address itself.
    text_column("network"),
    # What mailed links are derived from, together with SECRET_KEY; no link is stored.
    Column("nonce", LargeBinary, nullable=False),
    # For the confirming link only: it stays when the link was used, so that the link can say what
    # happened, and is new when the person signs anew.
    Column("confirm_nonce", LargeBinary),
    # What an earlier sign-up of the same address and ZIP said under another name, until the owner
    # of the address says whether both are one person.
    Column("earlier", Document),
    text_column("wording_version"),
    Column("created_at", UtcTime, nullable=False),
    Column("mailed_at", UtcTime),
    Column("mails", Integer, nullable=False, server_default="0"),
    Column("reminded_at", UtcTime),
    Column("confirmed_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("unsubscribed_at", UtcTime),
    Column("anonymised_at", UtcTime),
    # The count on the page at the moment of confirming.
    Column("number", Integer),
    UniqueConstraint("email_key", "campaign", "household_slot", name="uq_signatures_household"),
    CheckConstraint(
        "status IN ('pending', 'confirmed', 'withdrawn', 'invalid', 'held')", name="status"
    ),
    CheckConstraint(
        "comment_status IN ('none', 'waiting', 'approved', 'rejected')", name="comment_status"
    ),
    CheckConstraint("origin IN ('online', 'paper')", name="origin"),
    CheckConstraint("household_slot IN (0, 1)", name="household_slot"),
)


partial_index("ix_signatures_unconfirmed", "status = 'pending'", signatures.c.created_at)
partial_index(
    "ix_signatures_shown",
    "status = 'confirmed' AND name_status = 'shown' AND show_name",
    signatures.c.campaign,
    signatures.c.confirmed_at,
    signatures.c.id,
    where_sqlite="status = 'confirmed' AND name_status = 'shown' AND show_name = 1",
)
partial_index(
    "ix_signatures_unread_names",
    "status = 'confirmed' AND name_status = 'waiting' AND show_name",
    signatures.c.campaign,
    signatures.c.id,
    where_sqlite="status = 'confirmed' AND name_status = 'waiting' AND show_name = 1",
)
partial_index(
    "ix_signatures_commented",
    "status = 'confirmed' AND comment_status = 'approved'",
    signatures.c.campaign,
    signatures.c.confirmed_at,
    signatures.c.id,
)
partial_index(
    "ix_signatures_unread",
    "comment_status = 'waiting'",
    signatures.c.campaign,
    signatures.c.id,
)
partial_index(
    "ix_signatures_named",
    "status = 'confirmed' AND anonymised_at IS NULL",
    signatures.c.campaign,
    signatures.c.confirmed_at,
    signatures.c.id,
)
partial_index("ix_signatures_held", "status = 'held'", signatures.c.campaign, signatures.c.id)
partial_index("ix_signatures_flagged", "flags <> ''", signatures.c.campaign, signatures.c.id)
# Whether a name on a sheet has signed online: asked once a line, answered from the index alone.
partial_index(
    "ix_signatures_online",
    "status = 'confirmed' AND origin = 'online'",
    signatures.c.campaign,
    signatures.c.zip,
    signatures.c.name_key,
)

partial_index(
    "ix_signatures_ended",
    "status IN ('withdrawn', 'invalid')",
    signatures.c.campaign,
    signatures.c.id,
)
# How many signed which wording, counted from the index alone.
partial_index(
    "ix_signatures_wording",
    "status = 'confirmed' AND anonymised_at IS NULL",
    signatures.c.campaign,
    signatures.c.wording_version,
    signatures.c.language,
)
# To look through every name without the rows. The campaign comes last: an index that begins with
# it would be taken for any question of one campaign, and lead all over the table.
Index("ix_signatures_name", signatures.c.name_key, signatures.c.campaign)

#: How many signatures of a place count whose person retention has taken out: numbers, no rows.
unlisted = Table(
    "unlisted",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("district", String, primary_key=True),
    Column("origin", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: What a person agreed to or took back, and when: only ever added to.
consents = Table(
    "consents",
    metadata,
    row_id(),
    Column(
        "signature_id", ForeignKey("signatures.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    # signed, confirmed, changed, agreed (to another wording), unsubscribed, withdrawn
    Column("act", String, nullable=False),
    text_column("wording_version"),
    text_column("sentence"),
    Column("mail_opt_in", Boolean, nullable=False, server_default=false()),
    Column("show_name", Boolean, nullable=False, server_default=false()),
    Column("at", UtcTime, nullable=False),
)
# For programs that ask what changed since they last read: the answer comes from the index alone.
Index("ix_consents_at", consents.c.at, consents.c.signature_id)

#: What has to leave the house, written in the transaction of its cause.
outbox = Table(
    "outbox",
    metadata,
    row_id(),
    Column("kind", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("to", String, nullable=False),
    Column("payload", Document, nullable=False),
    Column("message_id", String, nullable=False),
    Column("signature_id", ForeignKey("signatures.id", ondelete="CASCADE"), index=True),
    Column("status", String, nullable=False, server_default="queued"),
    Column("not_before", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", UtcTime),
    text_column("last_error"),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    # The update that the row is of, for rows that are.
    Column("update_id", RowId),
    CheckConstraint("status IN ('queued', 'leased', 'sent', 'failed')", name="status"),
)
partial_index("ix_outbox_due", "status = 'queued'", outbox.c.not_before, outbox.c.id)
partial_index("ix_outbox_leased", "status = 'leased'", outbox.c.leased_until)
partial_index("ix_outbox_updates", "update_id IS NOT NULL", outbox.c.update_id, outbox.c.status)
partial_index("ix_outbox_finished", "finished_at IS NOT NULL", outbox.c.finished_at)

#: Changes of the count, appended; rolled up into `tallies` and then gone, in one transaction.
journal = Table(
    "journal",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False, index=True),
    text_column("state"),
    text_column("district"),
    Column("day", Date, nullable=False),
    Column("delta", Integer, nullable=False),
    Column("origin", String, nullable=False, server_default="online"),
    text_column("source"),
)

#: Counts by kind ("total", "state", "district", "day", "origin", "source") and what of that kind.
tallies = Table(
    "tallies",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: Addresses by keyed hash: how often each was tried lately, and which asked never to be mailed.
addresses = Table(
    "addresses",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("suppressed_at", UtcTime),
    sqlite_with_rowid=False,
)

#: Whoever signed on paper, by a keyed hash of name and ZIP: entered once, however often the same
#: sheet is read, and not again after the person was erased.
paper = Table(
    "paper",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("campaign", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

#: Counters of the rate limits. Losing them in a crash is harmless, so they wait for no disk.
rates = Table(
    "rates",
    metadata,
    Column("key", String, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_rates_expires_at", rates.c.expires_at)

#: Who did what with people's data: never who the people are.
audit = Table(
    "audit",
    metadata,
    row_id(),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    text_column("campaign"),
    Column("details", Document, nullable=False),
)
Index("ix_audit_campaign_id", audit.c.campaign, audit.c.id)
