"""Endpoints: URLs of other systems that get events. The caller owns the transaction."""

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

#: A signature was confirmed; its signer changed place or choices; it was withdrawn or struck.
EVENTS: tuple[Event, ...] = get_args(Event)
SHAPES: tuple[Shape, ...] = get_args(Shape)
#: The event of the test button, without a signature.
TEST = "test"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint. Its `repr()` shows no secret.

    `secret` and `old_secret` are encrypted. `note` says why it was disabled.
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
        """True while it gets events."""
        return self.status == EndpointStatus.ON


def new_id() -> str:
    """Return a new public id of 96 random bits."""
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
    """Add an endpoint that is on, and return it. `secret` must be encrypted."""
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
    """Return the endpoint with that public id, or None."""
    row = connection.execute(_find, {"wanted": public_id}).one_or_none()
    return _endpoint(row) if row else None


_find = sa.select(endpoints).where(endpoints.c.public_id == sa.bindparam("wanted"))


def of_campaign(connection: Connection, campaign: str, kind: Kind) -> tuple[Endpoint, ...]:
    """Return a campaign's endpoints of a kind, oldest first."""
    rows = connection.execute(
        sa.select(endpoints)
        .where(endpoints.c.campaign == campaign, endpoints.c.kind == kind)
        .order_by(endpoints.c.id)
    )
    return tuple(_endpoint(row) for row in rows)


def all_on(connection: Connection) -> tuple[Endpoint, ...]:
    """Return the endpoints of all campaigns that get events now, oldest first."""
    rows = connection.execute(
        sa.select(endpoints).where(endpoints.c.status == EndpointStatus.ON).order_by(endpoints.c.id)
    )
    return tuple(_endpoint(row) for row in rows)


def change(connection: Connection, public_id: str, values: dict[str, Any]) -> Endpoint | None:
    """Change columns of an endpoint and return it; None if there is none."""
    row = connection.execute(
        sa.update(endpoints)
        .where(endpoints.c.public_id == public_id)
        .values(values)
        .returning(endpoints)
    ).one_or_none()
    return _endpoint(row) if row else None


def delete(connection: Connection, endpoint: Endpoint) -> None:
    """Delete an endpoint, its log, and its unsent outbox rows."""
    is_unsent = outbox.c.status.in_((OutboxStatus.QUEUED, OutboxStatus.LEASED))
    connection.execute(
        sa.delete(outbox).where(
            outbox.c.kind == endpoint.kind, outbox.c.to == endpoint.public_id, is_unsent
        )
    )
    connection.execute(sa.delete(endpoints).where(endpoints.c.id == endpoint.id))


# -- Events ----------------------------------------------------------------------------------------

_COLUMNS = (
    "kind", "campaign", "to", "payload", "message_id", "signature_id", "status", "not_before",
    "attempts", "last_error", "created_at",
)  # fmt: skip


def _given(name: str, column: sa.Column[Any] | None = None) -> sa.ColumnElement[Any]:
    return sa.bindparam(name, type_=outbox.c[name].type if column is None else column.type)


def _queueing(*which: sa.ColumnElement[bool]) -> CompiledStatement:
    now = sa.bindparam("now", type_=outbox.c.created_at.type)
    row = sa.select(
        endpoints.c.kind,
        endpoints.c.campaign,
        endpoints.c.public_id,
        _given("payload"),
        # Unique for each endpoint, and the same in every attempt.
        _given("message_id").concat("-").concat(endpoints.c.public_id),
        _given("signature_id"),
        sa.literal_column(f"'{OutboxStatus.QUEUED}'"),
        now,
        sa.literal_column("0"),
        sa.literal_column("''"),
        now,
    ).where(*which)
    return CompiledStatement(sa.insert(outbox).from_select(list(_COLUMNS), row))


_events = sa.literal_column("' '").concat(endpoints.c.events).concat(sa.literal_column("' '"))
_queue_event = _queueing(
    endpoints.c.campaign == sa.bindparam("name", type_=sa.String),
    equals_literal(endpoints.c.status, EndpointStatus.ON),
    _events.like(sa.bindparam("pattern", type_=sa.String)),
    sa.or_(
        endpoints.c.only_mail == sa.false(),
        sa.bindparam("agreed", type_=sa.Boolean) == sa.true(),
    ),
)
_queue_test = _queueing(endpoints.c.public_id == sa.bindparam("name", type_=sa.String))


class Subject(Protocol):
    """The signature of an event."""

    @property
    def id(self) -> int:
        """Its row id."""

    @property
    def public_id(self) -> str:
        """Its public id."""

    @property
    def campaign(self) -> str:
        """Its campaign."""

    @property
    def mail_opt_in(self) -> bool:
        """True if its signer agreed to mail."""


def queue_event(
    connection: Connection,
    event: Event,
    subject: Subject,
    *,
    now: datetime,
    is_gone: bool = False,
) -> None:
    """Queue an event of a signature for every endpoint of its campaign that wants it.

    One statement over a small index. Endpoints with `only_mail` get no new signatures without mail
    consent, but all changes and withdrawals, since the signer may have agreed before. With
    `is_gone`, the row was deleted, and only its public id is sent. Outbox rows hold ids only; the
    signer is read when a row is sent, so that no data of erased signers is sent.
    """
    _queue_event.run(
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


@dataclass(frozen=True)
class Confirmed:
    """A signature that counts from now on: its row id, public id and mail consent."""

    id: int
    public_id: str
    mail_opt_in: bool


def queue_confirmed(
    connection: Connection, campaign: str, signed: Sequence[Confirmed], *, now: datetime
) -> None:
    """Queue `signature.confirmed` of many signatures at once, as those of a paper sheet.

    One query for the endpoints, and one statement for all events; see `queue_event`.
    """
    event: Event = "signature.confirmed"
    wanted = [
        each for each in all_on(connection) if each.campaign == campaign and event in each.events
    ]
    rows = [
        {
            "kind": each.kind,
            "campaign": campaign,
            "to": each.public_id,
            "payload": _payload(event, one.public_id),
            "message_id": f"{message_id()}-{each.public_id}",
            "signature_id": one.id,
            "status": OutboxStatus.QUEUED,
            "not_before": now,
            "attempts": 0,
            "last_error": "",
            "created_at": now,
        }
        for each in wanted
        for one in signed
        if one.mail_opt_in or not each.only_mail
    ]
    if rows:
        connection.execute(sa.insert(outbox), rows)


def queue_test(connection: Connection, endpoint: Endpoint, *, now: datetime) -> None:
    """Queue a test event without a signature for one endpoint."""
    _queue_test.run(
        connection,
        {
            "name": endpoint.public_id,
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
