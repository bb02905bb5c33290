"""When each thread of each worker last reported that it is alive."""

from sqlalchemy import Column, String, Table

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata

heartbeats = Table(
    "heartbeats",
    metadata,
    # The id of one worker process.
    Column("worker", String, primary_key=True),
    Column("thread", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)
