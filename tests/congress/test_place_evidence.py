"""Country, state, ZIP and a geocoder's answer: what agrees is taken, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import Located, agrees, country_code, require_agreement
from campaign.congress.places import STATES, District, StreetAddress, ZipCode
from campaign.errors import InvalidInput, PlaceContradicted


def state_of(congress: Congress, five: str, **more: object) -> str:
    return require_agreement(congress, ZipCode.parse(five), **more).state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("five", "state", "country", "settled"),
    [
        ("59001", "", "", "MT"),
        ("59001", "MT", "USA", "MT"),
        ("59001", "montana", "United States of America", "MT"),
        ("59001", "Mt", "U.S.", "MT"),
        ("59001", "", "Estados Unidos", "MT"),
        ("20500", "D.C.", "us", "DC"),
        ("00716", "", "PR", "PR"),
        ("00716", "PR", "Puerto Rico", "PR"),
        ("96910", "", "Guam", "GU"),
        ("00801", "", "U.S. Virgin Islands", "VI"),
        ("02861", "", "", ""),
        ("02861", "MA", "", "MA"),
        ("02861", "RI", "", "RI"),
        ("89421", "OR", "", "OR"),
        # A military ZIP lies in no state: its people vote in one.
        ("09012", "AE", "US", ""),
        ("09012", "MT", "", "MT"),
        ("96940", "PW", "Palau", ""),
        # A ZIP that no table knows still has a state's first digits.
        ("59999", "MT", "", "MT"),
    ],
)
def test_what_agrees_is_taken(
    shipped: Congress, five: str, state: str, country: str, settled: str
) -> None:
    assert state_of(shipped, five, state=state, country=country) == settled


@pytest.mark.parametrize(
    ("five", "state", "country", "field"),
    [
        ("28202", "", "Spain", "country"),
        ("28202", "NC", "España", "country"),
        ("75001", "", "France", "country"),
        ("75001", "", "FR", "country"),
        ("59001", "MT", "Canada", "country"),
        ("59001", "", "PR", "country"),
        ("00716", "", "Guam", "country"),
        ("59001", "", "Nowhereland", "country"),
        ("59001", "CA", "", "state"),
        ("59101", "California", "USA", "state"),
        ("02861", "TX", "", "state"),
        ("59999", "CA", "", "state"),
        ("59001", "AE", "", "state"),
        ("59001", "Ontario", "", "state"),
    ],
)
def test_what_contradicts_itself_is_refused_with_what_to_correct(
    shipped: Congress, five: str, state: str, country: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        state_of(shipped, five, state=state, country=country)

    assert refused.value.field == field


def test_a_person_abroad_reads_what_to_do(shipped: Congress) -> None:
    with pytest.raises(PlaceContradicted, match="votes in the United States") as refused:
        state_of(shipped, "28202", country="Spain")

    assert "Spain" in str(refused.value)
    assert "North Carolina" in str(refused.value)


def test_a_district_must_be_of_the_state_and_the_zip(shipped: Congress) -> None:
    assert state_of(shipped, "59001", district=District("MT", 2)) == "MT"
    assert state_of(shipped, "02861", district=District("RI", 1)) == ""
    with pytest.raises(PlaceContradicted, match="CA-30 is not in Montana"):
        state_of(shipped, "59001", district=District("CA", 30))
    with pytest.raises(PlaceContradicted, match="RI-1 is not in Massachusetts"):
        state_of(shipped, "02861", state="MA", district=District("RI", 1))


@pytest.mark.parametrize(
    ("five", "district", "found", "is_believed"),
    [
        ("02861", District("RI", 1), "02861", True),
        ("02861", District("RI", 1), "", True),
        ("02861", District("TX", 30), "75201", False),
        ("02861", District("TX", 30), "02861", False),
        ("02861", District("TX", 30), "", False),
        # The same state is not enough: a street of that name in another town.
        ("02861", District("RI", 2), "02903", False),
        ("02861", District("RI", 2), "", False),
        ("59101", District("MT", 2), "59101", True),
        # Nobody lives at 59103, which is for PO boxes of Billings.
        ("59103", District("MT", 2), "59101", True),
        ("59103", District("MT", 1), "59801", False),
        ("59103", District("WY", 0), "82001", False),
    ],
)
def test_a_geocoders_answer_is_believed_where_state_and_zip_agree(
    shipped: Congress, five: str, district: District, found: str, is_believed: bool
) -> None:
    address = StreetAddress("12 Oak St", zip=five)

    assert agrees(shipped, address, Located(district, found)) is is_believed


def test_without_a_zip_the_state_must_agree(shipped: Congress) -> None:
    address = StreetAddress("12 Oak St", "Pawtucket", "RI")

    assert agrees(shipped, address, Located(District("RI", 1), "02861"))
    assert not agrees(shipped, address, Located(District("TX", 30), "75201"))


def test_countries_are_known_by_code_and_name() -> None:
    assert [country_code(each) for each in ("ES", "spain", "España", "Alemania", "xx")] == [
        "ES", "ES", "ES", "DE", "",
    ]  # fmt: skip


@given(st.integers(0, 99_999), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_typed_is_taken_or_refused_by_name(
    shipped: Congress, number: int, state: str, country: str
) -> None:
    place = ZipCode(f"{number:05}")

    try:
        agreed = require_agreement(shipped, place, state=state, country=country)
    except InvalidInput as error:
        refused = error.field
    else:
        refused = ""
        assert agreed.state in {"", *STATES}
        assert not agreed.states or agreed.state in {"", *agreed.states}
    assert refused in {"", "state", "country"}
