"""What other programs may ask of us, and where we tell them what happened."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    true,
)

from campaign.store.db.column_types import UtcTime
from campaign.store.models.base import metadata, row_id, text_column

#: Keys of the API, each for one campaign. Of the key itself only a hash is here.
api_tokens = Table(
    "api_tokens",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    # SHA-256: the key has 256 random bits, so nothing slower is needed.
    Column("digest", LargeBinary, nullable=False, unique=True),
    # Space-separated.
    Column("scopes", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    # A day, not a time: a time would be a write for every question.
    Column("last_used_on", Date),
)

#: Addresses of other systems that are told what happened to signatures, or are given signers.
endpoints = Table(
    "endpoints",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    # Also the kind of its rows in the outbox.
    Column("kind", String, nullable=False),
    Column("url", String, nullable=False),
    # How a webhook's body looks: "flat" or "actionnetwork".
    text_column("shape"),
    # Space-separated, such as "signature.confirmed signature.withdrawn".
    Column("events", String, nullable=False),
    # Only signers who agreed to mail.
    Column("only_mail", Boolean, nullable=False, server_default=true()),
    # Encrypted under SECRET_KEY: what signs a webhook, or the key of Action Network.
    Column("secret", String, nullable=False),
    # The one before, which signs too until then, so that the other side can change in its time.
    text_column("old_secret"),
    Column("old_secret_until", UtcTime),
    # on; off, by a person; disabled, because it failed for long or asked us to stop.
    Column("status", String, nullable=False, server_default="on"),
    # Why it is disabled, in one sentence.
    text_column("note"),
    # Since when nothing has got through; empty while all is well.
    Column("failing_since", UtcTime),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('webhook', 'actionnetwork')", name="kind"),
    CheckConstraint("status IN ('on', 'off', 'disabled')", name="status"),
)

#: Each try to reach an endpoint: no body of either side. It goes with its row of the outbox, and
#: so with an erased signer.
endpoint_attempts = Table(
    "endpoint_attempts",
    metadata,
    row_id(),
    Column("endpoint_id", ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    # 0 where there was no answer; `error` then says why.
    Column("status_code", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    text_column("error"),
    Column("at", UtcTime, nullable=False),
)
Index(
    "ix_endpoint_attempts_endpoint_id_id",
    endpoint_attempts.c.endpoint_id,
    endpoint_attempts.c.id,
)
