"""Letters on their way to offices: asked for, approved, queued, and what became of each.

The caller owns the transaction. A row holds the exact words that a person approved, until they
are delivered and a while has passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import cwc_offices, deliveries, delivery_turns, outbox, sendings

#: The outbox's kind of row for one letter. Its `to` is the letter's DeliveryId: no address.
KIND = "cwc"

# Spelled out, not bound: only so do both databases use the small indexes of these rows.
_IS_LETTER = outbox.c.kind == sa.literal_column(f"'{KIND}'")
_IS_APPROVAL = outbox.c.kind == sa.literal_column("'approve'")

_PERSON = (
    "prefix", "first_name", "last_name", "address1", "address2", "city", "state", "zip", "phone",
    "email",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Sending:
    """One person's letters: who writes, and whether that person has approved them."""

    id: int
    public_id: str
    campaign: str
    status: str
    nonce: bytes
    person_key: bytes
    prefix: str
    first_name: str
    last_name: str
    address1: str
    address2: str
    city: str
    state: str
    zip: str
    phone: str
    email: str
    wants_reply: bool
    language: str
    created_at: datetime
    expires_at: datetime
    approved_at: datetime | None
    sentence: str
    digest: str
    emptied_at: datetime | None

    @property
    def is_approved(self) -> bool:
        """True once the person has pressed the button under the texts."""
        return self.status == "approved"


@dataclass(frozen=True, repr=False)
class Delivery:
    """One letter to one office. `status` is one of `DELIVERY_STATUSES`."""

    id: int
    sending_id: int
    campaign: str
    member: str
    office: str
    delivery_id: str
    subject: str
    statement: str
    own: str
    digest: str
    status: str
    note: str
    created_at: datetime
    finished_at: datetime | None


def add(
    connection: Connection, sending: Mapping[str, Any], letters: Sequence[Mapping[str, Any]]
) -> int:
    """Add one person's letters, none of them approved, and return the sending's number."""
    sending_id = connection.execute(
        sa.insert(sendings).values(dict(sending)).returning(sendings.c.id)
    ).scalar_one()
    connection.execute(
        sa.insert(deliveries), [{**letter, "sending_id": sending_id} for letter in letters]
    )
    return int(sending_id)


def person_of(sending: Sending) -> tuple[str, ...]:
    """Return who writes, as it goes to offices: name, address, telephone, and whether to answer."""
    person = (str(getattr(sending, name)) for name in _PERSON)
    return (*person, "answer" if sending.wants_reply else "no answer")


def by_public_id(connection: Connection, public_id: str) -> Sending | None:
    """Return the sending of a mailed link."""
    row = connection.execute(
        sa.select(sendings).where(sendings.c.public_id == public_id)
    ).one_or_none()
    return _sending(row) if row else None


def of_mailbox(connection: Connection, person_key: bytes) -> tuple[Sending, ...]:
    """Return every sending of a mailbox, the oldest first."""
    rows = connection.execute(
        sa.select(sendings).where(sendings.c.person_key == person_key).order_by(sendings.c.id)
    )
    return tuple(_sending(row) for row in rows)


def letters_of(connection: Connection, sending_id: int) -> tuple[Delivery, ...]:
    """Return the letters of a sending, in the order in which they were asked for."""
    rows = connection.execute(
        sa.select(deliveries).where(deliveries.c.sending_id == sending_id).order_by(deliveries.c.id)
    )
    return tuple(_delivery(row) for row in rows)


def letter(connection: Connection, delivery: int) -> tuple[Sending, Delivery] | None:
    """Return one letter with the person who writes it."""
    row = connection.execute(sa.select(deliveries).where(deliveries.c.id == delivery)).one_or_none()
    if row is None:
        return None
    found = _delivery(row)
    person = connection.execute(sa.select(sendings).where(sendings.c.id == found.sending_id)).one()
    return _sending(person), found


def approve(
    connection: Connection, sending_id: int, *, sentence: str, digest: str, now: datetime
) -> bool:
    """Record that the person approved these texts; False where that was done before."""
    changed = connection.execute(
        sa.update(sendings)
        .where(sendings.c.id == sending_id, sendings.c.status == "asked")
        .values(status="approved", approved_at=now, sentence=sentence, digest=digest)
    )
    return bool(changed.rowcount)


_last_turn = {
    name: insert.values(
        campaign=sa.bindparam("in_campaign"),
        member=sa.bindparam("to_member"),
        person_key=sa.bindparam("person"),
        at=sa.bindparam("now"),
    )
    .on_conflict_do_update(
        index_elements=[
            delivery_turns.c.campaign,
            delivery_turns.c.member,
            delivery_turns.c.person_key,
        ],
        set_={"at": insert.excluded.at},
        where=delivery_turns.c.at <= sa.bindparam("free_since", type_=delivery_turns.c.at.type),
    )
    .returning(delivery_turns.c.at)
    for name, insert in both(delivery_turns).items()
}


