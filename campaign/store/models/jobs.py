"""Long work that a worker does and a person waits for: exports, bundles of letters, packets."""

from sqlalchemy import CheckConstraint, Column, Integer, String, Table

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import metadata, partial_index, row_id, text_column

#: A job's parameters are options and ids; what people typed lies in the job's folder.
jobs = Table(
    "jobs",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("campaign", String, nullable=False),
    # Who asked for it, as the audit names people.
    Column("actor", String, nullable=False, index=True),
    Column("params", Document, nullable=False),
    Column("status", String, nullable=False, server_default="queued"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # One sentence on how it ended.
    text_column("note"),
    # Names of the files in the job's folder, and figures of the kind.
    Column("result", Document, nullable=False),
    Column("leased_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("expires_at", UtcTime),
    CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'canceled')", name="status"),
)
partial_index("ix_jobs_open", "status IN ('queued', 'running')", jobs.c.id)
partial_index("ix_jobs_expiring", "expires_at IS NOT NULL", jobs.c.expires_at)
