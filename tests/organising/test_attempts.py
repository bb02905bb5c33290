"""Tries are counted by account, by network and by both, and in the end somewhere they stop."""

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

from campaign.organising.attempts import Attempts
from campaign.store.engine import Database
from campaign.store.limits import DatabaseStorage


@pytest.fixture
def attempts(database: Database) -> Attempts:
    return Attempts(DatabaseStorage(wrap_exceptions=True, database=database))


def allowed(attempts: Attempts, tries: list[tuple[str, str]]) -> int:
    return sum(attempts.enter(network=one, account=other).allowed for one, other in tries)


def test_a_network_that_tries_one_account_is_stopped_after_ten(attempts: Attempts) -> None:
    assert allowed(attempts, [("home", "nare")] * 12) == 10
    assert attempts.enter(network="elsewhere", account="nare").allowed


def test_a_network_that_tries_many_is_stopped_after_sixty(attempts: Attempts) -> None:
    assert allowed(attempts, [("home", f"account{n}") for n in range(65)]) == 60


def test_an_account_that_many_networks_try_is_stopped_after_forty(attempts: Attempts) -> None:
    assert allowed(attempts, [(f"network{n}", "nare") for n in range(45)]) == 40


def test_the_first_refusal_is_told_apart_and_the_wait_is_said(attempts: Attempts) -> None:
    verdicts = [attempts.mail(network="home", account="nare") for _ in range(5)]

    assert [one.allowed for one in verdicts] == [True, True, True, False, False]
    assert [one.is_first_refused for one in verdicts[3:]] == [True, False]
    assert 3590 <= verdicts[3].retry_after <= 3601


def test_mails_and_passwords_are_counted_apart(attempts: Attempts) -> None:
    for _ in range(4):
        attempts.mail(network="home", account="nare")

    assert attempts.enter(network="home", account="nare").allowed


def test_without_the_shared_storage_a_process_counts_by_itself() -> None:
    class Away(MemoryStorage):
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise StorageError(OSError("away"))

    attempts = Attempts(Away())

    assert allowed(attempts, [("home", "nare")] * 12) == 10