def take_turn(
    connection: Connection,
    campaign: str,
    member: str,
    person_key: bytes,
    *,
    free_since: datetime,
    now: datetime,
) -> bool:
    """Take a mailbox's turn to write to a member; False where it was taken after `free_since`.

    One statement on one row: of two that come at the same time, one gets it.
    """
    values = {
        "in_campaign": campaign,
        "to_member": member,
        "person": person_key,
        "now": now,
        "free_since": free_since,
    }
    return connection.execute(_last_turn[dialect_of(connection)], values).one_or_none() is not None


def turns_taken(
    connection: Connection, campaign: str, person_key: bytes, *, after: datetime
) -> Mapping[str, datetime]:
    """Return when the mailbox last wrote to each member of late."""
    rows = connection.execute(
        sa.select(delivery_turns.c.member, delivery_turns.c.at).where(
            delivery_turns.c.campaign == campaign,
            delivery_turns.c.person_key == person_key,
            delivery_turns.c.at > after,
        )
    )
    return {row.member: row.at for row in rows}


def rekey(connection: Connection, was: bytes, key: bytes) -> None:
    """Keep what a mailbox sent, and its turns, under the key that it has now."""
    connection.execute(
        sa.update(sendings).where(sendings.c.person_key == was).values(person_key=key)
    )
    newer = delivery_turns.alias()
    is_taken = sa.exists().where(
        newer.c.campaign == delivery_turns.c.campaign,
        newer.c.member == delivery_turns.c.member,
        newer.c.person_key == key,
    )
    connection.execute(
        sa.update(delivery_turns)
        .where(delivery_turns.c.person_key == was, ~is_taken)
        .values(person_key=key)
    )


def give_turn_back(connection: Connection, campaign: str, member: str, person_key: bytes) -> None:
    """Let the mailbox write to the member again at once: its letter was not taken."""
    connection.execute(
        sa.delete(delivery_turns).where(
            delivery_turns.c.campaign == campaign,
            delivery_turns.c.member == member,
            delivery_turns.c.person_key == person_key,
        )
    )


def mark(
    connection: Connection, delivery: int, status: str, *, now: datetime, note: str = ""
) -> None:
    """Note what became of a letter."""
    finished = None if status in {"waiting", "queued"} else now
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(status=status, note=note, finished_at=finished)
    )


def mark_given_up(connection: Connection, *, now: datetime) -> int:
    """Note which letters the outbox has given up on. Returns how many."""
    given_up = sa.exists().where(
        _IS_LETTER,
        outbox.c.status == "failed",
        outbox.c.to == deliveries.c.delivery_id,
    )
    return connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.status == sa.literal_column("'queued'"), given_up)
        .values(status="given-up", note="no answer in all tries", finished_at=now)
    ).rowcount


def let_go(connection: Connection, *, queued_before: datetime, now: datetime) -> int:
    """Give up on letters that have waited since before that time. Returns how many."""
    return connection.execute(
        sa.update(outbox)
        .where(_IS_LETTER, outbox.c.status == "queued", outbox.c.created_at < queued_before)
        .values(status="failed", finished_at=now)
    ).rowcount


def queue_again(
    connection: Connection, campaign: str = "", *, queued_after: datetime
) -> tuple[int, ...]:
    """Queue letters that were given up on, and return the outbox's rows to be tried again.

    Older ones stay as they are: nobody expects them any more.
    """
    chosen = (deliveries.c.status == "given-up") & (outbox.c.created_at >= queued_after)
    if campaign:
        chosen &= deliveries.c.campaign == campaign
    rows = connection.execute(
        sa.select(deliveries.c.id, outbox.c.id.label("row"))
        .join(outbox, outbox.c.to == deliveries.c.delivery_id)
        .where(chosen, _IS_LETTER, outbox.c.status == "failed")
    ).all()
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in rows]))
        .values(status="queued", note="", finished_at=None)
    )
    return tuple(row.row for row in rows)


def counts(connection: Connection, campaign: str = "") -> Mapping[str, Mapping[str, int]]:
    """Return how many letters stand how, by campaign and status."""
    asked = sa.select(deliveries.c.campaign, deliveries.c.status, sa.func.count()).group_by(
        deliveries.c.campaign, deliveries.c.status
    )
    if campaign:
        asked = asked.where(deliveries.c.campaign == campaign)
    found: dict[str, dict[str, int]] = {}
    for name, status, many in connection.execute(asked):
        found.setdefault(name, {})[status] = many
    return found


def by_member(connection: Connection, campaign: str) -> Mapping[str, Mapping[str, int]]:
    """Return how many of a campaign's letters stand how, by member and status."""
    asked = (
        sa.select(deliveries.c.member, deliveries.c.status, sa.func.count())
        .where(deliveries.c.campaign == campaign)
        .group_by(deliveries.c.member, deliveries.c.status)
    )
    found: dict[str, dict[str, int]] = {}
    for member, status, many in connection.execute(asked):
        found.setdefault(member, {})[status] = many
    return found


