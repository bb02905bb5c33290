"""Updates to signers, and which of them bounced."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, RowId, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FIGURES = ("reached", "queued", "sent", "failed", "cancelled", "bounced", "complained")


def upgrade() -> None:
    """Create the tables of updates and bounces, and add the update to outbox rows."""
    op.create_table(
        "updates",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.String(), server_default="", nullable=False),
        sa.Column("audience", Document, nullable=False),
        sa.Column("status", sa.String(), server_default="draft", nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime()),
        sa.Column("finished_at", UtcTime()),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in (*_FIGURES, "unsubscribed")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'sending', 'sent', 'stopped')", name=op.f("ck_updates_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_updates")),
        sa.UniqueConstraint("public_id", name=op.f("uq_updates_public_id")),
    )
    op.create_index(op.f("ix_updates_campaign"), "updates", ["campaign"])
    op.create_table(
        "bounces",
        sa.Column("signature_id", RowId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('bounced', 'complained')", name=op.f("ck_bounces_kind")),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_bounces_signature_id_signatures"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_bounces")),
    )
    op.add_column("outbox", sa.Column("update_id", RowId))
    is_of_one = sa.text("update_id IS NOT NULL")
    op.create_index(
        "ix_outbox_updates",
        "outbox",
        ["update_id", "status"],
        sqlite_where=is_of_one,
        postgresql_where=is_of_one,
    )
