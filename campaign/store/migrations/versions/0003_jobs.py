"""Jobs: background work that people wait for."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import Document, RowId, UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "jobs",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("params", Document, nullable=False),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("result", Document, nullable=False),
        sa.Column("leased_until", UtcTime()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.Column("expires_at", UtcTime()),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_jobs_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_jobs_public_id")),
    )
    op.create_index(op.f("ix_jobs_actor"), "jobs", ["actor"])
    _partial("ix_jobs_open", ["id"], "status IN ('queued', 'running')")
    _partial("ix_jobs_expiring", ["expires_at"], "expires_at IS NOT NULL")


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
