"""Accounts of the people who run campaigns, and their roles."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    true,
)

from campaign.store.db.column_types import Document, UtcTime
from campaign.store.models.base import metadata, row_id, text_column

accounts = Table(
    "accounts",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    # The address for mail, and the key for lookups.
    Column("email", String, nullable=False),
    Column("email_key", String, nullable=False, unique=True),
    text_column("name"),
    # An Argon2id hash; NULL until the invitation is accepted.
    Column("password", String),
    # Sessions carry it; changing it ends all sessions of the account.
    Column("uniquifier", String, nullable=False, unique=True),
    Column("active", Boolean, nullable=False, server_default=true()),
    # The second factor, encrypted under a key derived from SECRET_KEY, and the last step used.
    Column("totp_secret", String),
    Column("totp_step", Integer),
    Column("recovery_codes", Document),
    # Mailed links are derived from it and SECRET_KEY. It is renewed when a link is used.
    Column("nonce", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime),
)

#: The role of an account in a campaign, or in all campaigns ("*").
grants = Table(
    "grants",
    metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("campaign", String, primary_key=True, index=True),
    Column("role", String, nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    CheckConstraint(
        "role IN ('owner', 'organizer', 'exporter', 'volunteer', 'viewer')", name="role"
    ),
)
