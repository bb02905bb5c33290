"""Many addresses at once: each gets its own district, or a reason, whatever the server does."""

import csv
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from campaign.congress import batch_geocoder
from campaign.congress.batch_geocoder import BatchGeocoder, Unlocated
from campaign.congress.place_evidence import Located
from campaign.congress.places import District, StreetAddress
from tests.congress.geocoder_server import GeocoderServer, Mood

NEW_YORK = StreetAddress("421 8th Ave", "New York", "NY", "10001")
CHEYENNE = StreetAddress("200 W 24th St", "Cheyenne", "WY", "82001")
WASHINGTON = StreetAddress("1600 Pennsylvania Ave NW", "Washington", "DC", "20500-0003")
NY_12 = Located(District("NY", 12), "10001")
WYOMING = Located(District("WY", 0), "82001")
NOWHERE = StreetAddress("1 Nowhere, Apt 4", "Helena", "MT", "59601")


@pytest.fixture
def server() -> Iterator[GeocoderServer]:
    with GeocoderServer() as playing:
        yield playing


def client(server: GeocoderServer, patience: float = 1.0) -> BatchGeocoder:
    return BatchGeocoder(server.url, congress=119, timeout_scale=patience)


def test_each_address_gets_its_own_district_in_order(server: GeocoderServer) -> None:
    reported: list[int] = []

    found = client(server).districts([CHEYENNE, NOWHERE, NEW_YORK, WASHINGTON], reported.append)

    assert found[0] == WYOMING
    assert isinstance(found[1], Unlocated)
    assert found[1].is_final
    assert "does not find" in found[1].reason
    assert found[2:] == (NY_12, Located(District("DC", 0), "20500"))
    assert reported[-1] == 4
    assert reported == sorted(reported)


def test_the_file_has_no_heading_and_a_pinned_vintage(server: GeocoderServer) -> None:
    client(server).districts([NOWHERE, WASHINGTON])

    asked = server.asked[0]
    assert server.endpoints[0] == "addressbatch"
    assert (asked["benchmark"], asked["vintage"]) == ("Public_AR_Current", "ACS2025_Current")
    assert list(csv.reader(asked["file"].splitlines())) == [
        ["0", "1 Nowhere, Apt 4", "Helena", "MT", "59601"],
        ["1", "1600 Pennsylvania Ave NW", "Washington", "DC", "20500"],
    ]


def test_neighbors_of_one_block_are_asked_about_once(server: GeocoderServer) -> None:
    found = client(server).districts([NEW_YORK] * 5)

    assert found == (NY_12,) * 5
    assert server.endpoints == ["addressbatch", "coordinates"]


def test_answers_in_another_order_find_their_rows(server: GeocoderServer) -> None:
    server.mood = "shuffled"

    found = client(server).districts([NEW_YORK, NOWHERE, CHEYENNE])

    assert (found[0], found[2]) == (NY_12, WYOMING)


def test_more_than_a_file_holds_goes_in_several(
    server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_geocoder, "FILE_ROWS", 2)
    reported: list[int] = []

    found = client(server).districts([NEW_YORK, CHEYENNE, NEW_YORK], reported.append)

    assert found == (NY_12, WYOMING, NY_12)
    assert server.endpoints.count("addressbatch") == 2
    assert reported == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("mood", "reason"),
    [("tie", "several places"), ("no-district", "does not find")],
)
def test_what_is_not_sure_is_not_taken(server: GeocoderServer, mood: Mood, reason: str) -> None:
    server.mood = mood

    [found] = client(server).districts([NEW_YORK])

    assert isinstance(found, Unlocated)
    assert found.is_final
    assert reason in found.reason


def test_an_answer_elsewhere_names_the_zip_that_was_found(server: GeocoderServer) -> None:
    server.mood = "elsewhere"

    assert client(server).districts([NEW_YORK]) == (Located(District("NY", 12), "99999"),)


@pytest.mark.parametrize(
    "mood", ["error", "html", "html-as-json", "redirect", "next-congress", "points-fail"]
)
def test_a_bad_day_leaves_every_address_for_later(server: GeocoderServer, mood: Mood) -> None:
    server.mood = mood

    found = client(server).districts([NEW_YORK, CHEYENNE])

    assert all(isinstance(one, Unlocated) and not one.is_final for one in found)


@pytest.mark.parametrize("mood", ["hang", "drip"])
def test_a_server_that_hangs_is_left(server: GeocoderServer, mood: Mood) -> None:
    server.mood = mood

    [found] = client(server, patience=0.001).districts([NEW_YORK])

    assert isinstance(found, Unlocated)
    assert not found.is_final


def test_one_failure_is_tried_again(server: GeocoderServer) -> None:
    server.mood = "error-once"

    assert client(server).districts([NEW_YORK]) == (NY_12,)


def test_an_answer_that_breaks_off_settles_what_it_has(server: GeocoderServer) -> None:
    server.mood = "half"

    found = client(server).districts([NEW_YORK, CHEYENNE, WASHINGTON])

    assert found[0] == NY_12
    assert isinstance(found[2], Unlocated)
    assert not found[2].is_final


def test_points_that_fail_one_after_another_are_given_up(
    server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_geocoder, "FAILURES_TO_STOP", 1)
    server.mood = "points-fail"

    client(server).districts([NEW_YORK, CHEYENNE, WASHINGTON])

    assert server.endpoints.count("coordinates") == 2


def test_no_address_and_no_point_is_logged(
    server: GeocoderServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client(server).districts([NEW_YORK])

    assert "8th Ave" not in caplog.text
    assert "40.25" not in caplog.text


def test_a_unit_is_left_out_where_the_whole_is_not_found(server: GeocoderServer) -> None:
    with_unit = replace(NEW_YORK, street="421 8th Ave Apt 4B")

    found = client(server).districts([CHEYENNE, with_unit, NOWHERE])

    assert found[:2] == (WYOMING, NY_12)
    assert isinstance(found[2], Unlocated)
    files = [asked["file"].splitlines() for asked in server.asked if "file" in asked]
    assert [[row.split(",")[1] for row in file] for file in files][1] == [
        "421 8th Ave",
        "1 Nowhere",
    ]


@pytest.mark.parametrize(
    ("street", "reason"),
    [
        ("PO Box 9", "A PO box does not show"),
        ("RR 2 Box 14", "not list rural routes"),
        ("General Delivery", "General delivery"),
    ],
)
def test_what_is_no_street_gets_its_own_sentence_and_is_not_sent(
    server: GeocoderServer, street: str, reason: str
) -> None:
    found = client(server).districts([replace(NEW_YORK, street=street), CHEYENNE])

    assert isinstance(found[0], Unlocated)
    assert reason in found[0].reason
    assert found[1] == WYOMING
    assert street not in server.asked[0]["file"]


def test_a_service_that_is_never_reached_gets_its_own_sentence() -> None:
    [found] = BatchGeocoder("http://127.0.0.1:9/geocoder", congress=119).districts([NEW_YORK])

    assert isinstance(found, Unlocated)
    assert not found.is_final
    assert "did not respond" in found.reason
