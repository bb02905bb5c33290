"""The time zone of each campaign's daily counts; campaigns that are not listed have the default."""

from sqlalchemy import Column, String, Table

from campaign.store.models.base import metadata

campaign_zones = Table(
    "campaign_zones",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("zone", String, nullable=False),
    sqlite_with_rowid=False,
)
