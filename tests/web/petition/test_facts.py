"""The fact sheet says as of when and according to whom, and nothing that awaits review."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from campaign import paths
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.web.petition.facts import in_words
from tests.web.made_site import SUMMER, visitor, words

PAGE = "/c/section-907/facts"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        yield someone


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", SUMMER)


def test_each_usable_fact_stands_at_its_anchor_under_its_number(
    client: FlaskClient, pack: Pack
) -> None:
    body = client.get(PAGE).text

    shown = re.findall(r'<li class="ledger-entry" id="([^"]+)" value="(\d+)"', body)
    assert shown == [(fact.id, str(pack.fact_number(fact.id))) for fact in pack.usable_facts()]


def test_each_fact_says_as_of_when_and_according_to_whom(client: FlaskClient, pack: Pack) -> None:
    body = words(client.get(PAGE).text)

    for fact in pack.usable_facts():
        with client.application.test_request_context(PAGE):
            day = in_words(fact.source_date)
        assert f"{fact.claim} As of {day}, according to {fact.attribution}" in body


def test_every_raised_number_of_the_petition_leads_to_a_fact(
    client: FlaskClient, pack: Pack
) -> None:
    body = client.get(PAGE).text

    named = {fact for passage in pack.text().petition for fact in passage.facts}
    named |= {fact for point in pack.talking_points for p in point.passages for fact in p.facts}
    assert named
    for fact in named:
        assert f'id="{fact}"' in body


def test_facts_that_await_review_are_not_stated(client: FlaskClient, pack: Pack) -> None:
    body = client.get(PAGE).text

    waiting = [fact for fact in pack.facts.values() if not fact.is_usable(SUMMER)]
    assert waiting
    assert all(f'id="{fact.id}"' not in body for fact in waiting)
    assert f"{len(waiting)} more points are waiting for the organizer" in words(body)


def test_the_fact_sheet_is_public(client: FlaskClient) -> None:
    response = client.get(PAGE)

    assert response.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2023-09-19 to 2023-10-03", "September 19, 2023 to October 3, 2023"),
        ("2019-07", "July 2019"),
        ("fiscal years 2002 to 2020", "fiscal years 2002 to 2020"),
        ("2023-13-45", "2023-13-45"),
    ],
)
def test_dates_of_the_ledger_are_read_in_words(
    client: FlaskClient, written: str, read: str
) -> None:
    with client.application.test_request_context(PAGE):
        assert in_words(written) == read


@pytest.mark.parametrize(
    ("page", "note"),
    [
        ("/c/section-907/", "El texto siguiente está en inglés."),
        ("/c/section-907/facts", "Los hechos están en inglés."),
        ("/c/section-907/write", "Los puntos están en inglés, como las cartas."),
    ],
)
def test_a_page_in_another_language_says_which_part_is_in_english(
    client: FlaskClient, page: str, note: str
) -> None:
    assert note in words(client.get(f"{page}?lang=es").text)
    assert "in English" not in words(client.get("/c/section-907/facts").text)
