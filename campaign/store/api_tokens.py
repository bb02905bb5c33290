"""API tokens, each for one campaign; only hashes are stored. The caller owns the transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.models import api_tokens


@dataclass(frozen=True)
class ApiToken:
    """A token as stored: its scopes and validity, but not the token itself."""

    id: int
    public_id: str
    campaign: str
    name: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None

    def is_good(self, now: datetime) -> bool:
        """True while it works: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def add(
    connection: Connection,
    *,
    public_id: str,
    campaign: str,
    name: str,
    digest: bytes,
    scopes: Sequence[str],
    created_by: str,
    now: datetime,
    expires_at: datetime | None,
) -> ApiToken:
    """Add a token by its SHA-256 digest and return it."""
    row = connection.execute(
        sa.insert(api_tokens).returning(api_tokens),
        {
            "public_id": public_id,
            "campaign": campaign,
            "name": name,
            "digest": digest,
            "scopes": " ".join(scopes),
            "created_by": created_by,
            "created_at": now,
            "expires_at": expires_at,
        },
    ).one()
    return _token(row)


_by_digest = sa.select(api_tokens).where(api_tokens.c.digest == sa.bindparam("wanted"))


def by_digest(connection: Connection, digest: bytes) -> ApiToken | None:
    """Return the token with that digest, valid or not; None if there is none."""
    row = connection.execute(_by_digest, {"wanted": digest}).one_or_none()
    return _token(row) if row else None


def of_campaign(connection: Connection, campaign: str) -> tuple[ApiToken, ...]:
    """Return a campaign's tokens that are not revoked, newest first."""
    rows = connection.execute(
        sa.select(api_tokens)
        .where(api_tokens.c.campaign == campaign, api_tokens.c.revoked_at.is_(None))
        .order_by(api_tokens.c.id.desc())
    )
    return tuple(_token(row) for row in rows)


def all_good(connection: Connection, now: datetime) -> tuple[ApiToken, ...]:
    """Return the tokens of all campaigns that work now, oldest first."""
    rows = connection.execute(
        sa.select(api_tokens).where(api_tokens.c.revoked_at.is_(None)).order_by(api_tokens.c.id)
    )
    return tuple(token for token in map(_token, rows) if token.is_good(now))


def revoke(connection: Connection, campaign: str, public_id: str, *, now: datetime) -> bool:
    """Revoke a token of the campaign; False if there is none to revoke."""
    done = connection.execute(
        sa.update(api_tokens)
        .where(
            api_tokens.c.campaign == campaign,
            api_tokens.c.public_id == public_id,
            api_tokens.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return done.rowcount == 1


def revoked(connection: Connection) -> frozenset[str]:
    """Return the public ids of all revoked tokens."""
    query = sa.select(api_tokens.c.public_id).where(api_tokens.c.revoked_at.is_not(None))
    return frozenset(connection.scalars(query))


def revoke_again(connection: Connection, public_ids: Collection[str], *, now: datetime) -> int:
    """Revoke these tokens in any campaign; return how many were revoked."""
    return connection.execute(
        sa.update(api_tokens)
        .where(api_tokens.c.public_id.in_(public_ids), api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    ).rowcount


def note_use(connection: Connection, token_id: int, day: date) -> None:
    """Record that the token was used on that day."""
    connection.execute(
        sa.update(api_tokens).where(api_tokens.c.id == token_id).values(last_used_on=day)
    )


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        name=row.name,
        scopes=tuple(row.scopes.split()),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
