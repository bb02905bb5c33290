"""Background jobs that people wait for: exports, letter batches, packets."""

from sqlalchemy import Column, Integer, String, Table

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import allowed_values, metadata, partial_index, row_id, text_column
from campaign.store.statuses import JobStatus

#: `params` are options and ids; what people typed is in the job's folder.
jobs = Table(
    "jobs",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("campaign", String, nullable=False),
    # Who requested it, as in `audit.actor`.
    Column("actor", String, nullable=False, index=True),
    Column("params", Document, nullable=False),
    Column("status", String, nullable=False, server_default=JobStatus.QUEUED),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # How it ended, in one sentence.
    text_column("note"),
    # {"files": names of files in the job's folder, "figures": {name: number}}.
    Column("result", Document, nullable=False),
    Column("leased_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("expires_at", UtcTime),
    allowed_values("status", JobStatus),
)
partial_index("ix_jobs_open", "status IN ('queued', 'running')", jobs.c.id)
partial_index("ix_jobs_expiring", "expires_at IS NOT NULL", jobs.c.expires_at)
