"""When each mailbox last wrote to a member through CWC, to limit how often it may."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import delivery_turns

_claim = {
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


def claim(
    connection: Connection,
    campaign: str,
    member: str,
    person_key: bytes,
    *,
    free_since: datetime,
    now: datetime,
) -> bool:
    """Record a letter of the mailbox to the member; False if it wrote later than `free_since`.

    One statement on one row: of two concurrent calls, only one returns True.
    """
    values = {
        "in_campaign": campaign,
        "to_member": member,
        "person": person_key,
        "now": now,
        "free_since": free_since,
    }
    return connection.execute(_claim[dialect_of(connection)], values).one_or_none() is not None


def last_letters(
    connection: Connection, campaign: str, person_key: bytes, *, after: datetime
) -> Mapping[str, datetime]:
    """Return {member: time of the mailbox's last letter}, for letters later than `after`."""
    rows = connection.execute(
        sa.select(delivery_turns.c.member, delivery_turns.c.at).where(
            delivery_turns.c.campaign == campaign,
            delivery_turns.c.person_key == person_key,
            delivery_turns.c.at > after,
        )
    )
    return {row.member: row.at for row in rows}


def rekey(connection: Connection, older: bytes, key: bytes) -> None:
    """Move what is recorded of a mailbox to its current key."""
    newer = delivery_turns.alias()
    is_taken = sa.exists().where(
        newer.c.campaign == delivery_turns.c.campaign,
        newer.c.member == delivery_turns.c.member,
        newer.c.person_key == key,
    )
    connection.execute(
        sa.update(delivery_turns)
        .where(delivery_turns.c.person_key == older, ~is_taken)
        .values(person_key=key)
    )


def release(connection: Connection, campaign: str, member: str, person_key: bytes) -> None:
    """Let the mailbox write to the member again at once, because its letter was refused."""
    connection.execute(
        sa.delete(delivery_turns).where(
            delivery_turns.c.campaign == campaign,
            delivery_turns.c.member == member,
            delivery_turns.c.person_key == person_key,
        )
    )


def forget(connection: Connection, *, person_key: bytes) -> None:
    """Delete what is recorded of a mailbox."""
    connection.execute(sa.delete(delivery_turns).where(delivery_turns.c.person_key == person_key))


def forget_old(connection: Connection, *, before: datetime) -> int:
    """Delete records of letters up to that time; return how many."""
    return connection.execute(
        sa.delete(delivery_turns).where(delivery_turns.c.at <= before)
    ).rowcount
