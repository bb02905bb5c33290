"""The first tables: signatures, consents, outbox, counts, addresses, rate limits, audit."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, RowId, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the first version."""
    op.create_table(
        "addresses",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("suppressed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_addresses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), server_default="", nullable=False),
        sa.Column("details", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="", nullable=False),
        sa.Column("district", sa.String(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_campaign", "journal", ["campaign"], unique=False)
    op.create_table(
        "rates",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rates")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rates_expires_at", "rates", ["expires_at"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), server_default="", nullable=False),
        sa.Column("last_name", sa.String(), server_default="", nullable=False),
        sa.Column("name_key", sa.String(), server_default="", nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("household_slot", sa.Integer(), server_default="0", nullable=False),
        sa.Column("zip", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="", nullable=False),
        sa.Column("district", sa.String(), server_default="", nullable=False),
        sa.Column("city", sa.String(), server_default="", nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("comment_status", sa.String(), server_default="none", nullable=False),
        sa.Column("show_name", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mail_opt_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("origin", sa.String(), server_default="online", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("flags", sa.String(), server_default="", nullable=False),
        sa.Column("network", sa.String(), server_default="", nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("confirm_nonce", sa.LargeBinary(), nullable=True),
        sa.Column("wording_version", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("mailed_at", UtcTime(), nullable=True),
        sa.Column("mails", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminded_at", UtcTime(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("unsubscribed_at", UtcTime(), nullable=True),
        sa.Column("anonymised_at", UtcTime(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "comment_status IN ('none', 'waiting', 'approved', 'rejected')",
            name=op.f("ck_signatures_comment_status"),
        ),
        sa.CheckConstraint("origin IN ('online', 'paper')", name=op.f("ck_signatures_origin")),
        sa.CheckConstraint(
            "status IN ('pending', 'confirmed', 'withdrawn', 'invalid', 'held')",
            name=op.f("ck_signatures_status"),
        ),
        sa.CheckConstraint("household_slot IN (0, 1)", name=op.f("ck_signatures_household_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "email_key", "campaign", "household_slot", name=op.f("uq_signatures_household")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_signatures_public_id")),
    )
    op.create_index(
        "ix_signatures_commented",
        "signatures",
        ["campaign", "confirmed_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'confirmed' AND comment_status = 'approved'"),
        postgresql_where=sa.text("status = 'confirmed' AND comment_status = 'approved'"),
    )
    op.create_index(
        "ix_signatures_flagged",
        "signatures",
        ["campaign", "id"],
        unique=False,
        sqlite_where=sa.text("flags <> ''"),
        postgresql_where=sa.text("flags <> ''"),
    )
    op.create_index(
        "ix_signatures_held",
        "signatures",
        ["campaign", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'held'"),
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "ix_signatures_shown",
        "signatures",
        ["campaign", "confirmed_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'confirmed' AND show_name = 1"),
        postgresql_where=sa.text("status = 'confirmed' AND show_name"),
    )
    op.create_index(
        "ix_signatures_unconfirmed",
        "signatures",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_signatures_unread",
        "signatures",
        ["campaign", "id"],
        unique=False,
        sqlite_where=sa.text("comment_status = 'waiting'"),
        postgresql_where=sa.text("comment_status = 'waiting'"),
    )
    op.create_table(
        "tallies",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "kind", "key", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consents",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("signature_id", RowId, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("wording_version", sa.String(), server_default="", nullable=False),
        sa.Column("sentence", sa.String(), server_default="", nullable=False),
        sa.Column("mail_opt_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("show_name", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_consents_signature_id_signatures"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_signature_id", "consents", ["signature_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("signature_id", RowId, nullable=True),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column("not_before", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", UtcTime(), nullable=True),
        sa.Column("last_error", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'leased', 'sent', 'failed')", name=op.f("ck_outbox_status")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_outbox_signature_id_signatures"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_outbox_finished",
        "outbox",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["leased_until"],
        unique=False,
        sqlite_where=sa.text("status = 'leased'"),
        postgresql_where=sa.text("status = 'leased'"),
    )
    op.create_index("ix_outbox_signature_id", "outbox", ["signature_id"], unique=False)
