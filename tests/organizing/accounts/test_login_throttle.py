"""Guessers are stopped by network; many networks slow each other, and never keep an owner out."""

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

from campaign.organizing.accounts.login_throttle import LoginThrottle
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import DatabaseStorage


@pytest.fixture
def attempts(database: Database) -> LoginThrottle:
    return LoginThrottle(DatabaseStorage(wrap_exceptions=True, database=database))


def allowed(attempts: LoginThrottle, tries: list[tuple[str, str]]) -> int:
    return sum(attempts.count_login(network=one, account=other).allowed for one, other in tries)


def test_a_network_gets_ten_attempts_at_one_account(attempts: LoginThrottle) -> None:
    assert allowed(attempts, [("home", "nare")] * 12) == 10
    assert attempts.count_login(network="elsewhere", account="nare").allowed


def test_a_network_gets_sixty_attempts_at_all_accounts(attempts: LoginThrottle) -> None:
    assert allowed(attempts, [("home", f"account{n}") for n in range(65)]) == 60


def test_an_account_under_attack_stays_open_to_its_owner(attempts: LoginThrottle) -> None:
    assert allowed(attempts, [(f"network{n}", "nare") for n in range(500)]) == 500

    assert allowed(attempts, [("home", "nare")] * 6) == 6


def test_an_account_under_attack_slows_each_network(attempts: LoginThrottle) -> None:
    allowed(attempts, [(f"network{n}", "nare") for n in range(40)])

    assert allowed(attempts, [("one more", "nare")] * 10) == 6
    assert allowed(attempts, [("one more", "others")] * 10) == 10


def test_refused_attempts_do_not_count_against_the_account(
    attempts: LoginThrottle,
) -> None:
    assert allowed(attempts, [("attacker", "nare")] * 200) == 10

    assert allowed(attempts, [("home", "nare")] * 10) == 10


def test_password_mails_to_an_address_are_capped_without_refusing(
    attempts: LoginThrottle,
) -> None:
    verdicts = [attempts.count_mail(network=f"network{n}", account="nare") for n in range(8)]

    assert all(one.allowed for one in verdicts)
    assert [one.is_mailed_enough for one in verdicts] == [False] * 5 + [True] * 3


def test_refused_mails_do_not_count_against_the_address(
    attempts: LoginThrottle,
) -> None:
    for _ in range(50):
        attempts.count_mail(network="attacker", account="nare")

    assert not attempts.count_mail(network="home", account="nare").is_mailed_enough


def test_the_first_refusal_is_marked_and_has_a_wait(attempts: LoginThrottle) -> None:
    verdicts = [attempts.count_mail(network="home", account="nare") for _ in range(5)]

    assert [one.allowed for one in verdicts] == [True, True, True, False, False]
    assert [one.is_first_refused for one in verdicts[3:]] == [True, False]
    assert 3590 <= verdicts[3].retry_after <= 3601


def test_mails_and_passwords_have_separate_limits(attempts: LoginThrottle) -> None:
    for _ in range(4):
        attempts.count_mail(network="home", account="nare")

    assert attempts.count_login(network="home", account="nare").allowed


def test_without_the_shared_storage_a_process_counts_by_itself() -> None:
    class Away(MemoryStorage):
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise StorageError(OSError("away"))

    attempts = LoginThrottle(Away())

    assert allowed(attempts, [("home", "nare")] * 12) == 10
