"""The evidence of where members stand. Rows are only added: the table is its own history."""

from sqlalchemy import Column, Date, Index, Integer, String, Table

from campaign.packs.stances import Stance
from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import allowed_values, metadata, row_id, text_column

stances = Table(
    "stances",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    # A bioguide id.
    Column("member", String, nullable=False),
    Column("stance", String, nullable=False),
    # The bill that the member sponsors or cosponsors: all three, or an empty type and zeros.
    Column("bill_congress", Integer, nullable=False, server_default="0"),
    text_column("bill_type"),
    Column("bill_number", Integer, nullable=False, server_default="0"),
    Column("as_of", Date, nullable=False),
    text_column("source"),
    # As in `audit.actor`.
    text_column("actor"),
    Column("at", UtcTime, nullable=False),
    allowed_values("stance", Stance),
)
Index("ix_stances_member", stances.c.campaign, stances.c.member, stances.c.id)
