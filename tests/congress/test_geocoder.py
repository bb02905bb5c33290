"""The geocoder's client against a real server that has good and bad days."""

import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

import pytest

from campaign.congress import geocoder as module
from campaign.congress import routing
from campaign.congress.dataset import Congress
from campaign.congress.geocoder import Geocoder
from campaign.congress.places import District, StreetAddress
from campaign.errors import (
    AddressAmbiguous,
    GeocoderUnavailable,
    GeocoderUnreachable,
    NoStreetAddress,
    PlaceUnknown,
)
from tests.congress.geocoder_server import GeocoderServer, Mood

HERE = StreetAddress("421 8th Ave", "New York", "NY", "10001")
IN_A_SPLIT_ZIP = StreetAddress("421 8th Ave", "New York", "NY", "10011")

#: The page must get the person on within 4 seconds; this leaves it half a second of its own.
PATIENCE_S = 3.5
#: What a busy machine may take on top. Left to itself, the server hangs for a minute.
BUSY_S = 20


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# -- good answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "district"),
    [
        (HERE, District("NY", 12)),
        (StreetAddress("200 W 24th St", "Cheyenne", "WY", "82001"), District("WY", 0)),
        (StreetAddress("1600 Pennsylvania Ave NW", zip="20500-0003"), District("DC", 0)),
    ],
)
def test_known_addresses_have_their_district(
    geocoder_server: GeocoderServer, address: StreetAddress, district: District
) -> None:
    assert Geocoder(geocoder_server.url).locate(address).district == district


def test_the_question_pins_the_lines_of_the_119th_congress(
    geocoder_server: GeocoderServer,
) -> None:
    Geocoder(geocoder_server.url).locate(HERE)

    assert geocoder_server.endpoints == ["address"]
    assert geocoder_server.asked == [
        {
            "street": "421 8th Ave",
            "city": "New York",
            "state": "NY",
            "zip": "10001",
            "benchmark": "Public_AR_Current",
            "vintage": "ACS2025_Current",
            "layers": "119th Congressional Districts",
            "format": "json",
        }
    ]


def test_an_address_typed_as_one_line_is_asked_as_one(geocoder_server: GeocoderServer) -> None:
    address = StreetAddress("421 8th Ave, New York NY 10001")

    assert Geocoder(geocoder_server.url).locate(address).district == District("NY", 12)
    assert geocoder_server.endpoints == ["onelineaddress"]
    assert geocoder_server.asked[0]["address"] == "421 8th Ave, New York NY 10001"


