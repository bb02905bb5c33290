"""Mailed links that no longer open anything: what each did, to report it on a second click."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.errors import LinkUsed, TokenRefused
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import used_links

_record = {
    name: insert.values(
        key=sa.bindparam("link"), outcome=sa.bindparam("what"), at=sa.bindparam("now")
    ).on_conflict_do_nothing(index_elements=[used_links.c.key])
    for name, insert in both(used_links).items()
}


def record(connection: Connection, token: str, outcome: str, *, now: datetime) -> None:
    """Record what a link did, in the transaction that did it."""
    values = {"link": _key(token), "what": outcome, "now": now}
    connection.execute(_record[dialect_of(connection)], values)


def refusal(connection: Connection, token: str, sentence: str) -> TokenRefused:
    """Return the error for a link that opens nothing: LinkUsed if it was used before."""
    outcome = connection.scalar(
        sa.select(used_links.c.outcome).where(used_links.c.key == _key(token))
    )
    return TokenRefused(sentence) if outcome is None else LinkUsed(sentence, outcome=outcome)


def forget(connection: Connection, *, before: datetime) -> int:
    """Delete records older than that time; return how many."""
    return connection.execute(sa.delete(used_links).where(used_links.c.at < before)).rowcount


def _key(token: str) -> bytes:
    # A token holds 128 secret bits, so its hash reveals nothing.
    return sha256(token.encode("utf-8", "replace")).digest()[:16]
