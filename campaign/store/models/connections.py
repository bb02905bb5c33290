"""API tokens, and the endpoints of other systems that get events."""

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
from campaign.store.models.base import allowed_values, metadata, row_id, text_column
from campaign.store.statuses import EndpointStatus

#: API tokens, each for one campaign. Only a hash of the token is stored.
api_tokens = Table(
    "api_tokens",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    # SHA-256. A token has 256 random bits, so no slower hash is needed.
    Column("digest", LargeBinary, nullable=False, unique=True),
    # Separated by spaces.
    Column("scopes", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    # A day, because a time would need a write for every request.
    Column("last_used_on", Date),
)

#: URLs of other systems that get events of signatures, or signers.
endpoints = Table(
    "endpoints",
    metadata,
    row_id(),
    Column("public_id", String, nullable=False, unique=True),
    Column("campaign", String, nullable=False, index=True),
    # Also the `kind` of its outbox rows.
    Column("kind", String, nullable=False),
    Column("url", String, nullable=False),
    # The format of a webhook's body: "flat" or "actionnetwork".
    text_column("shape"),
    # Separated by spaces, such as "signature.confirmed signature.withdrawn".
    Column("events", String, nullable=False),
    # Whether it only gets signers who agreed to mail.
    Column("only_mail", Boolean, nullable=False, server_default=true()),
    # Encrypted under SECRET_KEY: the signing secret of a webhook, or the Action Network key.
    Column("secret", String, nullable=False),
    # The previous secret. It also signs until `old_secret_until`, so that receivers have time to
    # switch.
    text_column("old_secret"),
    Column("old_secret_until", UtcTime),
    Column("status", String, nullable=False, server_default=EndpointStatus.ON),
    # Why it was disabled, in one sentence.
    text_column("note"),
    # When deliveries began to fail; NULL while they succeed.
    Column("failing_since", UtcTime),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('webhook', 'actionnetwork')", name="kind"),
    allowed_values("status", EndpointStatus),
)

#: Each attempt to reach an endpoint, without the bodies of request and response. It is deleted with
#: its outbox row, and so when the signer is erased.
endpoint_attempts = Table(
    "endpoint_attempts",
    metadata,
    row_id(),
    Column("endpoint_id", ForeignKey("endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    # 0 if there was no response; `error` then says why.
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