def test_the_next_congress_has_its_own_vintage(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "next-congress"

    assert Geocoder(geocoder_server.url, congress=120).locate(HERE).district == District("NY", 12)
    assert geocoder_server.asked[0]["vintage"] == "ACS2026_Current"


def test_a_refresh_to_the_next_congress_changes_the_question(
    geocoder_server: GeocoderServer,
) -> None:
    settings = [119]
    geocoder = Geocoder(geocoder_server.url, congress=lambda: settings[-1])
    geocoder.locate(HERE)
    settings.append(120)
    geocoder_server.mood = "next-congress"
    geocoder.locate(HERE)

    assert [asked["vintage"] for asked in geocoder_server.asked] == [
        "ACS2025_Current",
        "ACS2026_Current",
    ]


def test_a_reply_without_the_districts_field_is_read_from_its_geoid(
    geocoder_server: GeocoderServer,
) -> None:
    geocoder_server.mood = "no-cd"

    assert Geocoder(geocoder_server.url).locate(HERE).district == District("NY", 12)


def test_matches_that_agree_are_an_answer(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "same-district-twice"

    assert Geocoder(geocoder_server.url).locate(HERE).district == District("NY", 12)


def test_one_failure_is_tried_again(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "error-once"

    assert Geocoder(geocoder_server.url).locate(HERE).district == District("NY", 12)
    assert len(geocoder_server.asked) == 2


# -- no such place ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["tie", "no-district"])
def test_a_tie_or_water_is_a_place_unknown(geocoder_server: GeocoderServer, mood: Mood) -> None:
    geocoder_server.mood = mood

    with pytest.raises(PlaceUnknown):
        Geocoder(geocoder_server.url).locate(HERE)
    assert len(geocoder_server.asked) == 1


def test_no_match_is_a_place_unknown_and_is_not_kept(geocoder_server: GeocoderServer) -> None:
    geocoder = Geocoder(geocoder_server.url)
    address = StreetAddress("1 Nowhere St", zip="10001")

    for _ in range(2):
        with pytest.raises(PlaceUnknown, match="not found"):
            geocoder.locate(address)
    assert len(geocoder_server.asked) == 2


def test_without_a_street_nobody_is_asked(geocoder_server: GeocoderServer) -> None:
    with pytest.raises(PlaceUnknown, match="street"):
        Geocoder(geocoder_server.url).locate(StreetAddress(" ", zip="10001"))
    assert geocoder_server.asked == []


# -- bad days --------------------------------------------------------------------------------------

QUICK: list[Mood] = [
    "html",
    "html-as-json",
    "error",
    "redirect",
    "list",
    "empty-object",
    "odd-match",
    "half",
    "huge",
    "next-congress",
    "unlabeled-next-congress",
]
SLOW: list[Mood] = ["hang", "drip", "drip-headers"]


@pytest.mark.parametrize("mood", [*QUICK, *SLOW])
def test_a_page_gets_the_person_on_within_four_seconds(
    geocoder_server: GeocoderServer, shipped: Congress, mood: Mood, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.ATTEMPT_SECONDS <= module.TOTAL_SECONDS < PATIENCE_S
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.6)
    geocoder_server.mood = mood
    geocoder = Geocoder(geocoder_server.url)
    started = time.monotonic()

    found = routing.route_address(shipped, IN_A_SPLIT_ZIP, geocoder, shipped.meta.as_of)

    assert time.monotonic() - started < BUSY_S
    assert (found.certainty, found.need) == ("split", "district")
    assert [held.seat.id for held in found.candidates] == ["NY-10", "NY-12"]
    assert len(geocoder_server.asked) <= 2


@pytest.mark.parametrize("mood", QUICK)
def test_whatever_else_it_sends_is_no_answer(geocoder_server: GeocoderServer, mood: Mood) -> None:
    geocoder_server.mood = mood

    with pytest.raises(GeocoderUnavailable):
        Geocoder(geocoder_server.url).locate(HERE)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    started = time.monotonic()

    with pytest.raises(GeocoderUnavailable):
        Geocoder("http://127.0.0.1:9/geocoder").locate(HERE)
    assert time.monotonic() - started < BUSY_S


def test_the_lines_of_another_congress_are_never_taken(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "next-congress"

    with pytest.raises(GeocoderUnavailable, match="another Congress"):
        Geocoder(geocoder_server.url).locate(HERE)


# -- cache and breaker -----------------------------------------------------------------------------


def test_a_good_answer_is_kept_and_a_bad_one_is_not(geocoder_server: GeocoderServer) -> None:
    geocoder = Geocoder(geocoder_server.url)
    geocoder_server.mood = "html"
    with pytest.raises(GeocoderUnavailable):
        geocoder.locate(HERE)
    geocoder_server.mood = "well"
    geocoder.locate(HERE)
    asked = len(geocoder_server.asked)

    again = StreetAddress(" 421  8TH ave", "new york", "ny", "10001-2345")
    assert geocoder.locate(again).district == District("NY", 12)
    assert len(geocoder_server.asked) == asked


def test_what_is_kept_is_bounded_and_holds_no_address(
    geocoder_server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CACHED", 2)
    geocoder = Geocoder(geocoder_server.url)
    geocoder_server.mood = "same-district-twice"

    for number in range(5):
        geocoder.locate(StreetAddress(f"{number} Secret St", zip="10001"))

    asked = len(geocoder_server.asked)
    for number in (4, 3, 0):
        geocoder.locate(StreetAddress(f"{number} Secret St", zip="10001"))
    assert len(geocoder_server.asked) == asked + 1
    assert "secret" not in repr(vars(geocoder)).lower()


def test_after_failures_people_are_spared_the_wait_and_then_it_is_tried_again(
    geocoder_server: GeocoderServer,
) -> None:
    clock = Clock()
    geocoder = Geocoder(geocoder_server.url, clock=clock)
    geocoder_server.mood = "error"
    for _ in range(3):
        with pytest.raises(GeocoderUnavailable):
            geocoder.locate(HERE)
    asked = len(geocoder_server.asked)

    with pytest.raises(GeocoderUnavailable, match="resting"):
        geocoder.locate(HERE)
    assert len(geocoder_server.asked) == asked

    clock.now += 61
    with pytest.raises(GeocoderUnavailable, match="no usable answer"):
        geocoder.locate(HERE)
    with pytest.raises(GeocoderUnavailable, match="resting"):
        geocoder.locate(HERE)

    clock.now += 61
    geocoder_server.mood = "well"
    assert geocoder.locate(HERE).district == District("NY", 12)


def test_an_unknown_street_does_not_open_the_breaker(geocoder_server: GeocoderServer) -> None:
    geocoder = Geocoder(geocoder_server.url)
    for number in range(5):
        with pytest.raises(PlaceUnknown):
            geocoder.locate(StreetAddress(f"{number} Nowhere St", zip="10001"))

    assert geocoder.locate(HERE).district == District("NY", 12)


def test_too_many_at_once_are_turned_away_at_once(
    geocoder_server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_IN_FLIGHT", 2)
    monkeypatch.setattr(module, "TOTAL_SECONDS", 1.5)
    geocoder_server.mood = "hang"
    geocoder = Geocoder(geocoder_server.url)

    def refused() -> str:
        with pytest.raises(GeocoderUnavailable) as caught:
            geocoder.locate(HERE)
        return str(caught.value)

    with ThreadPoolExecutor(3) as threads:
        ended = as_completed([threads.submit(refused) for _ in range(3)])
        assert "busy" in next(ended).result()
        # Which of two limits ends the others first, the reply's or the whole call's, is open.
        assert all(re.search("in time|no usable answer", one.result()) for one in ended)


# -- privacy ---------------------------------------------------------------------------------------


def test_no_address_is_logged_or_carried_by_an_error(
    geocoder_server: GeocoderServer, caplog: pytest.LogCaptureFixture
) -> None:
    geocoder_server.mood = "error"
    caplog.set_level(logging.DEBUG)

    with pytest.raises(GeocoderUnavailable) as refused:
        Geocoder(geocoder_server.url).locate(HERE)

    seen: BaseException | None = refused.value
    while seen is not None:
        assert "8th" not in str(seen)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    assert "8th" not in caplog.text


# -- what is no street, and units ------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit", ["#4", "# 4", "Apt 4B", "apt. 4b", "Unit 12", "Ste 300", "Fl 2", "2nd Floor", "Lot 7"]
)
def test_a_unit_is_left_out_where_the_whole_is_not_found(
    geocoder_server: GeocoderServer, unit: str
) -> None:
    address = replace(HERE, street=f"421 8th Ave {unit}")

    assert Geocoder(geocoder_server.url).locate(address).district == District("NY", 12)
    assert [asked["street"] for asked in geocoder_server.asked] == [
        f"421 8th Ave {unit}",
        "421 8th Ave",
    ]


@pytest.mark.parametrize(
    ("street", "reason"),
    [
        ("PO Box 9", "A PO box does not show"),
        ("P.O.Box 9", "A PO box does not show"),
        ("RR 2 Box 14", "not list rural routes"),
        ("HC 1 Box 3", "not list rural routes"),
        ("General Delivery", "General delivery"),
    ],
)
def test_what_is_no_street_gets_its_own_sentence_and_is_not_asked_about(
    geocoder_server: GeocoderServer, street: str, reason: str
) -> None:
    with pytest.raises(NoStreetAddress, match=reason):
        Geocoder(geocoder_server.url).locate(replace(HERE, street=street))
    assert geocoder_server.asked == []


def test_a_tie_gets_its_own_sentence(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "tie"

    with pytest.raises(AddressAmbiguous, match="matches several places"):
        Geocoder(geocoder_server.url).locate(HERE)


def test_a_service_that_is_never_reached_gets_its_own_sentence() -> None:
    with pytest.raises(GeocoderUnreachable, match="did not respond"):
        Geocoder("http://127.0.0.1:9/geocoder").locate(HERE)


@pytest.mark.parametrize(
    ("congress", "attempt", "vintage"),
    [
        (119, 0, "ACS2025_Current"),
        (119, 1, "ACS2025_Current"),
        (120, 0, "ACS2026_Current"),
        # Weeks pass before that one appears.
        (120, 1, "Current_Current"),
        (121, 0, "Current_Current"),
    ],
)
def test_the_vintage_that_has_the_lines_of_a_congress(
    congress: int, attempt: int, vintage: str
) -> None:
    assert module.vintage(congress, attempt) == vintage


def test_the_caller_may_name_the_congress(geocoder_server: GeocoderServer) -> None:
    geocoder_server.mood = "next-congress"

    located = Geocoder(geocoder_server.url, congress=119).locate(HERE, 120)

    assert located.district == District("NY", 12)
    assert geocoder_server.asked[0]["vintage"] == "ACS2026_Current"
    assert geocoder_server.asked[0]["layers"] == "120th Congressional Districts"
