"""Endpoints: addresses of other systems that hear of signatures. The caller owns the transaction.

What they are told goes through the outbox. Its rows hold ids alone; who the signer is, is read
when the row is sent, so that whoever was erased or left meanwhile is not told of.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.literals import equals_literal
from campaign.store.models import endpoints, outbox
from campaign.store.outbox import message_id
from campaign.store.statuses import EndpointStatus, OutboxStatus

Event = Literal["signature.confirmed", "signature.changed", "signature.withdrawn"]
Kind = Literal["webhook", "actionnetwork"]
Shape = Literal["flat", "actionnetwork"]

#: A signature counts; its signer changed place or choices; it counts no more.
EVENTS: tuple[Event, ...] = get_args(Event)
SHAPES: tuple[Shape, ...] = get_args(Shape)
#: The event of the test button: it is nobody's signature.
TEST = "test"


@dataclass(frozen=True)
class Endpoint:
    """An address, and what it is told. `secret` is sealed. Its `repr()` shows no secret.

    `status` is on; off, by a person; or disabled, with the reason in `note`.
    """

    id: int
    public_id: str
    campaign: str
    kind: Kind
    url: str = field(repr=False)
    shape: Shape
    events: tuple[Event, ...]
    only_mail: bool
    secret: str = field(repr=False)
    old_secret: str = field(repr=False)
    old_secret_until: datetime | None
    status: EndpointStatus
    note: str
    failing_since: datetime | None
    created_by: str
    created_at: datetime

    @property
    def is_on(self) -> bool:
        """True while it is told what happens."""
        return self.status == EndpointStatus.ON


def new_id() -> str:
    """Return a new public id, which nobody guesses: 96 bits."""
    return secrets.token_hex(12)


def add(
    connection: Connection,
    kind: Kind,
    *,
    campaign: str,
    url: str,
    shape: Shape,
    events: Sequence[Event],
    only_mail: bool,
    secret: str,
    created_by: str,
    now: datetime,
) -> Endpoint:
    """Add an endpoint, on from now, and return it. `secret` is sealed already."""
    row = connection.execute(
        sa.insert(endpoints).returning(endpoints),
        {
            "public_id": new_id(),
            "campaign": campaign,
            "kind": kind,
            "url": url,
            "shape": shape,
            "events": " ".join(events),
            "only_mail": only_mail,
            "secret": secret,
            "created_by": created_by,
            "created_at": now,
        },
    ).one()
    return _endpoint(row)


def find(connection: Connection, public_id: str) -> Endpoint | None:
    """Return that endpoint, or None."""
    row = connection.execute(_find, {"wanted": public_id}).one_or_none()
    return _endpoint(row) if row else None


_find = sa.select(endpoints).where(endpoints.c.public_id == sa.bindparam("wanted"))


def of_campaign(connection: Connection, campaign: str, kind: Kind) -> tuple[Endpoint, ...]:
    """Return a campaign's endpoints of a kind, the oldest first."""
    rows = connection.execute(
        sa.select(endpoints)
        .where(endpoints.c.campaign == campaign, endpoints.c.kind == kind)
        .order_by(endpoints.c.id)
    )
    return tuple(_endpoint(row) for row in rows)


def change(connection: Connection, public_id: str, values: dict[str, Any]) -> Endpoint | None:
    """Change columns of that endpoint and return it as it is now; None where there is none."""
    row = connection.execute(
        sa.update(endpoints)
        .where(endpoints.c.public_id == public_id)
        .values(values)
        .returning(endpoints)
    ).one_or_none()
    return _endpoint(row) if row else None


def delete(connection: Connection, found: Endpoint) -> None:
    """Delete an endpoint, its log, and what waits for it in the outbox."""
    waiting = outbox.c.status.in_((OutboxStatus.QUEUED, OutboxStatus.LEASED))
    connection.execute(
        sa.delete(outbox).where(
            outbox.c.kind == found.kind, outbox.c.to == found.public_id, waiting
        )
    )
    connection.execute(sa.delete(endpoints).where(endpoints.c.id == found.id))


