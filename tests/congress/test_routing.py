"""From a place to its seats and who holds them, on the shipped Congress and around its edges."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import paths
from campaign.congress import dataset, routing, seat_holders
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import Located
from campaign.congress.places import DELEGATIONS, District, StreetAddress, ZipCode
from campaign.congress.routing import Representation
from campaign.errors import (
    AddressAmbiguous,
    GeocoderUnavailable,
    GeocoderUnreachable,
    NoStreetAddress,
    PlaceUnknown,
)
from campaign.messages import Message

AS_OF = date(2026, 6, 15)
NOW = date(2026, 11, 24)


def by_zip(congress: Congress, text: str, on_date: date = NOW) -> Representation:
    return routing.route_zip(congress, ZipCode.parse(text), on_date)


def by_district(congress: Congress, text: str, on_date: date = NOW) -> Representation:
    return routing.route_district(congress, District.parse(text), on_date)


def names(found: Representation) -> list[str]:
    return [member.name.full for member in found.members]


def changed(congress: Congress, **meta: object) -> Congress:
    """The same Congress with another meta, its answers forgotten."""
    return replace(congress, meta=replace(congress.meta, **meta), answers={})  # type: ignore[arg-type]


# -- by ZIP ----------------------------------------------------------------------------------------


def test_a_zip_in_one_district_is_certain(shipped: Congress) -> None:
    found = by_zip(shipped, "59001")

    assert found.certainty == "certain"
    assert found.districts == (District("MT", 2),)
    assert names(found) == ["Steve Daines", "Tim Sheehy", "Troy Downing"]
    assert [held.status for held in found.holders] == ["serving"] * 3
    assert (found.need, found.notes, found.as_of) == ("", (), AS_OF)


def test_a_split_zip_asks_for_the_street_and_chooses_nobody(shipped: Congress) -> None:
    found = by_zip(shipped, "10011")

    assert found.certainty == "split"
    assert found.need == "street"
    assert [str(district) for district in found.districts] == ["NY-10", "NY-12"]
    assert names(found) == ["Charles E. Schumer", "Kirsten E. Gillibrand"]
    assert [held.seat.id for held in found.candidates] == ["NY-10", "NY-12"]


def test_a_zip_can_lie_in_four_districts(shipped: Congress) -> None:
    assert len(by_zip(shipped, "89019").candidates) == 4


@pytest.mark.parametrize(
    ("five", "districts"),
    [
        ("02861", ["MA-4", "RI-1"]),
        ("42223", ["KY-1", "TN-7"]),
        ("89421", ["NV-2", "OR-2"]),
        ("57717", ["MT-2", "SD-0", "WY-0"]),
        ("97635", ["CA-1", "OR-2"]),
    ],
)
def test_a_zip_across_state_lines_has_candidates_in_each_and_no_senators_yet(
    shipped: Congress, five: str, districts: list[str]
) -> None:
    found = by_zip(shipped, five)

    assert [str(district) for district in found.districts] == districts
    assert found.certainty == "split"
    assert found.holders == ()
    assert [held.seat.id for held in found.candidates] == districts
    assert any("crosses state lines" in note for note in found.notes)


def test_the_add_on_of_a_zip_is_accepted_and_kept_in_the_query(shipped: Congress) -> None:
    found = by_zip(shipped, " 59001-1234")

    assert found.query == "59001-1234"
    assert found.holders == by_zip(shipped, "59001").holders


@pytest.mark.parametrize("five", ["34001", "09012", "09999", "96201", "96601"])
def test_a_military_zip_asks_for_the_voting_residence(shipped: Congress, five: str) -> None:
    found = by_zip(shipped, five)

    assert (found.certainty, found.need) == ("unknown", "residence")
    assert (found.districts, found.holders, found.candidates) == ((), (), ())
    assert "voting residence" in found.notes[0]


def test_a_zip_of_po_boxes_is_likely_and_hints_at_the_residence(shipped: Congress) -> None:
    boxes = next(
        five
        for five, districts in shipped.zip_districts.items()
        if len(districts) == 1 and shipped.zips.kind(five) == "po-box" and five > "01000"
    )
    found = by_zip(shipped, boxes)
    assert (found.certainty, found.need) == ("likely", "residence")
    assert len(found.districts) == 1
    assert "PO boxes" in found.notes[0]


def test_a_zip_of_one_organization_is_likely(shipped: Congress) -> None:
    unique = next(
        five
        for five, districts in shipped.zip_districts.items()
        if len(districts) == 1 and shipped.zips.kind(five) == "unique"
    )
    found = by_zip(shipped, unique)

    assert (found.certainty, found.need) == ("likely", "residence")


@pytest.mark.parametrize(
    ("five", "district", "title"),
    [
        ("96910", "GU-0", "Delegate for Guam"),
        ("96932", "GU-0", "Delegate for Guam"),
        ("96916", "GU-0", "Delegate for Guam"),
        ("00801", "VI-0", "Delegate for the U.S. Virgin Islands"),
        ("96799", "AS-0", "Delegate for American Samoa"),
        ("96950", "MP-0", "Delegate for the Northern Mariana Islands"),
        ("00601", "PR-0", "Resident Commissioner of Puerto Rico"),
        ("00936", "PR-0", "Resident Commissioner of Puerto Rico"),
        ("20001", "DC-0", "Delegate for the District of Columbia"),
    ],
)
def test_a_delegation_has_no_senators_and_that_is_normal(
    shipped: Congress, five: str, district: str, title: str
) -> None:
    found = by_zip(shipped, five)

    assert [str(each) for each in found.districts] == [district]
    assert [held.seat.title for held in found.holders] == [title]
    assert found.vacant == ()


def test_a_freely_associated_state_sends_nobody(shipped: Congress) -> None:
    found = by_zip(shipped, "96941")

    assert (found.certainty, found.need, found.holders) == ("unknown", "residence", ())
    assert "Micronesia" in found.notes[0]


@pytest.mark.parametrize(
    ("five", "district"),
    [
        ("59103", "MT-2"),  # all of Billings is in one district
    ],
)
def test_boxes_whose_area_lies_in_one_district_are_likely_there(
    shipped: Congress, five: str, district: str
) -> None:
    found = by_zip(shipped, five)

    assert (found.certainty, found.need) == ("likely", "residence")
    assert [str(each) for each in found.districts] == [district]
    assert len(found.members) == 3
    assert "PO boxes" in found.notes[0]


def test_boxes_of_a_town_without_other_zips_are_likely_where_their_neighbors_are(
    shipped: Congress,
) -> None:
    towns = {
        (place.state, place.city)
        for five in shipped.zip_districts
        if (place := shipped.zips.get(five)) is not None
    }
    five = next(
        five
        for five, place in shipped.zips.items()
        if place.kind == "po-box"
        and place.state == "PA"
        and five not in shipped.zip_districts
        and (place.state, place.city) not in towns
        and len(shipped.postal_areas.districts(place)) == 1
    )

    assert by_zip(shipped, five).certainty == "likely"


def test_a_zip_that_only_the_postal_service_knows_gives_its_senators(shipped: Congress) -> None:
    found = by_zip(shipped, "90051")

    assert (found.certainty, found.districts, found.need) == ("unknown", (), "residence")
    assert names(found) == ["Alex Padilla", "Adam B. Schiff"]
    assert found.notes[0].startswith("90051 is Los Angeles, CA.")

    standard = next(
        place
        for place in shipped.zips.values()
        if place.zip not in shipped.zip_districts
        and place.kind == "standard"
        and place.state == "CA"
    )
    assert by_zip(shipped, standard.zip).need == "street"


def test_such_a_zip_in_a_state_of_one_district_is_likely(shipped: Congress) -> None:
    found = by_zip(shipped, "82003")

    assert found.certainty == "likely"
    assert names(found) == ["John Barrasso", "Cynthia M. Lummis", "Harriet M. Hageman"]


def test_a_zip_without_rows_in_the_district_of_columbia_is_likely(shipped: Congress) -> None:
    found = by_zip(shipped, "20500")

    assert (found.certainty, found.need) == ("likely", "")
    assert names(found) == ["Eleanor Holmes Norton"]


def test_a_zip_nobody_knows_asks_for_the_district(shipped: Congress) -> None:
    found = by_zip(shipped, "00000")

    assert (found.certainty, found.need, found.holders) == ("unknown", "district", ())
    assert "do not know ZIP code 00000" in found.notes[0]


@given(number=st.integers(0, 99_999), on_date=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_every_zip_on_every_day_has_an_answer_that_holds_together(
    number: int, on_date: date
) -> None:
    congress = _shipped()

    found = by_zip(congress, f"{number:05}", on_date)

    for held in (*found.holders, *found.candidates):
        assert (held.member is None) == (held.status in {"vacant", "unknown"})
        assert (held.member is None) == (held.term is None)
        if held.status == "serving":
            assert held.term is not None
            assert held.term.start <= on_date <= held.term.end
        if held.status == "verify":
            assert str(held.note).startswith("verify: a special election was due on ")
    if found.certainty in {"certain", "likely"}:
        assert len(found.districts) == 1
        if found.need != "refresh" and on_date >= date(2025, 1, 3):
            assert found.holders[-1].seat.house_district == found.districts[0]
    if found.line_status == "unpublished":
        assert (found.districts, found.lines, found.certainty) == ((), 0, "unknown")
    if found.certainty == "split":
        assert len(found.candidates) == len(found.districts) > 1
    if found.certainty != "certain":
        assert found.notes or found.certainty == "likely"
    assert all(held.status != "unknown" for held in found.holders)
    assert (
        bool(found.districts)
        == bool(found.lines)
        == (found.line_status in {"current", "unchanged"})
    )


_LOADED: list[Congress] = []


def _shipped() -> Congress:
    """The shipped Congress for property tests, which take no fixtures of a function's scope."""
    if not _LOADED:
        _LOADED.append(dataset.load(paths.data() / "congress"))
    return _LOADED[0]


