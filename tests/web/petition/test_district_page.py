"""The page of a district: one address for each, and no number that points to a person."""

import io
import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from PIL import Image

from campaign.letters.print import share_card
from campaign.letters.print.share_card import Card
from tests.web.counted import count_in
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site

DISTRICT = PETITION + "d/"


def test_it_says_how_many_neighbors_signed_and_who_represents_them(site: Site) -> None:
    count_in(site.database, {"CA-30": 128, "CA-29": 30}, at=site.time[0])

    body = site.client.get(DISTRICT + "CA-30").text

    told = words(body)
    assert "California's 30th district" in told
    assert "128 of your neighbors have signed." in told
    assert "Laura Friedman" in told
    assert "Write to Representative Friedman" in told
    assert f'<link rel="canonical" href="http://localhost{DISTRICT}CA-30">' in body
    assert 'hreflang="hy"' in body
    assert "128%20people%20in%20California%27s%2030th%20district%20have%20signed%3A" in body
    assert f'property="og:url" content="http://localhost{DISTRICT}CA-30"' in body


def test_small_numbers_stay_hidden(site: Site) -> None:
    count_in(site.database, {"MT-1": 3, "MT-2": 9, "CA-30": 50, "WY-0": 2}, at=site.time[0])

    for place in ("MT-1", "MT-2"):
        told = words(site.client.get(DISTRICT + place).text)
        assert "do not show yet how many people have signed here" in told
        assert "neighbors have" not in told


def test_a_district_with_few_says_fewer_than_five(site: Site) -> None:
    count_in(site.database, {"CA-30": 50, "CA-29": 40, "CA": 20, "CA-28": 2}, at=site.time[0])

    told = words(site.client.get(DISTRICT + "CA-28").text)

    assert "Fewer than 5 people have signed here so far." in told


def test_a_state_of_one_district_counts_as_the_state_does(site: Site) -> None:
    count_in(site.database, {"WY-0": 12, "CA-30": 50}, at=site.time[0])

    told = words(site.client.get(DISTRICT + "WY-0").text)

    assert "Wyoming, at large" in told
    assert "12 of your neighbors have signed." in told


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("ca-30", "CA-30"),
        ("CA30", "CA-30"),
        ("WY-AL", "WY-0"),
        ("WY", "WY-0"),
        ("wyoming", "WY-0"),
        ("WY-00", "WY-0"),
        ("DC-98", "DC-0"),
        ("pr", "PR-0"),
    ],
)
def test_other_spellings_lead_to_the_one_address(site: Site, typed: str, place: str) -> None:
    response = site.client.get(DISTRICT + typed + "?source=flyer&email=ani@example.org")

    assert response.status_code == 301
    assert response.location == f"{DISTRICT}{place}?source=flyer"


def test_a_state_of_several_districts_leads_to_its_map(site: Site) -> None:
    response = site.client.get(DISTRICT + "CA")

    assert (response.status_code, response.location) == (301, PETITION + "map/CA")


@pytest.mark.parametrize("place", ["XX-1", "CA-99", "CA-0", "MT-98", "nowhere", "WY-1"])
def test_a_district_that_does_not_exist_is_not_found(site: Site, place: str) -> None:
    assert site.client.get(DISTRICT + place).status_code == 404


def test_a_vacant_seat_and_a_delegate_are_named_as_such(site: Site) -> None:
    vacant = words(site.client.get(DISTRICT + "CA-14").text)
    delegate = words(site.client.get(DISTRICT + "DC-0").text)

    assert "This seat is vacant" in vacant
    assert "Write to" not in vacant
    assert "Eleanor Holmes Norton" in delegate
    assert "See the senators too" not in delegate


