"""Your members: every kind of place leads on to people, whatever the geocoder does."""

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient

from campaign.congress import geocoder as geocoder_module
from tests.congress.geocoder_server import GeocoderServer, Mood
from tests.web.made_site import visitor, words

PAGE = "/c/section-907/members"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        yield someone


def by_zip(client: FlaskClient, zip_code: str) -> str:
    response = client.get(PAGE, query_string={"zip": zip_code})
    assert response.status_code == 200
    return response.text


def test_the_page_begins_with_one_field(client: FlaskClient) -> None:
    response = client.get(PAGE)

    assert response.status_code == 200
    assert 'autocomplete="postal-code"' in response.text
    assert "There is a problem" not in response.text


def test_a_zip_shows_two_senators_and_a_representative(client: FlaskClient) -> None:
    body = by_zip(client, "59001")

    assert body.count('<article class="member') == 3
    assert words(body).count("Senator for Montana") == 2
    assert "Representative for Montana's 2nd district" in words(body)
    assert re.search(r'href="tel:\+1202\d{7}"', body)
    assert "as of June 15, 2026" in words(body)


def test_a_plus_four_and_spaces_are_taken(client: FlaskClient) -> None:
    assert by_zip(client, " 59001-1234 ").count('<article class="member') == 3


def test_a_wrong_zip_is_refused_and_kept(client: FlaskClient) -> None:
    response = client.get(PAGE, query_string={"zip": "5900"})

    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert 'value="5900"' in response.text


def test_a_split_zip_asks_for_the_street_and_offers_names(client: FlaskClient) -> None:
    body = by_zip(client, "10011")

    assert 'name="street"' in body
    assert re.search(r'<form[^>]*method="post"[^>]*action="/c/section-907/members', body)
    assert "New York&#39;s 12th district" in body
    assert words(body).count("Senator for New York") == 2


def test_a_name_chosen_shows_that_member(client: FlaskClient) -> None:
    response = client.get(PAGE, query_string={"zip": "10011", "district": "NY-12"})

    assert response.status_code == 200
    assert response.text.count('<article class="member') == 3
    assert 'name="district" value="NY-12"' in response.text