def test_answers_kept_are_bounded(shipped: Congress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_holders, "MAX_CACHED", 10)
    congress = changed(shipped)

    for number in range(59001, 59101):
        by_zip(congress, str(number))

    assert len(congress.answers) <= 10


# -- by district -----------------------------------------------------------------------------------


def test_every_district_answers(shipped: Congress) -> None:
    for district in shipped.districts:
        found = routing.route_district(shipped, district, NOW)

        assert found.certainty == "certain"
        assert len(found.holders) == (1 if district.state in DELEGATIONS else 3)
        assert found.holders[-1].seat.house_district == district


@pytest.mark.parametrize("text", ["WY-AL", "WY-0", "WY-00", "wy", "Wy0"])
def test_at_large_is_written_in_many_ways(shipped: Congress, text: str) -> None:
    found = by_district(shipped, text)

    assert found.query == "WY-0"
    assert names(found)[-1] == "Harriet M. Hageman"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CA-53", "There is no district CA-53. Enter a state and district such as CA-1."),
        ("CA-0", "There is no district CA-0. Enter a state and district such as CA-1."),
        ("WY-1", "Wyoming is one district: enter WY-0."),
        ("DC-1", "The District of Columbia is one district: enter DC-0."),
    ],
)
def test_a_district_that_is_not_there_says_which_is(
    shipped: Congress, text: str, expected: str
) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        by_district(shipped, text)
    assert str(refused.value) == expected


