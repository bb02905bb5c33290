"""Drafts of campaign texts, and links to preview them. The caller owns the transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.advisory_locks import lock_until_commit
from campaign.store.models import draft_texts, preview_links


@dataclass(frozen=True)
class DraftText:
    """A file's text that is not in use yet; `text` is None where the draft removes the file.

    `base` is the fingerprint of the text in use when this one was first drafted, and `actor` the
    last who changed it (as in `audit.actor`).
    """

    file: str
    text: str | None
    base: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class PreviewLink:
    """Who made the link that shows a campaign's draft, and when."""

    campaign: str
    actor: str
    at: datetime


def lock(connection: Connection, campaign: str) -> None:
    """Hold the campaign's draft until the transaction ends, so that no other change comes
    between.
    """
    lock_until_commit(connection, f"draft:{campaign}")


def texts(connection: Connection, campaign: str) -> tuple[DraftText, ...]:
    """Return the draft of a campaign, by file."""
    query = sa.select(draft_texts).where(draft_texts.c.campaign == campaign)
    return tuple(
        DraftText(row.file, row.text, row.base, row.actor, row.at)
        for row in connection.execute(query.order_by(draft_texts.c.file))
    )


def put(connection: Connection, campaign: str, drafted: DraftText) -> None:
    """Keep a file's draft in place of its earlier one. Needs `lock`."""
    discard(connection, campaign, (drafted.file,))
    connection.execute(
        sa.insert(draft_texts),
        {
            "campaign": campaign,
            "file": drafted.file,
            "text": drafted.text,
            "base": drafted.base,
            "actor": drafted.actor,
            "at": drafted.at,
        },
    )


def discard(connection: Connection, campaign: str, files: tuple[str, ...]) -> None:
    """Delete the draft of these files. Needs `lock`."""
    connection.execute(
        sa.delete(draft_texts).where(
            draft_texts.c.campaign == campaign, draft_texts.c.file.in_(files)
        )
    )


# -- Preview links ---------------------------------------------------------------------------------


def link(connection: Connection, campaign: str) -> PreviewLink | None:
    """Return the campaign's preview link, or None. Its secret is not kept."""
    query = sa.select(preview_links).where(preview_links.c.campaign == campaign)
    row = connection.execute(query).one_or_none()
    return None if row is None else PreviewLink(row.campaign, row.actor, row.at)


def add_link(
    connection: Connection, campaign: str, key: bytes, *, actor: str, now: datetime
) -> None:
    """Record a preview link by the hash of its secret; an earlier link ends. Needs `lock`."""
    withdraw_link(connection, campaign)
    connection.execute(
        sa.insert(preview_links), {"campaign": campaign, "key": key, "actor": actor, "at": now}
    )


def withdraw_link(connection: Connection, campaign: str) -> bool:
    """Delete the campaign's preview link; return whether there was one."""
    query = sa.delete(preview_links).where(preview_links.c.campaign == campaign)
    return connection.execute(query).rowcount > 0


def campaign_of_link(connection: Connection, key: bytes) -> str | None:
    """Return the campaign that a preview link shows, or None for a link that shows nothing."""
    query = sa.select(preview_links.c.campaign).where(preview_links.c.key == key)
    return connection.scalar(query)
