"""Around January 3, 2027 at noon: seats, terms and lines of the 119th and the 120th Congress."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from campaign import civil_time
from campaign.civil_time import WASHINGTON
from campaign.congress import dataset, district_lines, routing
from campaign.congress.dataset import Congress
from campaign.congress.district_lines import NewLines
from campaign.congress.members import Term
from campaign.congress.place_evidence import Located, agrees
from campaign.congress.places import District, StreetAddress, ZipCode
from campaign.congress.routing import Representation
from campaign.errors import DatasetInvalid, GeocoderUnavailable
from tests.new_congress import AFTERNOON, JANUARY_4, KEPT_ONE, KEPT_TWO, MORNING, REDRAWN, WYOMING

#: A ZIP in two districts of a state with new lines; `REDRAWN` is in one.
NEW_TWO = "90210"


@pytest.fixture(scope="module")
def refreshed(next_congress: Path, shipped: Congress) -> Congress:
    """Data of the 120th Congress, made up, with the ZIP table of the 119th."""
    return dataset.load_current(shipped.folder, next_congress)


def by_zip(congress: Congress, five: str, now: datetime) -> Representation:
    return routing.route_zip(congress, ZipCode(five), civil_time.congress_day(now))


def house(found: Representation) -> list[str]:
    return [held.seat.id for held in found.holders if held.seat.chamber == "house"]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (MORNING, date(2027, 1, 2)),
        (AFTERNOON, date(2027, 1, 3)),
        (datetime(2027, 1, 3, 16, 59, tzinfo=UTC), date(2027, 1, 2)),
        (datetime(2027, 1, 3, 17, 0, tzinfo=UTC), date(2027, 1, 3)),
        (datetime(2027, 1, 4, 4, 59, tzinfo=UTC), date(2027, 1, 3)),
        # Terms begin in odd years only.
        (datetime(2026, 1, 3, 9, 0, tzinfo=WASHINGTON), date(2026, 1, 3)),
        (datetime(2026, 12, 1, 9, 0, tzinfo=WASHINGTON), date(2026, 12, 1)),
    ],
)
def test_a_congress_begins_at_noon_in_washington(now: datetime, day: date) -> None:
    assert civil_time.congress_day(now) == day


# -- before a refresh ------------------------------------------------------------------------------


@pytest.mark.parametrize("five", [KEPT_ONE, KEPT_TWO, WYOMING, REDRAWN, NEW_TWO])
def test_until_noon_every_zip_routes_by_the_old_lines(shipped: Congress, five: str) -> None:
    found = by_zip(shipped, five, MORNING)

    assert (found.lines, found.line_status, found.lines_note) == (119, "current", None)
    assert found.districts == shipped.zip_districts[five]
    assert found.need in {"", "street"}


@pytest.mark.parametrize("now", [AFTERNOON, JANUARY_4])
def test_where_lines_did_not_change_a_zip_keeps_its_district(
    shipped: Congress, now: datetime
) -> None:
    for five in (KEPT_ONE, KEPT_TWO, WYOMING):
        found = by_zip(shipped, five, now)

        assert found.districts == shipped.zip_districts[five]
        assert (found.lines, found.line_status) == (119, "unchanged")
        # A state that is one district has no lines to name.
        note = "District lines are as in the 119th Congress." if five != WYOMING else None
        assert found.lines_note == note


@pytest.mark.parametrize("now", [AFTERNOON, JANUARY_4])
def test_from_noon_on_the_district_is_known_and_its_member_is_not(
    shipped: Congress, now: datetime
) -> None:
    found = by_zip(shipped, WYOMING, now)

    assert (found.certainty, found.need, found.state) == ("certain", "refresh", "WY")
    assert house(found) == []
    # One of Wyoming's senators has a term that goes on, the other's ended.
    assert [held.seat.id for held in found.holders] == ["WY-S1"]

    chosen = routing.route_district(shipped, District("TX", 30), civil_time.congress_day(now))
    assert (house(chosen), chosen.need, chosen.state) == ([], "refresh", "TX")

    several = by_zip(shipped, KEPT_TWO, now)
    assert (several.certainty, several.need, several.state) == ("split", "refresh", "NY")
    assert [held.status for held in several.candidates] == ["unknown", "unknown"]
    assert several.vacant == ()


@pytest.mark.parametrize("now", [AFTERNOON, JANUARY_4])
@pytest.mark.parametrize(("five", "state", "seats"), [(REDRAWN, "TX", 38), (NEW_TWO, "CA", 52)])
def test_where_lines_changed_a_zip_gives_senators_and_never_the_old_district(
    shipped: Congress, five: str, state: str, seats: int, now: datetime
) -> None:
    found = by_zip(shipped, five, now)

    assert (found.certainty, found.districts, found.lines) == ("unknown", (), 0)
    assert (found.line_status, found.state) == ("unpublished", state)
    assert {held.seat.chamber for held in found.holders} == {"senate"}
    assert len(found.candidates) == seats
    assert all(held.member is None for held in found.candidates)


def test_boxes_whose_area_has_new_lines_have_no_likely_district(shipped: Congress) -> None:
    five = next(
        five
        for five, place in shipped.zips.items()
        if place.state == "TX"
        and place.kind == "po-box"
        and five not in shipped.zip_districts
        and by_zip(shipped, five, MORNING).certainty == "likely"
    )

    assert by_zip(shipped, five, JANUARY_4).line_status == "unpublished"


def test_a_zip_across_the_line_of_a_redrawn_state_offers_all_its_seats_and_the_neighbors_own(
    shipped: Congress,
) -> None:
    found = by_zip(shipped, "42223", JANUARY_4)

    assert [held.seat.id for held in found.candidates] == [
        "KY-1",
        *(f"TN-{number}" for number in range(1, 10)),
    ]
    assert found.states == frozenset({"KY", "TN"})
    assert (found.state, found.holders) == ("", ())


# -- after a refresh -------------------------------------------------------------------------------


def test_after_a_refresh_kept_lines_name_the_new_members(refreshed: Congress) -> None:
    assert (refreshed.meta.congress, refreshed.meta.crosswalk_congress) == (120, 119)

    found = by_zip(refreshed, KEPT_ONE, JANUARY_4)
    assert (found.certainty, found.need, house(found)) == ("certain", "", ["MT-2"])
    assert found.holders[-1].member is not None
    assert found.holders[-1].member.bioguide.startswith("Q")
    assert found.line_status == "unchanged"

    several = by_zip(refreshed, KEPT_TWO, JANUARY_4)
    assert (several.certainty, several.need) == ("split", "street")
    assert all(held.member for held in several.candidates)


def test_after_a_refresh_new_lines_ask_for_the_street_or_the_member(refreshed: Congress) -> None:
    found = by_zip(refreshed, REDRAWN, JANUARY_4)

    assert (found.districts, found.need, found.line_status) == ((), "street", "unpublished")
    assert len(found.holders) == 2
    assert len(found.candidates) == 38
    # TX-23 is vacant in the made-up data.
    assert [held.seat.id for held in found.candidates if held.member is None] == ["TX-23"]


class GeocoderOf:
    """A geocoder that knows one district, and remembers whose lines it was asked for."""

    def __init__(self, answer: Located | None) -> None:
        self.answer = answer
        self.lines: list[int] = []

    def locate(self, address: StreetAddress, congress: int) -> Located:
        self.lines.append(congress)
        if self.answer is None:
            raise GeocoderUnavailable("down")
        return self.answer


@pytest.mark.parametrize(("now", "lines"), [(MORNING, 119), (AFTERNOON, 120), (JANUARY_4, 120)])
def test_a_street_is_looked_up_by_the_lines_of_the_moment(
    shipped: Congress, now: datetime, lines: int
) -> None:
    geocoder = GeocoderOf(Located(District("TX", 30), REDRAWN))
    address = StreetAddress("1500 Marilla St", "Dallas", "TX", REDRAWN)

    found = routing.route_address(shipped, address, geocoder, civil_time.congress_day(now))

    assert geocoder.lines == [lines]
    assert (found.districts, found.lines) == ((District("TX", 30),), lines)
    assert found.line_status == "current"
    assert house(found) == (["TX-30"] if now is MORNING else [])


def test_a_street_in_a_redrawn_state_is_not_judged_by_the_old_lines(refreshed: Congress) -> None:
    address = StreetAddress("1500 Marilla St", zip=REDRAWN)
    elsewhere = Located(District("TX", 24))

    assert District("TX", 24) not in refreshed.zip_districts[REDRAWN]
    assert agrees(refreshed, address, elsewhere)
    assert not agrees(refreshed, address, elsewhere, lines=119)
    # Where lines did not change, they still count.
    assert not agrees(
        refreshed, StreetAddress("1 W 14th St", zip=KEPT_TWO), Located(District("NY", 3))
    )


def test_without_the_geocoder_the_person_chooses_from_the_states_members(
    refreshed: Congress,
) -> None:
    address = StreetAddress("1500 Marilla St", "Dallas", "TX", REDRAWN)

    found = routing.route_address(
        refreshed, address, GeocoderOf(None), civil_time.congress_day(JANUARY_4)
    )

    assert (found.districts, found.need, found.line_status) == ((), "district", "unpublished")
    assert len(found.candidates) == 38


# -- between certificate and oath ------------------------------------------------------------------


def with_terms(congress: Congress, seat: str, *terms: Term) -> Congress:
    return replace(
        congress,
        terms_by_seat=MappingProxyType({**congress.terms_by_seat, seat: terms}),
        answers={},
    )


def elected(term: Term, start: date) -> Term:
    return replace(term, bioguide="D000634", start=start, end=date(2029, 1, 3))


def test_until_the_oath_a_seat_names_who_holds_it_today(shipped: Congress) -> None:
    [sitting] = shipped.terms_by_seat["MT-1"]
    both = with_terms(shipped, "MT-1", sitting, elected(sitting, date(2027, 1, 3)))
    seat = both.seats["MT-1"]

    for now, bioguide in ((MORNING, sitting.bioguide), (AFTERNOON, "D000634")):
        held = routing.holder(both, seat, civil_time.congress_day(now))
        assert (held.status, held.member) == ("serving", both.members[bioguide])


def test_a_vacant_seat_stays_vacant_until_the_winner_takes_office(shipped: Congress) -> None:
    [other] = shipped.terms_by_seat["TX-30"]
    congress = with_terms(shipped, "TX-23", elected(other, date(2026, 12, 10)))
    seat = congress.seats["TX-23"]

    held = routing.holder(congress, seat, date(2026, 12, 1))
    assert held.status == "vacant"
    assert held.note == "vacant until Troy Downing takes office on December 10, 2026"
    assert routing.holder(congress, seat, date(2026, 12, 10)).status == "serving"


# -- the table of states with new lines ------------------------------------------------------------


def test_the_shipped_table_names_ten_states_with_day_and_source(shipped: Congress) -> None:
    states = [row.state for row in shipped.new_lines if row.congress == 120]

    assert states == ["AL", "CA", "FL", "LA", "MO", "NC", "OH", "TN", "TX", "UT"]
    assert {row.as_of for row in shipped.new_lines} == {date(2026, 6, 3)}
    assert all(row.source for row in shipped.new_lines)


def test_an_operators_table_replaces_the_shipped_one(shipped: Congress, tmp_path: Path) -> None:
    row = NewLines("VA", 120, "https://example.org/court", date(2026, 12, 1))
    district_lines.write(tmp_path / district_lines.FILE, [row])

    congress = dataset.load_current(shipped.folder, tmp_path)

    assert congress.new_lines == (row,)
    assert by_zip(congress, "22201", JANUARY_4).line_status == "unpublished"
    assert by_zip(congress, REDRAWN, JANUARY_4).line_status == "unchanged"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "state,congress\nVA,120\n",
        "state,congress,source,as_of\nXX,120,somewhere,2026-12-01\n",
        "state,congress,source,as_of\nWY,120,somewhere,2026-12-01\n",
        "state,congress,source,as_of\nVA,next,somewhere,2026-12-01\n",
        "state,congress,source,as_of\nVA,120,somewhere,soon\n",
        "state,congress,source,as_of\nVA,120,,2026-12-01\n",
        "state,congress,source,as_of\nVA,120\n",
    ],
)
def test_a_table_that_is_not_valid_is_refused_and_the_shipped_one_is_used(
    shipped: Congress, tmp_path: Path, content: str
) -> None:
    (tmp_path / district_lines.FILE).write_text(content, encoding="utf-8")

    with pytest.raises(DatasetInvalid):
        district_lines.read(tmp_path / district_lines.FILE)
    assert dataset.load_current(shipped.folder, tmp_path).new_lines == shipped.new_lines


def test_lines_may_have_changed_in_a_congress_that_the_table_does_not_know() -> None:
    table = (NewLines("TX", 120, "a source", date(2026, 6, 3)),)

    assert not district_lines.have_changed(table, "MT", 119, 120)
    assert district_lines.have_changed(table, "TX", 120, 119)
    assert district_lines.have_changed(table, "MT", 119, 121)
    assert not district_lines.have_changed(table, "WY", 119, 121)
    assert not district_lines.have_changed(table, "TX", 120, 120)
