"""Who is set aside: networks and domains that come too often, counted by all workers together."""

import pytest
from limits.storage import storage_from_string

from campaign.petition import rate_limits
from campaign.petition.identity import Email
from campaign.petition.rate_limits import Challenge, SignupLimits
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import URI

ADA = Email.parse("ada@gmail.com")


def make_limits(database: Database) -> SignupLimits:
    return SignupLimits(storage_from_string(URI, database=database))  # type: ignore[arg-type]


def test_a_burst_from_a_network_is_held_by_every_worker(database: Database) -> None:
    workers = [make_limits(database), make_limits(database)]

    flags = [workers[number % 2].count_signup("one-network", ADA) for number in range(21)]

    assert flags[:20] == [()] * 20
    assert flags[20] == ("network-burst",)
    assert not rate_limits.HOLDING_FLAGS.isdisjoint(flags[20])
    assert workers[0].count_signup("another-network", ADA) == ()


def test_a_burst_from_a_small_mail_domain_is_flagged(database: Database) -> None:
    count_signup = make_limits(database).count_signup

    small = [count_signup(f"network-{n}", Email.parse(f"a{n}@example.org")) for n in range(31)]
    common = [count_signup(f"network-{n}", Email.parse(f"a{n}@gmail.com")) for n in range(31)]

    assert small[29:] == [(), ("domain-burst",)]
    assert rate_limits.HOLDING_FLAGS.isdisjoint(small[30])
    assert set(common) == {()}


def test_a_challenge_solution_is_good_once_across_workers(database: Database) -> None:
    workers = [make_limits(database), make_limits(database)]
    answered = Challenge(solved="one-answer")

    flags = [workers[n % 2].count_signup(f"network-{n}", ADA, challenge=answered) for n in range(3)]

    assert flags == [(), ("unchallenged",), ("unchallenged",)]


def test_unchallenged_sign_ups_of_a_network_are_limited_by_hour(
    database: Database,
) -> None:
    count_signup = make_limits(database).count_signup
    for number in range(10):
        assert count_signup("network", ADA, challenge=Challenge(solved=f"answer-{number}")) == ()

    flags = [count_signup("network", ADA, challenge=Challenge()) for _ in range(7)]

    assert flags[:6] == [("unchallenged",)] * 6
    assert rate_limits.HOLDING_FLAGS.isdisjoint(flags[5])
    assert flags[6] == ("unchallenged", "unchallenged-burst")
    assert not rate_limits.HOLDING_FLAGS.isdisjoint(flags[6])


@pytest.mark.parametrize(
    ("domain", "is_disposable"),
    [
        ("mailinator.com", True),
        ("sub.mailinator.com", True),
        ("mailinator-of-letters.org", False),
        ("gmail.com", False),
        ("com", False),
    ],
)
def test_disposable_domains_are_known(domain: str, is_disposable: bool) -> None:
    assert rate_limits.is_disposable(domain) is is_disposable
