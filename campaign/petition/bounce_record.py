"""Apply bounce and complaint reports: stop updates to mailboxes that are gone or complained."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.petition import mailed_links, own_data
from campaign.store import daily_counters, signatures, tokens, update_bounces, updates
from campaign.store.db.engine import Database
from campaign.store.update_bounces import BounceKind


def record(
    db: Database, kind: BounceKind, message_ids: Sequence[str], *, now: datetime, keyring: Keyring
) -> int:
    """Record that updates bounced or drew a complaint; return how many signers are affected.

    `message_ids` are the left parts of the Message-IDs that the report quotes; only those that this
    site made for an update count (`tokens.bounce_mark`). A reader who complained is unsubscribed.
    Idempotent. Raises StoreUnavailable.
    """
    noted = 0
    for message_id in message_ids:
        mark = tokens.read_bounce_mark(keyring, message_id)
        if mark is None:
            continue
        noted += mailed_links.write_with_retry(db, partial(_note, kind=kind, mark=mark, now=now))
    return noted


def _note(
    connection: Connection, *, kind: BounceKind, mark: tuple[str, str], now: datetime
) -> bool:
    public_id, update = mark
    found = signatures.by_public_id(connection, public_id)
    if found is None or not update_bounces.record(
        connection, found.id, kind, update_id=updates.id_of(connection, update), now=now
    ):
        return False
    if kind == "complained":
        own_data.unsubscribe_mailbox(connection, found, now)
    what = daily_counters.BLOCKED if kind == "blocked" else daily_counters.BOUNCED
    daily_counters.add_at(
        connection, now, {(found.campaign, daily_counters.outcome(what, "update")): 1}
    )
    return True
