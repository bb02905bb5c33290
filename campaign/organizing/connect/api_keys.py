"""API keys: each is for one campaign and some scopes, is shown once, and is stored as a hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from campaign.errors import ConnectionUnknown, InvalidInput
from campaign.store import api_tokens, audit, civil_days, endpoints
from campaign.store.api_tokens import ApiToken
from campaign.store.db.best_effort import best_effort
from campaign.store.db.engine import Database
from campaign.text import line

#: Scope -> what a key with it may do.
SCOPES = {
    "stats:read": "read the campaign's figures",
    "signatures:read": "read who signed, with addresses",
    "signatures:add": "hand in signatures, which their signers confirm by mail",
    "webhooks:manage": "read and change webhooks",
}

#: Identifies our keys if one leaks into a log or a repository (secret scanning).
KEY_PREFIX = "campaign_"

#: The most API keys of a campaign.
MAX_TOKENS = 50

_MAX_NAME = 60


def create(
    db: Database,
    campaign: str,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    actor: str,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Create an API key; return its record, and the key itself, which cannot be shown again.

    Raises InvalidInput, StoreUnavailable.
    """
    called = line(name, limit=_MAX_NAME, field="name")
    if not called:
        raise InvalidInput(
            "Enter the purpose of the key, such as the program's name.", field="name"
        )
    wanted = tuple(scope for scope in SCOPES if scope in scopes)
    if not wanted or len(wanted) != len(set(scopes)):
        raise InvalidInput("Choose at least one permission.", field="scopes")
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("Choose a day in the future, or leave it empty.", field="expires")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    with db.writing() as connection:
        if len(api_tokens.of_campaign(connection, campaign)) >= MAX_TOKENS:
            raise InvalidInput("This campaign has too many keys. Revoke one first.", field="name")
        made = api_tokens.add(
            connection,
            public_id=endpoints.new_id(),
            campaign=campaign,
            name=called,
            digest=digest(key),
            scopes=wanted,
            created_by=actor,
            now=now,
            expires_at=expires_at,
        )
        audit.record(
            connection,
            "token-made",
            actor=actor,
            now=now,
            campaign=campaign,
            details={"token": made.public_id, "scopes": list(wanted)},
        )
    return made, key


def digest(key: str) -> bytes:
    """Return the SHA-256 under which a key is stored."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def recognize(db: Database, key: str, *, now: datetime) -> ApiToken | None:
    """Return the record of a valid key, and note the day of use; None for any other text.

    Raises StoreUnavailable.
    """
    with db.reading() as connection:
        found = api_tokens.by_digest(connection, digest(key))
    if found is None or not found.is_good(now):
        return None
    with db.reading() as connection:
        today = civil_days.day_of(connection, found.campaign, now)
    if found.last_used_on != today:
        # If the database accepts no writes now, reads still work.
        with best_effort("the use of an API key"), db.writing() as connection:
            api_tokens.note_use(connection, found.id, today)
    return found


def of_campaign(db: Database, campaign: str) -> tuple[ApiToken, ...]:
    """Return a campaign's active keys. Raises StoreUnavailable."""
    with db.reading() as connection:
        return api_tokens.of_campaign(connection, campaign)


def revoke(db: Database, campaign: str, public_id: str, *, actor: str, now: datetime) -> None:
    """Revoke a key. Raises ConnectionUnknown, StoreUnavailable."""
    with db.writing() as connection:
        if not api_tokens.revoke(connection, campaign, public_id, now=now):
            raise ConnectionUnknown("This key has already been revoked. Reload the page.")
        audit.record(
            connection,
            "token-revoked",
            actor=actor,
            now=now,
            campaign=campaign,
            details={"token": public_id},
        )