def test_a_street_settles_a_split_zip_and_stays_out_of_the_address(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        response = client.post(PAGE, data={"zip": "10011", "street": "421 8th Ave"})

        assert response.status_code == 200
        assert response.text.count('<article class="member') == 3
        assert "Representative for New York&#39;s 12th district" in response.text
        assert response.headers["Cache-Control"] == "no-store"
        assert geocoder.asked[0]["street"] == "421 8th Ave"


def test_a_street_is_not_sent_where_the_zip_is_enough(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        client.post(PAGE, data={"zip": "59001", "street": "12 Main Street"})

        assert geocoder.asked == []


@pytest.mark.parametrize("mood", ["hang", "drip", "html", "next-congress", "tie", "error", "half"])
def test_whatever_the_geocoder_does_the_page_leads_on_soon(
    tmp_path: Path, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoder_module, "TOTAL_SECONDS", 0.6)
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        geocoder.mood = cast(Mood, mood)
        begin = time.monotonic()

        response = client.post(PAGE, data={"zip": "10011", "street": "421 8th Ave"})

        # Left to itself, the server hangs for a minute.
        assert time.monotonic() - begin < 20
        assert response.status_code == 200
        assert "district=NY-12" in response.text
        assert 'value="421 8th Ave"' in response.text


def test_a_vacant_seat_is_shown_with_the_senators(client: FlaskClient) -> None:
    body = words(client.get(PAGE, query_string={"district": "TX-23"}).text)

    assert "This seat is vacant" in body
    assert body.count("Senator for Texas") == 2


def test_a_delegation_without_senators_is_normal(client: FlaskClient) -> None:
    body = by_zip(client, "20001")

    assert body.count('<article class="member') == 1
    assert "Delegate for the District of Columbia" in body
    assert "no senators" in words(body)


def test_puerto_rico_has_a_resident_commissioner(client: FlaskClient) -> None:
    assert "Resident Commissioner of Puerto Rico" in by_zip(client, "00901")


@pytest.mark.parametrize(
    ("zip_code", "hint"),
    [("09012", "voting residence"), ("59604", "PO boxes"), ("00000", "do not know ZIP code")],
    ids=["military", "PO boxes", "unknown"],
)
def test_a_zip_where_nobody_lives_says_what_to_enter(
    client: FlaskClient, zip_code: str, hint: str
) -> None:
    body = by_zip(client, zip_code)

    assert hint in words(body)
    assert 'name="state"' in body or 'name="street"' in body


def test_the_members_of_a_state_can_be_chosen_by_name(client: FlaskClient) -> None:
    response = client.get(PAGE, query_string={"zip": "09012", "state": "MT"})

    assert "district=MT-1" in response.text
    assert "district=MT-2" in response.text


def test_a_due_special_election_is_shown(tmp_path: Path) -> None:
    with visitor(tmp_path, on_date=date(2026, 11, 24)) as client:
        body = words(by_zip(client, "43215"))

    assert "verify: a special election was due on November 3, 2026" in body


def test_past_the_end_of_the_congress_only_the_senate_is_named(tmp_path: Path) -> None:
    with visitor(tmp_path, on_date=date(2027, 2, 1)) as client:
        body = words(by_zip(client, "59001"))

    assert "A new Congress began on January 3, 2027. We do not know yet" in body
    assert "Representative for" not in body
    assert "campaign data refresh" not in body


def test_the_committees_of_the_campaign_are_named(client: FlaskClient) -> None:
    assert "On a committee that matters to this campaign:" in words(by_zip(client, "59001"))


def test_the_nearest_office_is_named_with_its_phone_and_a_map(client: FlaskClient) -> None:
    body = by_zip(client, "59001")

    daines = body[body.index("Steve Daines") : body.index("Something wrong here?")]
    assert re.search(r"Nearest office Billings ?, 406-\d{3}-\d{4}", words(daines))
    link = re.search(r'<a href="(https://www\.openstreetmap\.org/[^"]+)"[^>]*rel="([^"]+)"', daines)
    assert link is not None
    assert link[2] == "noopener noreferrer"
    assert "Hart Senate Office Building, Washington, DC 20510" in words(daines)


def test_without_a_zip_no_office_is_called_the_nearest(client: FlaskClient) -> None:
    body = client.get(PAGE, query_string={"district": "MT-2"}).text

    assert "Nearest office" not in body
    assert "local offices" in body


def test_a_district_can_be_typed_in_place_of_a_zip(client: FlaskClient) -> None:
    assert "Representative for Montana's 2nd district" in words(by_zip(client, "mt-2"))


def test_a_zip_of_post_office_boxes_is_checked_with_a_street(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        by_box = by_zip(client, "82003")
        by_street = client.post(PAGE, data={"zip": "82003", "street": "200 W 24th St"}).text

        assert geocoder.asked

    assert "Check with your street" in by_box
    assert "Check with your street" not in by_street
    for body in (by_box, by_street):
        assert "Representative for Wyoming, at large" in words(body)


@pytest.mark.parametrize("district", ["XX-1", "CA-99", "%00", "<script>"])
def test_a_district_that_does_not_exist_is_passed_over(client: FlaskClient, district: str) -> None:
    response = client.get(PAGE, query_string={"district": district})

    assert response.status_code == 200
    assert '<article class="member' not in response.text


def test_a_zip_and_a_district_of_another_state_are_not_taken_together(client: FlaskClient) -> None:
    response = client.get(PAGE, query_string={"zip": "59101", "district": "CA-30"})

    assert response.status_code == 422
    assert "CA-30 is not in Montana" in words(response.text)
    assert '<article class="member' not in response.text


def test_a_street_in_another_state_than_the_zip_is_reported_at_the_state(
    client: FlaskClient,
) -> None:
    data = {"zip": "10011", "street": "421 8th Ave", "state": "TX"}

    response = client.post(PAGE, data=data)

    assert response.status_code == 422
    assert "ZIP code 10011 is in New York" in words(response.text)
    assert 'value="421 8th Ave"' in response.text


def test_an_answer_in_another_place_leaves_the_zips_candidates(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        geocoder.mood = "dallas"

        body = client.post(PAGE, data={"zip": "02861", "street": "12 Oak St"}).text

    assert "outside that ZIP code" in words(body)
    assert "district=RI-1" in body
    assert "district=MA-4" in body
    assert "Texas&#39;s" not in body


def test_a_heading_begins_with_a_capital(client: FlaskClient) -> None:
    body = client.get(f"{PAGE}?zip=20013").text

    assert re.search(r'<h2 id="answer-title">\s*The District of Columbia\s*</h2>', body)
