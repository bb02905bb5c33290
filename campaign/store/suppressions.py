"""Email addresses by keyed hash: recent sign-up attempts, and which must never be mailed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.upsert import Insert, both, dialect_of
from campaign.store.models import addresses


@dataclass(frozen=True)
class AddressStatus:
    """The attempts of an address in the current window, and whether it is suppressed."""

    tries: int
    is_suppressed: bool


def _counting(insert: Insert) -> sa.UpdateBase:
    is_stale = addresses.c.since <= sa.bindparam("stale")
    return (
        insert.values(key=sa.bindparam("address"), since=sa.bindparam("now"), tries=1)
        .on_conflict_do_update(
            index_elements=[addresses.c.key],
            set_={
                "tries": sa.case((is_stale, 1), else_=addresses.c.tries + 1),
                "since": sa.case((is_stale, sa.bindparam("now")), else_=addresses.c.since),
            },
        )
        .returning(addresses.c.tries, addresses.c.suppressed_at)
    )


_try = CompiledStatement({name: _counting(insert) for name, insert in both(addresses).items()})


def count_try(
    connection: Connection, key: bytes, *older: bytes, now: datetime, window: timedelta
) -> AddressStatus:
    """Count one attempt of an address and return its status.

    `older` are its hashes under older keys. The row stays locked until the transaction ends:
    sign-ups of one address run one after the other on any number of servers, and those of different
    addresses never wait for each other.
    """
    values = {"address": key, "now": now, "stale": now - window}
    [(tries, suppressed_at)] = _try.run(connection, values)
    # Always queried, so that the time reveals nothing about the address.
    was_suppressed = bool(older) and bool(suppressed(connection, older))
    return AddressStatus(tries, suppressed_at is not None or was_suppressed)


_lock_address = {
    name: insert.values(
        key=sa.bindparam("address"), since=sa.bindparam("now"), tries=0
    ).on_conflict_do_update(index_elements=[addresses.c.key], set_={"tries": addresses.c.tries})
    for name, insert in both(addresses).items()
}


def lock_address(connection: Connection, key: bytes, *, now: datetime) -> None:
    """Lock an address until the transaction ends, as `count_try` does, without counting."""
    connection.execute(_lock_address[dialect_of(connection)], {"address": key, "now": now})


def reset_tries(connection: Connection, key: bytes) -> None:
    """Reset the attempts of an address, whose owner reported that someone else used it."""
    connection.execute(sa.update(addresses).where(addresses.c.key == key).values(tries=0))


_suppress = {
    name: insert.values(
        key=sa.bindparam("address"),
        since=sa.bindparam("now"),
        tries=0,
        suppressed_at=sa.bindparam("now"),
    ).on_conflict_do_update(
        index_elements=[addresses.c.key], set_={"suppressed_at": sa.bindparam("now")}
    )
    for name, insert in both(addresses).items()
}


def suppress(connection: Connection, key: bytes, *, now: datetime) -> None:
    """Never mail this address again, even if it signs again."""
    connection.execute(_suppress[dialect_of(connection)], {"address": key, "now": now})


def allow(connection: Connection, keys: Sequence[bytes]) -> bool:
    """Lift the suppression of an address under any of its hashes; False if there was none."""
    changed = connection.execute(
        sa.update(addresses)
        .where(addresses.c.key.in_(keys), addresses.c.suppressed_at.is_not(None))
        .values(suppressed_at=None)
    )
    return changed.rowcount > 0


def is_suppressed(connection: Connection, key: bytes) -> bool:
    """True if this address must not be mailed."""
    return (
        connection.execute(
            sa.select(addresses.c.suppressed_at).where(addresses.c.key == key)
        ).scalar()
        is not None
    )


def suppressed(connection: Connection, keys: Sequence[bytes]) -> frozenset[bytes]:
    """Return which of these addresses must not be mailed; pass a few hundred at most."""
    query = sa.select(addresses.c.key).where(
        addresses.c.key.in_(keys), addresses.c.suppressed_at.is_not(None)
    )
    return frozenset(bytes(key) for key in connection.scalars(query))


def all_suppressed(connection: Connection) -> frozenset[bytes]:
    """Return all addresses that must not be mailed."""
    query = sa.select(addresses.c.key).where(addresses.c.suppressed_at.is_not(None))
    return frozenset(bytes(key) for key in connection.scalars(query))


def delete_old(connection: Connection, *, before: datetime) -> int:
    """Delete rows of old attempts that are not suppressed; return how many."""
    return connection.execute(
        sa.delete(addresses).where(addresses.c.suppressed_at.is_(None), addresses.c.since < before)
    ).rowcount