@pytest.mark.parametrize("seat", ["CA-14", "FL-20", "GA-13", "TX-23"])
def test_a_vacancy_is_said_and_the_senators_named(shipped: Congress, seat: str) -> None:
    found = by_district(shipped, seat, AS_OF)

    assert [vacant.id for vacant in found.vacant] == [seat]
    assert len(found.members) == 2
    assert all(member.terms[-1].seat.chamber == "senate" for member in found.members)
    assert any("is vacant as of June 15, 2026" in note for note in found.notes)


def test_a_vacant_delegation_is_not_sent_to_senators(shipped: Congress) -> None:
    terms = {seat: held for seat, held in shipped.terms_by_seat.items() if seat != "GU-0"}
    congress = replace(shipped, terms_by_seat=MappingProxyType(terms), answers={})

    found = by_zip(congress, "96910")

    assert [seat.id for seat in found.vacant] == ["GU-0"]
    assert found.notes == (
        "The House seat for Guam is vacant as of June 15, 2026. "
        "You can write to the House once it is filled.",
    )


def test_a_vacancy_among_candidates_is_said(shipped: Congress) -> None:
    found = by_zip(shipped, "30034", AS_OF)

    assert [held.seat.id for held in found.candidates if held.status == "vacant"] == ["GA-13"]
    assert any("Georgia's 13th district is vacant" in note for note in found.notes)


# -- days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("district", "seat"), [("OH-1", "OH-S3"), ("FL-10", "FL-S3")])
def test_an_appointee_serves_past_the_special_election_until_a_successor_is_known(
    shipped: Congress, district: str, seat: str
) -> None:
    held = {holder.seat.id: holder for holder in by_district(shipped, district).holders}[seat]

    assert held.status == "verify"
    assert held.member is not None
    assert held.note == "verify: a special election was due on November 3, 2026"
    before = by_district(shipped, district, date(2026, 11, 3))
    assert {holder.status for holder in before.holders} == {"serving"}


