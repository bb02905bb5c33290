"""Places as people type them, and seats as they are read out."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.members import Name, Seat
from campaign.congress.places import STATES, District, StreetAddress, ZipCode, ordinal
from campaign.congress.postal import is_military, island_area
from campaign.errors import InvalidInput

_Place = TypeVar("_Place", ZipCode, District)


def parsed(parse: Callable[[str], _Place], text: str) -> _Place | InvalidInput:
    """Return what `parse` makes of a text, or its refusal."""
    try:
        return parse(text)
    except InvalidInput as refused:
        return refused


@pytest.mark.parametrize(
    ("typed", "five", "plus4"),
    [
        ("59001", "59001", ""),
        (" 97201\n", "97201", ""),
        ("97201-1234", "97201", "1234"),
        ("97201 1234", "97201", "1234"),
        ("972011234", "97201", "1234"),
        ("02861", "02861", ""),
        ("97201\u20131234", "97201", "1234"),
        ("97201 \u2014 1234", "97201", "1234"),
        ("97201\u22121234", "97201", "1234"),
        ("97201\u20111234", "97201", "1234"),
        ("\uff19\uff17\uff12\uff10\uff11", "97201", ""),
    ],
)
def test_a_zip_is_read_as_people_type_it(typed: str, five: str, plus4: str) -> None:
    found = ZipCode.parse(typed)

    assert (found.five, found.plus4) == (five, plus4)
    assert ZipCode.parse(str(found)) == found


@given(st.text() | st.from_regex(r"\s?[0-9]{4,6}[- ]?[0-9]{0,5}\s?", fullmatch=True))
def test_any_text_is_a_zip_or_a_sentence(text: str) -> None:
    found = parsed(ZipCode.parse, text)

    if isinstance(found, InvalidInput):
        assert (found.field, str(found)[-1]) == ("zip", ".")
    else:
        assert len(found.five) == 5
        assert found.five.isascii()
        assert text.strip().startswith(found.five)


@given(st.sampled_from(sorted(STATES)), st.integers(0, 99))
def test_a_district_prints_as_it_is_read(state: str, number: int) -> None:
    district = District(state, number)

    for typed in (str(district), f" {state.lower()}{number} ", f"{state} {number:02}"):
        assert District.parse(typed) == district


@given(st.text(max_size=12) | st.from_regex(r"[A-Za-z]{2}[- ]?[0-9]{0,3}", fullmatch=True))
def test_any_text_is_a_district_or_a_sentence(text: str) -> None:
    found = parsed(District.parse, text)

    if isinstance(found, InvalidInput):
        assert (found.field, str(found)[-1]) == ("district", ".")
    else:
        assert found.state in STATES
        assert 0 <= found.number <= 99


@pytest.mark.parametrize(
    ("seat", "seat_id", "title"),
    [
        (Seat(119, "senate", "MT", senate_class=2), "MT-S2", "Senator for Montana"),
        (Seat(119, "house", "MT", 2), "MT-2", "Representative for Montana's 2nd district"),
        (Seat(119, "house", "TX", 23), "TX-23", "Representative for Texas' 23rd district"),
        (Seat(119, "house", "WY", 0), "WY-0", "Representative for Wyoming, at large"),
        (Seat(119, "house", "DC", 0), "DC-0", "Delegate for the District of Columbia"),
        (Seat(119, "house", "PR", 0), "PR-0", "Resident Commissioner of Puerto Rico"),
    ],
)
def test_a_seat_has_an_id_and_a_title(seat: Seat, seat_id: str, title: str) -> None:
    assert (seat.id, seat.title) == (seat_id, title)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (112, "112th")],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


@pytest.mark.parametrize(
    ("name", "full"),
    [
        (Name("Angus", "King", "S.", "Jr.", "", "Angus S. King, Jr."), "Angus S. King, Jr."),
        (Name("Robert", "Made", suffix="Jr."), "Robert Made, Jr."),
        (Name("Robert", "Made", nickname="Bob"), "Bob Made"),
    ],
)
def test_a_name_in_full(name: Name, full: str) -> None:
    assert name.full == full


def test_an_address_on_one_line() -> None:
    address = StreetAddress("421 8th Ave", "New York", "NY", "10001")

    assert address.one_line == "421 8th Ave, New York, NY 10001"
    assert StreetAddress("421 8th Ave", zip="10001").one_line == "421 8th Ave, 10001"


@pytest.mark.parametrize(
    ("five", "military", "area"),
    [
        ("34001", True, ""),
        ("09001", True, ""),
        ("96601", True, ""),
        ("96799", False, "AS"),
        ("96798", False, ""),
        ("96910", False, "GU"),
        ("96932", False, "GU"),
        ("96940", False, "PW"),
        ("96941", False, "FM"),
        ("96950", False, "MP"),
        ("96960", False, "MH"),
        ("00801", False, "VI"),
        ("00901", False, "PR"),
        ("34102", False, ""),
        ("10001", False, ""),
    ],
)
def test_prefixes_that_have_places_of_their_own(five: str, military: bool, area: str) -> None:
    assert is_military(five) is military
    assert island_area(five) == area
