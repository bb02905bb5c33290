"""Signatures, their consents, their counts, and the outbox of what has to be sent."""

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
from campaign.store.models.base import allowed_values, metadata, partial_index, row_id, text_column
from campaign.store.statuses import CommentStatus, NameStatus, Origin, OutboxStatus, SignatureStatus

signatures = Table(
    "signatures",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False),
    Column("status", String, nullable=False),
    text_column("first_name"),
    text_column("last_name"),
    # The name without accents, case and order, to tell two people of a household apart.
    text_column("name_key"),
    # The address as typed (`mailable` prepares it for mail), and the key that its spellings share.
    # Paper signers may have neither, and retention removes both.
    Column("email", String),
    Column("email_key", String),
    # 0 for the first person with an address, 1 for a second one in the same household.
    Column("household_slot", Integer, nullable=False, server_default="0"),
    text_column("zip"),
    text_column("state"),
    text_column("district"),
    # The Congress whose lines `district` follows; 0 is the Congress of the day of signing.
    Column("lines", Integer, nullable=False, server_default="0"),
    # The district before its lines changed, and their Congress; "" and 0 while they have not.
    text_column("signed_district"),
    Column("signed_lines", Integer, nullable=False, server_default="0"),
    text_column("city"),
    text_column("comment"),
    Column("comment_status", String, nullable=False, server_default=CommentStatus.NONE),
    Column("show_name", Boolean, nullable=False, server_default=false()),
    # Names are public only if this is "shown" and `show_name` is true.
    Column("name_status", String, nullable=False, server_default=NameStatus.WAITING),
    Column("mail_opt_in", Boolean, nullable=False, server_default=false()),
    text_column("source"),
    # The page id of the signed sheet; "" for signatures given online.
    text_column("sheet"),
    Column("language", String, nullable=False, server_default="en"),
    Column("origin", String, nullable=False, server_default="online"),
    # Why it is invalid or held: an organizer's words, or a code.
    text_column("reason"),
    # What made it look unusual, separated by spaces.
    text_column("flags"),
    # A keyed hash of the network; the IP address is not stored.
    text_column("network"),
    # Mailed links are derived from it and SECRET_KEY; links are not stored.
    Column("nonce", LargeBinary, nullable=False),
    # The nonce of the confirmation link. It is kept after the link is used, so that the link can
    # report what happened, and renewed when the person signs again.
    Column("confirm_nonce", LargeBinary),
    # The nonce of links that name the signer to whoever opens them; NULL unless the signer asked.
    Column("credit_nonce", LargeBinary),
    # The answers of an earlier sign-up with the same address and ZIP but another name, until the
    # owner of the address decides whether both are one person.
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
    # The public count when it was confirmed.
    Column("number", Integer),
    UniqueConstraint("email_key", "campaign", "household_slot", name="uq_signatures_household"),
    allowed_values("status", SignatureStatus),
    allowed_values("comment_status", CommentStatus),
    allowed_values("origin", Origin),
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
# Whether someone on a paper sheet signed online: one lookup a line, from the index only.
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
# How many signed which wording, counted from the index only.
partial_index(
    "ix_signatures_wording",
    "status = 'confirmed' AND anonymised_at IS NULL",
    signatures.c.campaign,
    signatures.c.wording_version,
    signatures.c.language,
)
# For searches by name without reading the table. The campaign comes last: if it came first, the
# planner would use this index for any query of one campaign and read the table at random.
Index("ix_signatures_name", signatures.c.name_key, signatures.c.campaign)

#: Numbers of confirmed signatures by place whose personal data retention has erased.
unlisted = Table(
    "unlisted",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("district", String, primary_key=True),
    Column("origin", String, primary_key=True),
    Column("count", Integer, nullable=False),
    # The oldest Congress whose lines one of these districts follows, 0 if there is no district.
    Column("lines", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

#: What a signer agreed to or took back, and when. Rows are only added.
consents = Table(
    "consents",
    metadata,
    row_id(),
    Column(
        "signature_id", ForeignKey("signatures.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    # One of `ConsentAct`.
    Column("act", String, nullable=False),
    text_column("wording_version"),
    text_column("sentence"),
    Column("mail_opt_in", Boolean, nullable=False, server_default=false()),
    Column("show_name", Boolean, nullable=False, server_default=false()),
    Column("at", UtcTime, nullable=False),
)
# For API clients that ask what changed since they last read; answered from the index only.
Index("ix_consents_at", consents.c.at, consents.c.signature_id)

#: The kind of outbox rows of which there may be a hundred thousand, and those that go to other
#: people's systems. All others are mail that somebody waits for.
BULK_KIND = "update"
OUTSIDE_KINDS = ("actionnetwork", "cwc", "webhook")

#: Messages to be sent, written in the transaction that caused them.
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
    Column("status", String, nullable=False, server_default=OutboxStatus.QUEUED),
    Column("not_before", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", UtcTime),
    text_column("last_error"),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    # The update that the message belongs to, if any.
    Column("update_id", RowId),
    allowed_values("status", OutboxStatus),
)
_IS_PROMPT = f"kind NOT IN {(*OUTSIDE_KINDS, BULK_KIND)}"
partial_index("ix_outbox_due", "status = 'queued'", outbox.c.not_before, outbox.c.id)
partial_index(
    "ix_outbox_prompt", f"status = 'queued' AND {_IS_PROMPT}", outbox.c.not_before, outbox.c.id
)
partial_index(
    "ix_outbox_bulk",
    f"status = 'queued' AND kind = '{BULK_KIND}'",
    outbox.c.not_before,
    outbox.c.id,
)
partial_index("ix_outbox_leased", "status = 'leased'", outbox.c.leased_until)
partial_index("ix_outbox_updates", "update_id IS NOT NULL", outbox.c.update_id, outbox.c.status)
partial_index("ix_outbox_finished", "finished_at IS NOT NULL", outbox.c.finished_at)

#: Changes to the counts, appended, and later moved into `tallies` in one transaction.
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

#: Counts by kind (`counts.Kind`: "total", "state", "day" …) and key, such as a state's code.
tallies = Table(
    "tallies",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: Email addresses by keyed hash: recent sign-up attempts, and which must never be mailed.
addresses = Table(
    "addresses",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("suppressed_at", UtcTime),
    sqlite_with_rowid=False,
)

#: Paper signers by a keyed hash of name and ZIP. Each is entered once, even if a sheet is read
#: twice, and not again after an erasure.
paper = Table(
    "paper",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("campaign", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

#: Counters of the rate limits. Losing them in a crash is harmless, so they are not synced to disk.
rates = Table(
    "rates",
    metadata,
    Column("key", String, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_rates_expires_at", rates.c.expires_at)

#: Who did what with people's data. It does not name the people.
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