def test_all_hundred_senators_are_routed_to_after_the_election_of_2026(shipped: Congress) -> None:
    senate = [seat for seat in shipped.seats.values() if seat.chamber == "senate"]
    held = [routing.holder(shipped, seat, NOW) for seat in senate]

    assert [holder.status for holder in held].count("serving") == 98
    assert {holder.seat.id for holder in held if holder.status == "verify"} == {"OH-S3", "FL-S3"}


def with_successor(congress: Congress, seat_id: str, start: date) -> Congress:
    """The Congress with another term recorded in a seat, held by a member of another seat."""
    old = congress.terms_by_seat[seat_id][-1]
    new = replace(old, bioguide="D000634", start=start, end=date(start.year + 2, 1, 3), end_type="")
    terms = {**congress.terms_by_seat, seat_id: (*congress.terms_by_seat[seat_id], new)}
    return replace(congress, terms_by_seat=MappingProxyType(terms), answers={})


def test_a_recorded_successor_ends_the_doubt(shipped: Congress) -> None:
    congress = with_successor(shipped, "OH-S3", date(2026, 11, 20))

    held = routing.holder(congress, congress.seats["OH-S3"], NOW)

    assert (held.status, held.note) == ("serving", None)
    assert held.member is congress.members["D000634"]


def test_on_the_third_of_january_an_old_holder_serves_no_more(shipped: Congress) -> None:
    noon = date(2027, 1, 3)
    seat = shipped.seats["MT-1"]

    assert routing.holder(shipped, seat, date(2027, 1, 2)).status == "serving"
    alone = routing.holder(shipped, seat, noon)
    assert (alone.status, alone.member) == ("unknown", None)

    followed = routing.holder(with_successor(shipped, "MT-1", noon), seat, noon)
    assert followed.term is not None
    assert followed.term.start == noon


def test_a_term_that_ends_within_a_congress_covers_its_last_day(shipped: Congress) -> None:
    [term] = shipped.terms_by_seat["MT-1"]
    resigned = replace(term, end=date(2026, 3, 5))

    assert resigned.covers(date(2026, 3, 5))
    assert not resigned.covers(date(2026, 3, 6))
    assert term.covers(date(2027, 1, 2))
    assert not term.covers(date(2027, 1, 3))


def test_past_its_congress_the_data_refuses_the_house_and_keeps_senators_whose_terms_run(
    shipped: Congress,
) -> None:
    found = by_zip(shipped, "59001", date(2027, 1, 4))

    assert (found.certainty, found.need) == ("certain", "refresh")
    assert found.districts == (District("MT", 2),)
    assert names(found) == ["Tim Sheehy"]
    assert found.notes[0] == (
        "This data describes the 119th Congress, which ended on January 3, 2027. The current House "
        "is missing until the data is refreshed."
    )
    assert not any("campaign data" in note for note in found.notes)
    assert any("term of Steve Daines ended on January 3, 2027" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("10011", "refresh"),
        ("96910", "refresh"),
        ("59103", "refresh"),
        ("82003", "refresh"),
        ("90051", "refresh"),
        ("00000", "district"),
        ("09012", "residence"),
    ],
)
def test_past_its_congress_no_zip_names_a_member_of_the_house(
    shipped: Congress, text: str, need: str
) -> None:
    found = by_zip(shipped, text, date(2027, 2, 1))

    assert found.need == need
    assert all(held.member is None for held in found.candidates)
    assert all(held.seat.chamber == "senate" for held in found.holders)


def test_before_its_congress_the_data_does_not_know(shipped: Congress) -> None:
    found = by_zip(shipped, "59001", date(2024, 5, 1))

    assert found.certainty == "unknown"
    assert all(held.seat.chamber == "senate" for held in found.holders)
    assert "began on January 3, 2025" in found.notes[0]


def test_before_a_member_took_the_seat_the_data_says_what_it_does_not_know(
    shipped: Congress,
) -> None:
    found = by_district(shipped, "CA-1", date(2026, 2, 1))

    assert [seat.id for seat in found.vacant] == ["CA-1"]
    assert "James Gallagher took this seat on June 10, 2026" in found.notes[0]


def test_zips_with_older_district_lines_are_asked_for_the_street(shipped: Congress) -> None:
    # No table says which states kept their lines in the 119th Congress.
    congress = changed(shipped, crosswalk_congress=118)

    found = by_zip(congress, "59001")
    assert (found.certainty, found.need, found.districts) == ("unknown", "street", ())
    assert [held.seat.id for held in found.candidates] == ["MT-1", "MT-2"]
    assert names(found) == ["Steve Daines", "Tim Sheehy"]
    # At large there are no lines to move.
    assert by_zip(congress, "82001").certainty == "certain"