# -- telling ---------------------------------------------------------------------------------------

_told = (
    "kind", "campaign", "to", "payload", "message_id", "signature_id", "status", "not_before",
    "attempts", "last_error", "created_at",
)  # fmt: skip


def _given(name: str, column: sa.Column[Any] | None = None) -> sa.ColumnElement[Any]:
    return sa.bindparam(name, type_=outbox.c[name].type if column is None else column.type)


def _telling(*which: sa.ColumnElement[bool]) -> CompiledStatement:
    now = sa.bindparam("now", type_=outbox.c.created_at.type)
    row = sa.select(
        endpoints.c.kind,
        endpoints.c.campaign,
        endpoints.c.public_id,
        _given("payload"),
        # Of its own for each endpoint, and the same in every try to reach it.
        _given("message_id").concat("-").concat(endpoints.c.public_id),
        _given("signature_id"),
        sa.literal_column(f"'{OutboxStatus.QUEUED}'"),
        now,
        sa.literal_column("0"),
        sa.literal_column("''"),
        now,
    ).where(*which)
    return CompiledStatement(sa.insert(outbox).from_select(list(_told), row))


_spaced = sa.literal_column("' '").concat(endpoints.c.events).concat(sa.literal_column("' '"))
_tell = _telling(
    endpoints.c.campaign == sa.bindparam("name", type_=sa.String),
    equals_literal(endpoints.c.status, EndpointStatus.ON),
    _spaced.like(sa.bindparam("pattern", type_=sa.String)),
    sa.or_(
        endpoints.c.only_mail == sa.false(),
        sa.bindparam("agreed", type_=sa.Boolean) == sa.true(),
    ),
)
_try_out = _telling(endpoints.c.public_id == sa.bindparam("name", type_=sa.String))


class Subject(Protocol):
    """Whose event it is: a signature, as far as its ids and its consent to mail."""

    @property
    def id(self) -> int:
        """Its row."""

    @property
    def public_id(self) -> str:
        """Its id for others."""

    @property
    def campaign(self) -> str:
        """What was signed."""

    @property
    def mail_opt_in(self) -> bool:
        """True where its signer agreed to mail."""


def tell(
    connection: Connection,
    event: Event,
    subject: Subject,
    *,
    now: datetime,
    is_gone: bool = False,
) -> None:
    """Queue an event of a signature for every endpoint of its campaign that wants to hear of it.

    One statement over a small index; where nobody listens, nothing is written. Endpoints that are
    for those alone who agreed to mail hear of nobody else's signature; of a change or of leaving
    they hear in any case, since the person may have agreed before. `is_gone` says that the row is
    deleted: then only its public id is told.
    """
    _tell.run(
        connection,
        {
            "name": subject.campaign,
            "pattern": f"% {event} %",
            "payload": _payload(event, subject.public_id),
            "message_id": message_id(),
            "signature_id": None if is_gone else subject.id,
            "agreed": subject.mail_opt_in or event != "signature.confirmed",
            "now": now,
        },
    )


def try_out(connection: Connection, found: Endpoint, *, now: datetime) -> None:
    """Queue a test event, about nobody, for one endpoint."""
    _try_out.run(
        connection,
        {
            "name": found.public_id,
            "payload": _payload(TEST, ""),
            "message_id": message_id(),
            "signature_id": None,
            "now": now,
        },
    )


def _payload(event: str, public_id: str) -> dict[str, str]:
    return {"event": event, "signature": public_id}


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        id=row.id,
        public_id=row.public_id,
        campaign=row.campaign,
        kind=row.kind,
        url=row.url,
        shape=row.shape,
        events=tuple(row.events.split()),
        only_mail=row.only_mail,
        secret=row.secret,
        old_secret=row.old_secret,
        old_secret_until=row.old_secret_until,
        status=EndpointStatus(row.status),
        note=row.note,
        failing_since=row.failing_since,
        created_by=row.created_by,
        created_at=row.created_at,
    )
