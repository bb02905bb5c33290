"""Bounces by update and cause, so that full mailboxes and blocked senders remove no one."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Store each bounced update with its cause; existing rows count as gone for good."""
    op.add_column("updates", sa.Column("blocked", sa.Integer(), server_default="0", nullable=False))
    op.execute("CREATE TABLE bounces_kept AS SELECT signature_id, kind, at FROM bounces")
    op.drop_table("bounces")
    op.create_table(
        "bounces",
        sa.Column("signature_id", RowId, nullable=False),
        sa.Column("update_id", RowId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('gone', 'full', 'blocked', 'failed', 'complained')",
            name=op.f("ck_bounces_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_bounces_signature_id_signatures"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("signature_id", "update_id", name=op.f("pk_bounces")),
    )
    op.execute(
        "INSERT INTO bounces (signature_id, update_id, kind, at) SELECT signature_id, 0, "
        "CASE kind WHEN 'bounced' THEN 'gone' ELSE kind END, at FROM bounces_kept"
    )
    op.drop_table("bounces_kept")