# -- by address ------------------------------------------------------------------------------------


class FixedGeocoder:
    """A geocoder that always gives the same answer."""

    def __init__(self, answer: District | Exception, five: str = "") -> None:
        self.answer = answer
        self.five = five
        self.asked: list[StreetAddress] = []
        self.lines: list[int] = []

    def locate(self, address: StreetAddress, congress: int) -> Located:
        self.asked.append(address)
        self.lines.append(congress)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Located(self.answer, self.five)


HERE = StreetAddress("421 8th Ave", "New York", "NY", "10011")


def test_a_street_settles_a_split_zip(shipped: Congress) -> None:
    found = routing.route_address(shipped, HERE, FixedGeocoder(District("NY", 12)), NOW)

    assert found.certainty == "certain"
    assert found.districts == (District("NY", 12),)
    assert len(found.members) == 3


def test_a_geocoders_answer_elsewhere_is_not_believed(shipped: Congress) -> None:
    address = StreetAddress("12 Oak St", zip="02861")

    for geocoder in (
        FixedGeocoder(District("TX", 30), "75201"),
        FixedGeocoder(District("TX", 30), "02861"),
    ):
        found = routing.route_address(shipped, address, geocoder, NOW)

        assert (found.certainty, found.need) == ("split", "district")
        assert [held.seat.id for held in found.candidates] == ["MA-4", "RI-1"]
        assert "outside that ZIP code" in found.notes[0]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (GeocoderUnavailable("down"), "could not look up the street just now"),
        (GeocoderUnreachable(Message("It was not reached.")), "was not reached"),
        (PlaceUnknown("no such street"), "was not found"),
        (AddressAmbiguous(Message("It matches several.")), "matches several"),
        (NoStreetAddress(Message("It is a PO box.")), "is a PO box"),
    ],
)
def test_without_the_geocoder_a_person_chooses_by_hand(
    shipped: Congress, error: Exception, expected: str
) -> None:
    found = routing.route_address(shipped, HERE, FixedGeocoder(error), NOW)

    assert (found.certainty, found.need) == ("split", "district")
    assert [held.seat.id for held in found.candidates] == ["NY-10", "NY-12"]
    assert expected in found.notes[0]
    assert not any("Enter your street" in note for note in found.notes)


def test_without_the_geocoder_a_plain_zip_still_answers(shipped: Congress) -> None:
    address = StreetAddress("1 Main St", zip="59001-1234")

    found = routing.route_address(shipped, address, FixedGeocoder(GeocoderUnavailable("")), NOW)

    assert found.certainty == "certain"
    assert len(found.members) == 3
    assert "This answer is based on your ZIP code." in found.notes


def test_a_district_the_dataset_lacks_is_no_answer(shipped: Congress) -> None:
    found = routing.route_address(shipped, HERE, FixedGeocoder(District("NY", 27)), NOW)

    assert found.certainty == "split"
    assert found.need == "district"


@pytest.mark.parametrize(
    ("address", "people", "need"),
    [
        (StreetAddress("1 Main St", "Cheyenne", "wy"), 3, ""),
        (StreetAddress("1 Main St", "Billings", "MT"), 2, "district"),
        (StreetAddress("1 Main St", "Billings"), 0, "district"),
        (StreetAddress("1 Main St", zip="what"), 0, "district"),
    ],
)
def test_without_zip_or_geocoder_the_state_is_used(
    shipped: Congress, address: StreetAddress, people: int, need: str
) -> None:
    found = routing.route_address(shipped, address, FixedGeocoder(GeocoderUnavailable("")), NOW)

    assert len(found.members) == people
    assert found.need == need


def test_before_its_congress_no_address_is_sent_anywhere(shipped: Congress) -> None:
    geocoder = FixedGeocoder(District("NY", 12))

    routing.route_address(shipped, HERE, geocoder, date(2024, 1, 4))

    assert geocoder.asked == []


# -- committees ------------------------------------------------------------------------------------


def test_a_members_committees_come_before_their_parts(shipped: Congress) -> None:
    chair = next(
        member
        for member in shipped.members.values()
        if any(place.committee == "SSFR" and place.title == "chair" for place in member.memberships)
    )
    codes = [committee.code for committee, _ in routing.committees_of(shipped, chair)]

    assert "SSFR" in codes
    assert codes == sorted(codes)
    for committee, membership in routing.committees_of(shipped, chair):
        assert membership.bioguide == chair.bioguide
        assert not committee.parent or committee.parent in shipped.committees
