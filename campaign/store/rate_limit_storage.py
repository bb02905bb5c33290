"""Counters of the rate limits in the project's own database, shared by all workers.

Importing this module registers the storage with the `limits` package, under the scheme of `URI`.
Several keys are counted in one statement. Counting does not wait for the disk, because losing
counts in a power failure is harmless; a sign-up counts in its own transaction (`incr_within`).
"""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string

from campaign.errors import StoreUnavailable
from campaign.settings import Settings
from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.engine import Database
from campaign.store.db.upsert import Insert, both
from campaign.store.models import rates

#: The URI that names this storage to the `limits` package.
URI = "campaign-database://"

# Expired counters are deleted once in this many counts.
_CLEAR_EVERY = 1000

# Redis answers within a millisecond or is down; in that case people sign without being counted.
_REDIS_TIMEOUT_S = 1


def _counting(insert: Insert, keys: int) -> sa.UpdateBase:
    """Return the statement that counts that many different keys in their current windows."""
    has_expired = rates.c.expires_at <= sa.bindparam("now")
    rows: list[dict[str, Any]] = [
        {
            "key": sa.bindparam(f"name{place}"),
            "hits": sa.bindparam("amount"),
            "expires_at": sa.bindparam(f"until{place}"),
        }
        for place in range(keys)
    ]
    new = insert.excluded
    return (
        insert.values(rows)
        .on_conflict_do_update(
            index_elements=[rates.c.key],
            set_={
                "hits": sa.case((has_expired, new.hits), else_=rates.c.hits + new.hits),
                "expires_at": sa.case((has_expired, new.expires_at), else_=rates.c.expires_at),
            },
        )
        .returning(rates.c.key, rates.c.hits)
    )


@cache
def _count(keys: int) -> CompiledStatement:
    return CompiledStatement(
        {name: _counting(insert, keys) for name, insert in both(rates).items()}
    )


class DatabaseStorage(Storage):
    """Fixed windows in the table `rates`."""

    STORAGE_SCHEME = ["campaign-database"]  # noqa: RUF012 (the base class wants a plain attribute)

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        *,
        database: Database,
        **options: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._database = database
        self._counts = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exception that means that the storage is down."""
        return StoreUnavailable

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` and return the hits in the current window; `expiry` is in seconds."""
        return self.incr_all([(key, expiry)], amount)[0]

    def incr_all(self, keys: Sequence[tuple[str, int]], amount: int = 1) -> list[int]:
        """Add `amount` for each (key, expiry) in one transaction; return the hits of each.

        Callers that share keys must pass them in the same order, to avoid deadlocks.
        """
        try:
            with self._database.counting() as connection:
                return self.incr_within(connection, keys, amount)
        except StoreUnavailable as error:
            if self.wrap_exceptions:
                raise StorageError(error) from None
            raise

    def incr_within(
        self, connection: sa.Connection, keys: Sequence[tuple[str, int]], amount: int = 1
    ) -> list[int]:
        """Do the same as `incr_all` in the caller's transaction, on the same database."""
        if not keys:
            return []
        now = time.time()
        self._clear_sometimes(connection, now)
        values: dict[str, Any] = {"amount": amount, "now": now}
        for place, (key, expiry) in enumerate(keys):
            values[f"name{place}"] = key
            values[f"until{place}"] = now + expiry
        hits = dict(_count(len(keys)).run(connection, values))
        return [int(hits[key]) for key, _ in keys]

    def shares_database(self, database: Database) -> bool:
        """True if the counters are in that database and can share its transactions."""
        return self._database is database

    def get(self, key: str) -> int:
        """Return the hits in the current window."""
        return self._window(key, time.time())[0]

    def get_expiry(self, key: str) -> float:
        """Return when the current window ends, in seconds since 1970."""
        now = time.time()
        return self._window(key, now)[1] or now

    def clear(self, key: str) -> None:
        """Delete a key."""
        with self._database.counting() as connection:
            connection.execute(sa.delete(rates).where(rates.c.key == key))

    def reset(self) -> int:
        """Delete all keys; return how many."""
        with self._database.counting() as connection:
            return connection.execute(sa.delete(rates)).rowcount

    def check(self) -> bool:
        """True if the storage works."""
        try:
            self.get("")
        except StoreUnavailable:
            return False
        return True

    def _window(self, key: str, now: float) -> tuple[int, float]:
        with self._database.reading() as connection:
            row = connection.execute(
                sa.select(rates.c.hits, rates.c.expires_at).where(
                    rates.c.key == key, rates.c.expires_at > now
                )
            ).one_or_none()
        return (row.hits, row.expires_at) if row else (0, 0.0)

    def _clear_sometimes(self, connection: sa.Connection, now: float) -> None:
        self._counts += 1
        if self._counts % _CLEAR_EVERY == 0:
            connection.execute(sa.delete(rates).where(rates.c.expires_at <= now))


def shared_storage(settings: Settings, database: Database) -> Storage:
    """Return the storage that all workers share: Redis or Valkey by URL, else the database."""
    if not settings.redis_url:
        return DatabaseStorage(wrap_exceptions=True, database=database)
    found = storage_from_string(
        settings.redis_url,
        wrap_exceptions=True,
        socket_timeout=_REDIS_TIMEOUT_S,
        socket_connect_timeout=_REDIS_TIMEOUT_S,
    )
    assert isinstance(found, Storage)
    return found
