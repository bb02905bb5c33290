"""Where members stand, as the public sees it: by state, with day and source, and no guess."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import stances
from campaign.web.core.services import KEY, Services
from tests.web.made_site import visitor, words

PAGE = "/c/section-907/where-they-stand"
BILL = Bill(119, "hr", 6840)
OLD = Bill(118, "s", 3000)
#: Senators Daines and Sheehy of Montana, and Representatives Titus and Pallone.
DAINES, SHEEHY, TITUS, PALLONE = "D000618", "S001232", "T000468", "P000034"


def record(
    member: str, stance: Stance, source: str = "A letter", bill: Bill | None = None
) -> StanceRecord:
    return StanceRecord(member, stance, date(2026, 6, 1), source, bill)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        services: Services = someone.application.extensions[KEY]
        with services.database.writing() as connection:
            stances.add(
                connection,
                "section-907",
                [
                    record(TITUS, Stance.FOR, "a file", BILL),
                    record(DAINES, Stance.AGAINST, "<b>A vote</b>"),
                    record(PALLONE, Stance.FOR, "a file", BILL),
                    record(PALLONE, Stance.AGAINST, "a file", Bill(119, "hr", 6534)),
                    record(SHEEHY, Stance.FOR, "a file", OLD),
                ],
                actor="cli:ani",
                now=services.now(),
            )
        yield someone


def test_members_with_evidence_are_shown_by_state_with_day_and_source(client: FlaskClient) -> None:
    body = client.get(PAGE).text

    assert "Dina Titus · Representative for Nevada’s 1st district".replace("’", "'") in words(
        body
    ).replace("’", "'")
    assert "For Sponsor or cosponsor of H.R. 6840 (119th Congress), as of June 1, 2026" in words(
        body
    )
    assert "&lt;b&gt;A vote&lt;/b&gt;" in body


def test_evidence_that_disagrees_is_not_known_and_not_shown(client: FlaskClient) -> None:
    body = words(client.get(f"{PAGE}?state=NJ").text)

    assert re.search(r"Frank Pallone.{0,60}Not known", body)
    assert "H.R. 6534" not in body


def test_what_rested_on_an_ended_congress_is_written_as_past(client: FlaskClient) -> None:
    body = words(client.get(f"{PAGE}?state=MT").text)

    assert (
        "Not known Earlier: For (Sponsor or cosponsor of a bill of the 118th Congress, as of"
        in body
    )
    assert "S. 3000" not in body
    assert "Against A vote" not in body
    assert body.count("Not known") >= 3


def test_a_state_lists_all_its_members_and_another_word_changes_nothing(
    client: FlaskClient,
) -> None:
    wyoming = words(client.get(f"{PAGE}?state=WY").text)

    assert "Where members from Wyoming stand" in wyoming
    assert {"Barrasso", "Lummis", "Hageman"} <= set(wyoming.split())
    assert client.get(f"{PAGE}?state=XX&x=ani@example.org").data == client.get(PAGE).data


def test_the_page_is_in_the_navigation_only_where_there_is_evidence(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert "/where-they-stand" in client.get("/c/section-907/facts").text
    with visitor(tmp_path) as other:
        assert "/where-they-stand" not in other.get("/c/section-907/facts").text
        assert other.get(PAGE).status_code == 200


def test_a_members_card_says_where_the_member_stands(client: FlaskClient) -> None:
    body = words(client.get("/c/section-907/members?zip=59101").text)

    assert re.search(r"Steve Daines.{0,120}Against <b>A vote</b>, as of June 1, 2026", body)


def test_the_call_page_says_where_the_member_stands(client: FlaskClient) -> None:
    against = words(client.get(f"/c/section-907/call/{DAINES}").text)
    disputed = words(client.get(f"/c/section-907/call/{PALLONE}").text)
    unknown = words(client.get("/c/section-907/call/Z000018").text)

    assert "Where they stand: Against <b>A vote</b>, as of June 1, 2026" in against
    assert "Where they stand: Not known" in disputed
    assert "Where they stand:" not in unknown
