"""API tokens, endpoints of other systems, and each attempt to reach them."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the index by which the API pages through signatures."""
    op.create_table(
        "api_tokens",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime()),
        sa.Column("revoked_at", UtcTime()),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_tokens_public_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_index(op.f("ix_api_tokens_campaign"), "api_tokens", ["campaign"])
    op.create_table(
        "endpoints",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), server_default="", nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("only_mail", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), server_default="", nullable=False),
        sa.Column("old_secret_until", UtcTime()),
        sa.Column("status", sa.String(), server_default="on", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("failing_since", UtcTime()),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('webhook', 'actionnetwork')", name=op.f("ck_endpoints_kind")),
        sa.CheckConstraint("status IN ('on', 'off', 'disabled')", name=op.f("ck_endpoints_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("public_id", name=op.f("uq_endpoints_public_id")),
    )
    op.create_index(op.f("ix_endpoints_campaign"), "endpoints", ["campaign"])
    op.create_table(
        "endpoint_attempts",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("endpoint_id", RowId, nullable=False),
        sa.Column("outbox_id", RowId, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["endpoints.id"],
            name=op.f("fk_endpoint_attempts_endpoint_id_endpoints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
            name=op.f("fk_endpoint_attempts_outbox_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint_attempts")),
    )
    op.create_index(op.f("ix_endpoint_attempts_outbox_id"), "endpoint_attempts", ["outbox_id"])
    op.create_index(
        op.f("ix_endpoint_attempts_endpoint_id_id"), "endpoint_attempts", ["endpoint_id", "id"]
    )
    named = "status = 'confirmed' AND anonymised_at IS NULL"
    op.create_index(
        "ix_signatures_named",
        "signatures",
        ["campaign", "confirmed_at", "id"],
        sqlite_where=sa.text(named),
        postgresql_where=sa.text(named),
    )
