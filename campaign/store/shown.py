"""What of confirmed signers may be shown to everybody: by their own choice, or once approved."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.models import signatures


@dataclass(frozen=True)
class ShownSigner:
    """A signer who chose to be shown: first name and place, nothing else."""

    first_name: str
    city: str
    state: str
    confirmed_at: datetime


@dataclass(frozen=True)
class ApprovedComment:
    """A comment that an organiser approved. `first_name` is empty unless its writer shows it."""

    text: str
    first_name: str
    city: str
    state: str
    confirmed_at: datetime


_signers = (
    sa.select(
        signatures.c.first_name,
        signatures.c.city,
        signatures.c.state,
        signatures.c.confirmed_at,
    )
    .where(
        signatures.c.campaign == sa.bindparam("name"),
        signatures.c.status == sa.literal_column("'confirmed'"),
        signatures.c.show_name,
        signatures.c.first_name != "",
    )
    .order_by(signatures.c.confirmed_at.desc(), signatures.c.id.desc())
    .limit(sa.bindparam("most"))
)

_comments = (
    sa.select(
        signatures.c.comment,
        sa.case((signatures.c.show_name, signatures.c.first_name), else_=""),
        sa.case((signatures.c.show_name, signatures.c.city), else_=""),
        signatures.c.state,
        signatures.c.confirmed_at,
    )
    .where(
        signatures.c.campaign == sa.bindparam("name"),
        signatures.c.comment_status == sa.literal_column("'approved'"),
        signatures.c.status == sa.literal_column("'confirmed'"),
    )
    .order_by(signatures.c.confirmed_at.desc(), signatures.c.id.desc())
    .limit(sa.bindparam("most"))
)


def signers(connection: Connection, campaign: str, limit: int) -> tuple[ShownSigner, ...]:
    """Return the latest confirmed signers who chose to be shown."""
    rows = connection.execute(_signers, {"name": campaign, "most": limit})
    return tuple(ShownSigner(*row) for row in rows)


def comments(connection: Connection, campaign: str, limit: int) -> tuple[ApprovedComment, ...]:
    """Return the latest approved comments of confirmed signers."""
    rows = connection.execute(_comments, {"name": campaign, "most": limit})
    return tuple(ApprovedComment(*row) for row in rows)