def not_taken(
    connection: Connection, campaign: str = "", *, limit: int = 20
) -> tuple[Delivery, ...]:
    """Return the letters that were refused or given up last, the latest first."""
    asked = (
        sa.select(deliveries)
        .where(deliveries.c.status.in_(("refused", "given-up")))
        .order_by(deliveries.c.finished_at.desc(), deliveries.c.id.desc())
        .limit(limit)
    )
    if campaign:
        asked = asked.where(deliveries.c.campaign == campaign)
    return tuple(_delivery(row) for row in connection.execute(asked))


# -- What goes again -------------------------------------------------------------------------------


def delete(
    connection: Connection,
    sending: Sending,
    *,
    with_mail: bool = True,
    only_unapproved: bool = False,
) -> bool:
    """Delete one person's letters, with what waits in the outbox for them.

    Without `with_mail` the mail that asks for their approval stays, for letters that replace them.
    `only_unapproved` leaves letters alone that were approved meanwhile. False where none went.
    """
    ids = [letter.delivery_id for letter in letters_of(connection, sending.id)]
    gone = sa.delete(sendings).where(sendings.c.id == sending.id)
    if only_unapproved:
        gone = gone.where(sendings.c.status == "asked")
    if connection.execute(gone).rowcount != 1:
        return False
    if ids:
        connection.execute(sa.delete(outbox).where(_IS_LETTER, outbox.c.to.in_(ids)))
    if sending.email and with_mail:
        connection.execute(
            sa.delete(outbox).where(
                _IS_APPROVAL,
                outbox.c.to == sending.email,
                outbox.c.campaign == sending.campaign,
            )
        )
    return True


def forget_turns(connection: Connection, *, person_key: bytes) -> None:
    """Delete when a mailbox wrote to whom."""
    connection.execute(sa.delete(delivery_turns).where(delivery_turns.c.person_key == person_key))


def forget_old_turns(connection: Connection, *, before: datetime) -> int:
    """Delete turns that keep nobody waiting any more. Returns how many."""
    return connection.execute(
        sa.delete(delivery_turns).where(delivery_turns.c.at <= before)
    ).rowcount


def expired(connection: Connection, *, now: datetime, limit: int) -> tuple[Sending, ...]:
    """Return sendings that nobody approved while their link worked."""
    rows = connection.execute(
        sa.select(sendings)
        .where(sendings.c.status == sa.literal_column("'asked'"), sendings.c.expires_at <= now)
        .limit(limit)
    )
    return tuple(_sending(row) for row in rows)


def over(connection: Connection, *, approved_before: datetime, limit: int) -> tuple[int, ...]:
    """Return approved sendings of before that time of which no letter is on its way any more."""
    on_its_way = sa.exists().where(
        deliveries.c.sending_id == sendings.c.id,
        deliveries.c.status == sa.literal_column("'queued'"),
    )
    return tuple(
        connection.scalars(
            sa.select(sendings.c.id)
            .where(
                sendings.c.status == sa.literal_column("'approved'"),
                sendings.c.emptied_at.is_(None),
                sendings.c.approved_at <= approved_before,
                ~on_its_way,
            )
            .limit(limit)
        )
    )


def empty(connection: Connection, ids: Sequence[int], *, now: datetime) -> int:
    """Take person and texts out of sendings; members, times and fingerprints stay. How many."""
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.sending_id.in_(ids))
        .values(subject="", statement="", own="", note="")
    )
    return connection.execute(
        sa.update(sendings)
        .where(sendings.c.id.in_(ids))
        .values(**dict.fromkeys(_PERSON, ""), emptied_at=now, person_key=b"", nonce=b"")
    ).rowcount


def still_held(connection: Connection, delivery_ids: Sequence[str]) -> frozenset[str]:
    """Return those DeliveryIds whose words are still kept."""
    rows = connection.scalars(
        sa.select(deliveries.c.delivery_id)
        .join(sendings, sendings.c.id == deliveries.c.sending_id)
        .where(deliveries.c.delivery_id.in_(delivery_ids), sendings.c.emptied_at.is_(None))
    )
    return frozenset(rows)


# -- Offices ---------------------------------------------------------------------------------------


def list_offices(connection: Connection, codes: Sequence[str], *, now: datetime) -> None:
    """Replace the list of offices that take part."""
    connection.execute(sa.delete(cwc_offices))
    if codes:
        connection.execute(
            sa.insert(cwc_offices), [{"code": code, "listed_at": now} for code in codes]
        )


def offices(connection: Connection) -> tuple[frozenset[str], datetime | None]:
    """Return the offices that take part, and when the House last said so."""
    rows = connection.execute(sa.select(cwc_offices)).all()
    listed = max((row.listed_at for row in rows), default=None)
    return frozenset(row.code for row in rows), listed


def _sending(row: Row[Any]) -> Sending:
    return Sending(**{each.name: getattr(row, each.name) for each in fields(Sending)})


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{each.name: getattr(row, each.name) for each in fields(Delivery)})
