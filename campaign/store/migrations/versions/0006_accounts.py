"""Accounts and their roles; an audit log to which rows can only be added."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, RowId, UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of accounts and roles, and protect the audit log from changes."""
    op.create_table(
        "accounts",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("password", sa.String()),
        sa.Column("uniquifier", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("totp_secret", sa.String()),
        sa.Column("totp_step", sa.Integer()),
        sa.Column("recovery_codes", Document),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("last_seen_at", UtcTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_public_id")),
        sa.UniqueConstraint("email_key", name=op.f("uq_accounts_email_key")),
        sa.UniqueConstraint("uniquifier", name=op.f("uq_accounts_uniquifier")),
    )
    op.create_table(
        "grants",
        sa.Column("account_id", RowId, nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("granted_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'organiser', 'exporter', 'volunteer', 'viewer')",
            name=op.f("ck_grants_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_grants_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "campaign", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_campaign"), "grants", ["campaign"])
    op.create_index(op.f("ix_audit_campaign_id"), "audit", ["campaign", "id"])
    _close_the_audit()


def _close_the_audit() -> None:
    """Make the database refuse to change or delete audit records."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = '23000'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_added_to BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()"
    )
