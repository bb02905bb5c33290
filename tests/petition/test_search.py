"""What an organizer types to find signers, and who is found."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.petition import review, search
from campaign.petition.search import SearchForm
from campaign.store import review_queue, signers
from tests.petition.petitioning import NOW, Petition

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 6, 15)


@pytest.fixture
def people(petition: Petition) -> Petition:
    petition.sign_and_confirm(email="ada@example.org", first_name="Ada", last_name="Lovelace")
    petition.sign_and_confirm(
        email="jose@example.org", first_name="José", last_name="Álvarez-Núñez", zip="82001",
        state="WY", district="WY-0", source="mail",
    )  # fmt: skip
    petition.sign(email="ani@example.org", first_name="Անի", last_name="Պետրոսյան")
    return petition


def found(petition: Petition, congress: Congress, **asked: str) -> list[str]:
    wanted = search.parse("section-907", SearchForm(**asked), congress, TODAY, zone=NEW_YORK)
    with petition.database.reading() as connection:
        page = signers.page(connection, wanted, size=10)
        assert signers.count(connection, wanted) == len(page.signers)
    return [one.email.partition("@")[0] for one in page.signers]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["ani", "jose", "ada"]),
        ({"q": "lovelace"}, ["ada"]),
        ({"q": "LOVE ada"}, ["ada"]),
        ({"q": "Jose Nunez"}, ["jose"]),
        ({"q": "Պետրոս"}, ["ani"]),
        ({"q": "Ada@Example.org"}, ["ada"]),
        ({"q": "ada+x@example.org"}, ["ada"]),
        ({"q": "820"}, ["jose"]),
        ({"q": "100%"}, []),
        ({"status": "pending"}, ["ani"]),
        ({"status": "withdrawn"}, []),
        ({"state": "wy"}, ["jose"]),
        ({"district": "MT-2"}, ["ani", "ada"]),
        ({"source": "mail"}, ["jose"]),
        ({"origin": "paper"}, []),
        ({"since": "2026-06-15", "until": "2026-06-15"}, ["ani", "jose", "ada"]),
        ({"until": "2026-06-14"}, []),
        ({"domain": "example.org", "status": "confirmed"}, ["jose", "ada"]),
        ({"hour": "2026-06-15T12"}, ["ani", "jose", "ada"]),
        ({"hour": "2026-06-15T11"}, []),
    ],
)
def test_each_search_field_finds_its_signers(
    people: Petition, congress: Congress, asked: dict[str, str], names: list[str]
) -> None:
    assert found(people, congress, **asked) == names


def test_searching_by_member_finds_the_constituents_of_the_seat(
    people: Petition, congress: Congress
) -> None:
    house = congress.terms_by_seat["MT-2"][-1].bioguide
    senate = congress.terms_by_seat["WY-S1"][-1].bioguide

    assert found(people, congress, member=house) == ["ani", "ada"]
    assert found(people, congress, member=senate) == ["jose"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": "ada@"}, "q"),
        ({"status": "gone"}, "status"),
        ({"state": "XX"}, "state"),
        ({"district": "Montana"}, "district"),
        ({"source": "a b"}, "source"),
        ({"since": "yesterday"}, "since"),
        ({"until": "2026-02-30"}, "until"),
        ({"member": "X000000"}, "member"),
        ({"network": "%"}, "network"),
        ({"hour": "2026-06-15T99"}, "hour"),
    ],
)
def test_an_invalid_search_names_its_field(
    congress: Congress, asked: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        search.parse("section-907", SearchForm(**asked), congress, TODAY, zone=NEW_YORK)

    assert refused.value.field == field


def test_unknown_fields_are_ignored() -> None:
    typed: dict[str, Any] = {"q": " Ada ", "campaign": "river", "csrf_token": "x"}

    assert SearchForm.of(typed) == SearchForm(q="Ada")


def test_pages_continue_forward_and_back(petition: Petition, congress: Congress) -> None:
    for number in range(7):
        petition.sign(email=f"p{number}@example.org", first_name=f"P{number}")
    wanted = search.parse("section-907", SearchForm(), congress, TODAY, zone=NEW_YORK)
    with petition.database.reading() as connection:
        first = signers.page(connection, wanted, size=3)
        second = signers.page(connection, wanted, size=3, after=first.after)
        third = signers.page(connection, wanted, size=3, after=second.after)
        back = signers.page(connection, wanted, size=3, before=third.before)
        start = signers.page(connection, wanted, size=3, before=back.before)

    shown = [[one.first_name for one in page.signers] for page in (first, second, third)]
    assert shown == [["P6", "P5", "P4"], ["P3", "P2", "P1"], ["P0"]]
    assert (first.before, third.after) == (None, None)
    assert back.signers == second.signers
    assert start.signers == first.signers
    assert start.before is None


def test_a_signers_record_has_decisions_and_mail(petition: Petition) -> None:
    confirmed = petition.sign_and_confirm()
    review.invalidate(petition.database, confirmed.public_id, "a robot", actor="user:1", now=NOW)

    with petition.database.reading() as connection:
        decisions = signers.decisions(connection, confirmed)
        mail = signers.mail(connection, confirmed)

    assert [(one.action, one.actor) for one in decisions] == [("invalidate", "user:1")]
    assert "thanks" in [one.kind for one in mail]


def test_the_last_day_of_a_range_is_included(congress: Congress) -> None:
    wanted = search.parse("x", SearchForm(until="2026-06-15"), congress, TODAY, zone=NEW_YORK)

    assert wanted.until == datetime(2026, 6, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"since": "0001-01-01"}, ["ani", "jose", "ada"]),
        ({"until": "9999-12-31"}, ["ani", "jose", "ada"]),
        ({"hour": "9999-12-31T22"}, []),
    ],
)
def test_the_first_and_last_days_of_the_calendar_can_be_searched(
    people: Petition, congress: Congress, asked: dict[str, str], names: list[str]
) -> None:
    assert found(people, congress, **asked) == names


def test_the_last_hour_of_the_calendar_is_refused(congress: Congress) -> None:
    with pytest.raises(InvalidInput) as refused:
        search.parse("x", SearchForm(hour="9999-12-31T23"), congress, TODAY, zone=NEW_YORK)

    assert refused.value.field == "hour"


def test_identical_comments_are_marked_and_found(petition: Petition, congress: Congress) -> None:
    for name in ("ada", "bo", "cy"):
        petition.sign_and_confirm(
            email=f"{name}@example.org", first_name=name, comment="Stop this now."
        )
    petition.sign_and_confirm(email="di@example.org", first_name="Di", comment="In my own words.")

    with petition.database.reading() as connection:
        [same] = review_queue.same_comments(connection, "section-907")

    assert (same.text, same.total) == ("Stop this now.", 3)
    assert found(petition, congress, like=same.public_id) == ["cy", "bo", "ada"]
