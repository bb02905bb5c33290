"""The limiter's counters: exact among threads, gone when their window is."""

import threading
import time
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from campaign.errors import StoreUnavailable
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import URI, DatabaseStorage


@pytest.fixture
def storage(database: Database) -> DatabaseStorage:
    made = storage_from_string(URI, database=database)  # type: ignore[arg-type]
    assert isinstance(made, DatabaseStorage)
    return made


def test_threads_share_one_exact_count(storage: DatabaseStorage) -> None:
    limiter = FixedWindowRateLimiter(storage)
    item = RateLimitItemPerMinute(25)
    granted: list[bool] = []

    def work() -> None:
        granted.extend(limiter.hit(item, "key") for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert granted.count(True) == 25
    assert not limiter.test(item, "key")
    assert limiter.test(item, "another")


def test_a_window_ends(storage: DatabaseStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = FixedWindowRateLimiter(storage)
    item = RateLimitItemPerSecond(1)
    clock = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])

    assert limiter.hit(item, "key")
    assert not limiter.hit(item, "key")
    clock[0] += 1.05
    assert limiter.hit(item, "key")
    assert limiter.get_window_stats(item, "key").remaining == 0


def test_keys_can_be_cleared(storage: DatabaseStorage) -> None:
    storage.incr("a", 60)
    storage.incr("a", 60, amount=4)
    storage.incr("b", 60)

    assert (storage.get("a"), storage.get("b"), storage.get("c")) == (5, 1, 0)
    assert storage.get_expiry("a") > time.time()
    storage.clear("a")
    assert storage.get("a") == 0
    assert storage.reset() == 1
    assert storage.check()


def test_an_unavailable_database_raises_what_the_limiter_expects(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no-tables.db")

    plain = storage_from_string(URI, database=database)  # type: ignore[arg-type]
    wrapping = storage_from_string(URI, wrap_exceptions=True, database=database)  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailable):
        plain.incr("key", 60)
    with pytest.raises(StorageError):
        wrapping.incr("key", 60)
    assert not plain.check()
    database.dispose()