def test_after_the_lines_have_changed_it_shows_neither_map_nor_former_member(site: Site) -> None:
    count_in(site.database, {"TX-7": 50}, at=site.time[0])
    site.time[0] = datetime(2027, 1, 5, 12, tzinfo=UTC)

    body = site.client.get(DISTRICT + "TX-7").text

    assert "We do not know yet who holds this seat" in words(body)
    assert "District lines have changed here." in words(body)
    assert "<svg class" not in body


def test_the_zip_leads_to_the_district_or_to_the_question_for_the_street(site: Site) -> None:
    client = site.client

    assert client.get(PETITION + "d?zip=59001").location == DISTRICT + "MT-2"
    assert client.get(PETITION + "d?zip=ca-30").location == DISTRICT + "CA-30"
    assert client.get(PETITION + "d?zip=10011").location == PETITION + "members?zip=10011"
    assert client.get(PETITION + "d?zip=1").location == PETITION + "members?zip=1"
    assert client.get(PETITION + "d?zip=59001&lang=es").location == DISTRICT + "MT-2?lang=es"


def test_it_is_cached_sets_no_cookie_and_keeps_the_source_of_its_visitor(site: Site) -> None:
    response = site.client.get(DISTRICT + "MT-2?source=flyer&email=ani@example.org")

    assert response.headers["Cache-Control"].startswith("public, max-age=10")
    assert "Set-Cookie" not in response.headers
    assert 'href="/c/section-907/?source=flyer#sign"' in response.text
    assert "ani@example.org" not in response.text


def test_it_is_linked_from_the_state_and_from_a_member(site: Site) -> None:
    link = f'href="{DISTRICT}MT-2"'

    assert link in site.client.get(PETITION + "map/MT").text
    assert link in site.client.get(PETITION + "members?zip=59001").text


def test_a_call_from_the_page_is_the_first_of_a_round(site: Site) -> None:
    body = site.client.get(DISTRICT + "CA-30").text

    found = re.search(r'href="([^"]*/call/F000483\?offices=[^"]*)"', body)
    assert found is not None
    assert "Call 3 of 5" in words(site.client.get(unquote(found[1])).text)


# -- The picture beside a shared link --------------------------------------------------------------


def noted(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """The texts of every picture that is drawn from now on."""
    drawn: list[Card] = []
    png = share_card.png

    def note(card: Card) -> bytes:
        drawn.append(card)
        return png(card)

    monkeypatch.setattr(share_card, "png", note)
    return drawn


def card_of(site: Site, place: str) -> tuple[str, bytes]:
    """The address of the picture, and the picture."""
    body = site.client.get(DISTRICT + place).text
    found = re.search(r'property="og:image" content="http://localhost([^"]+)"', body)
    assert found is not None
    sent = site.client.get(found[1])
    assert sent.content_type == "image/png"
    assert sent.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    return found[1], sent.data


def test_a_district_has_a_share_picture_with_its_own_count(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = noted(monkeypatch)
    count_in(site.database, {"CA-30": 128, "CA-29": 30}, at=site.time[0])

    address, picture = card_of(site, "CA-30")

    assert address == f"{DISTRICT}CA-30/card.png?v=120"
    assert Image.open(io.BytesIO(picture)).size == (1200, 630)
    assert (drawn[-1].kicker, drawn[-1].number, drawn[-1].words) == (
        "California's 30th district",
        "120+",
        "of your neighbors have signed",
    )


def test_the_share_picture_hides_small_numbers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = noted(monkeypatch)
    count_in(site.database, {"MT-1": 3, "MT-2": 9, "CA-30": 50}, at=site.time[0])

    address, _ = card_of(site, "MT-1")

    assert address == f"{DISTRICT}MT-1/card.png"
    assert (drawn[-1].number, drawn[-1].words) == ("", "Sign with your neighbors")


@pytest.mark.parametrize("place", ["CA-99", "ca-30", "CA", "XX-1"])
def test_only_a_district_by_its_id_has_a_share_picture(site: Site, place: str) -> None:
    assert site.client.get(f"{DISTRICT}{place}/card.png").status_code == 404
