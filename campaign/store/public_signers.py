"""What the public may see of confirmed signers.

A first name is shown if its signer chose to show it, unless it waits for review or an organizer hid
it. A comment is shown if an organizer approved it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.literals import equals_literal
from campaign.store.models import signatures
from campaign.store.statuses import CommentStatus, NameStatus, SignatureStatus


@dataclass(frozen=True)
class ShownSigner:
    """A signer who chose to be shown: first name and state only."""

    first_name: str
    state: str
    confirmed_at: datetime


@dataclass(frozen=True)
class ApprovedComment:
    """An approved comment. `first_name` is "" unless it may be shown."""

    text: str
    first_name: str
    state: str
    confirmed_at: datetime


_signers = (
    sa.select(
        signatures.c.first_name,
        signatures.c.state,
        signatures.c.confirmed_at,
    )
    .where(
        signatures.c.campaign == sa.bindparam("name"),
        equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
        equals_literal(signatures.c.name_status, NameStatus.SHOWN),
        signatures.c.show_name,
        signatures.c.first_name != "",
    )
    .order_by(signatures.c.confirmed_at.desc(), signatures.c.id.desc())
    .limit(sa.bindparam("limit"))
)

_comments = (
    sa.select(
        signatures.c.comment,
        sa.case(
            (
                signatures.c.show_name & (signatures.c.name_status == NameStatus.SHOWN),
                signatures.c.first_name,
            ),
            else_="",
        ),
        signatures.c.state,
        signatures.c.confirmed_at,
    )
    .where(
        signatures.c.campaign == sa.bindparam("name"),
        equals_literal(signatures.c.comment_status, CommentStatus.APPROVED),
        equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
    )
    .order_by(signatures.c.confirmed_at.desc(), signatures.c.id.desc())
    .limit(sa.bindparam("limit"))
)


_from_place = {
    "state": _comments.where(signatures.c.state == sa.bindparam("place")),
    "district": _comments.where(signatures.c.district == sa.bindparam("place")),
}


def signers(connection: Connection, campaign: str, limit: int) -> tuple[ShownSigner, ...]:
    """Return the latest confirmed signers whose first names are public."""
    rows = connection.execute(_signers, {"name": campaign, "limit": limit})
    return tuple(ShownSigner(*row) for row in rows)


def comments(connection: Connection, campaign: str, limit: int) -> tuple[ApprovedComment, ...]:
    """Return the latest approved comments of confirmed signers."""
    rows = connection.execute(_comments, {"name": campaign, "limit": limit})
    return tuple(ApprovedComment(*row) for row in rows)


def comments_from(
    connection: Connection,
    campaign: str,
    kind: Literal["state", "district"],
    place: str,
    limit: int,
) -> tuple[ApprovedComment, ...]:
    """Return the latest approved comments from a state (`MT`) or a district (`MT-2`)."""
    values = {"name": campaign, "place": place, "limit": limit}
    rows = connection.execute(_from_place[kind], values)
    return tuple(ApprovedComment(*row) for row in rows)
