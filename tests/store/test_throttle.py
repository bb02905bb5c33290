"""Slots in time that workers share."""

import threading
from itertools import pairwise

import pytest

from campaign.store import throttle
from campaign.store.db.engine import Database


def test_slots_keep_their_distance_and_the_first_after_a_pause_is_free(database: Database) -> None:
    first, second, third = (throttle.reserve_slot(database, "a", gap_s=5.0) for _ in range(3))
    other = throttle.reserve_slot(database, "b", gap_s=5.0)

    assert first == other == 0.0
    assert second == pytest.approx(5.0, abs=0.5)
    assert third == pytest.approx(10.0, abs=0.5)


def test_a_rest_saves_up_no_slots(database: Database) -> None:
    throttle.reserve_slot(database, "a", gap_s=0.0)

    assert throttle.reserve_slot(database, "a", gap_s=0.0) == 0.0
    assert throttle.reserve_slot(database, "a", gap_s=5.0) == pytest.approx(5.0, abs=0.5)


def test_workers_never_get_the_same_slot(database: Database) -> None:
    waits: list[float] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(5):
            waits.append(throttle.reserve_slot(database, "a", gap_s=10.0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    waits.sort()
    assert len(waits) == 20
    assert all(later - earlier > 5 for earlier, later in pairwise(waits))
