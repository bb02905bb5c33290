"""What people report about wrong phones and offices of members of Congress."""

from sqlalchemy import Column, Index, Integer, String, Table

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata, row_id, text_column

#: A row is what was said of one value; people who say the same are counted, and none is known.
office_reports = Table(
    "office_reports",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    # A bioguide id.
    Column("member", String, nullable=False),
    # The id of a local office, "" for the office in Washington.
    text_column("office"),
    # `phone`, `address` or `closed`.
    Column("field", String, nullable=False),
    # What is right according to the person, and how they know; both may be "".
    text_column("value"),
    text_column("source"),
    Column("people", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
)
Index(
    "ix_office_reports_said",
    office_reports.c.campaign,
    office_reports.c.member,
    office_reports.c.office,
    office_reports.c.field,
    office_reports.c.value,
    unique=True,
)
