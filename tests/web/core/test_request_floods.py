"""Limits stop machines, and tell them when to come back; an odd sign-up is set aside, not lost."""

import pytest
from limits.errors import StorageError
from sqlalchemy import select

from campaign.petition.rate_limits import SignupLimits
from campaign.store.models import signatures
from campaign.web.core.request_floods import MinuteCounter
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, is_taken, shown_apart_from


def statuses(site: Site) -> list[str]:
    """The status of every signature, in the order of signing."""
    with site.database.reading() as connection:
        return list(
            connection.execute(select(signatures.c.status).order_by(signatures.c.id)).scalars()
        )


def test_a_burst_from_one_network_is_set_aside_and_answered_alike(site: Site) -> None:
    typed = site.form()

    answers = [
        site.client.post(PETITION + "sign", data={**typed, "email": f"a{number}@example.org"})
        for number in range(24)
    ]

    assert all(map(is_taken, answers))
    assert len({shown_apart_from(each, f"a{n}@example.org") for n, each in enumerate(answers)}) == 1
    kept = statuses(site)
    assert len(kept) == 24
    assert kept[:20] == ["pending"] * 20
    assert kept[20:] == ["held"] * 4


def test_a_program_that_fills_every_field_is_set_aside(site: Site) -> None:
    site.sign(topic="cheap watches")

    assert statuses(site) == ["held"]
    assert not site.mails()


def test_a_machine_learns_when_to_come_back(site: Site) -> None:
    # Two minutes' worth, should a minute end meanwhile.
    last = None
    for _ in range(602):
        last = site.client.post(PETITION + "sign", data={"first_name": "x"})
        if last.status_code != 422:
            break

    assert last is not None
    assert last.status_code == 429
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert "Please wait a moment" in words(last.text)
    elsewhere = site.client.post(
        PETITION + "sign", data={"first_name": "x"}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 422
    assert site.client.get(PETITION).status_code == 200


def test_a_minute_forgets_the_one_before() -> None:
    now = [59.0]
    counter = MinuteCounter(clock=lambda: now[0])

    assert [counter.count("a"), counter.count("a"), counter.count("b")] == [1, 2, 1]
    assert counter.seconds_left() == 1
    now[0] = 60.0
    assert counter.count("a") == 1


def test_counters_that_cannot_be_reached_keep_nobody_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> tuple[str, ...]:
        raise StorageError(ConnectionError())

    monkeypatch.setattr(SignupLimits, "count_signup", away)

    assert is_taken(site.sign())
    assert statuses(site) == ["pending"]
