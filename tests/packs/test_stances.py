"""Where members stand: which evidence counts on a day, and what happens when it disagrees."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.civil_time import WASHINGTON
from campaign.packs.bills import Bill
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.stances import Reading, Stance, StanceRecord, Standing, standings

SUPPORTED = Bill(119, "hr", 6840)
OPPOSED = Bill(119, "hr", 6534)
DAY = date(2026, 11, 30)


def record(
    stance: str, as_of: str, bill: Bill | None = None, member: str = "T000488"
) -> StanceRecord:
    return StanceRecord(member, Stance(stance), date.fromisoformat(as_of), "a source", bill)


def standing(*records: StanceRecord, on_date: date = DAY) -> Standing:
    return standings(records, CampaignDay.on(on_date)).get("T000488", Standing())


def test_a_cosponsor_is_for_and_is_read_as_a_cosponsor() -> None:
    found = standing(record("for", "2026-01-05", SUPPORTED))

    assert found.stance is Stance.FOR
    assert found.reading is Reading.COSPONSOR
    assert found.as_of == date(2026, 1, 5)


def test_a_cosponsor_of_a_bill_that_the_campaign_opposes_is_against() -> None:
    assert standing(record("against", "2026-01-05", OPPOSED)).reading is Reading.AGAINST


def test_somebody_who_is_for_without_a_bill_is_not_thanked_for_cosponsoring() -> None:
    assert standing(record("for", "2026-01-05")).reading is Reading.FOR


def test_cosponsorship_says_nothing_after_its_congress_nor_before_its_day() -> None:
    cosponsored = record("for", "2026-01-05", SUPPORTED)

    assert standing(cosponsored, on_date=date(2027, 1, 2)).reading is Reading.COSPONSOR
    later = standing(cosponsored, on_date=date(2027, 1, 3))
    assert later == Standing(past=(cosponsored,))
    assert later.reading is Reading.UNKNOWN
    assert standing(cosponsored, on_date=date(2026, 1, 4)) == Standing()


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Guam", "Pacific/Honolulu"])
def test_cosponsorship_counts_until_noon_of_the_last_day_wherever_the_campaign_is(
    zone: str,
) -> None:
    cosponsored = record("for", "2026-01-05", SUPPORTED)
    ends = datetime(2027, 1, 3, 12, tzinfo=WASHINGTON)

    def at(moment: datetime) -> Standing:
        return standings([cosponsored], CampaignDay.at(moment, ZoneInfo(zone)))["T000488"]

    assert at(ends - timedelta(minutes=1)).reading is Reading.COSPONSOR
    assert at(ends).past == (cosponsored,)


def test_a_bill_of_an_ended_congress_is_not_named() -> None:
    cosponsored, voted = record("for", "2026-01-05", SUPPORTED), record("for", "2026-01-05")
    last, first = date(2027, 1, 2), date(2027, 1, 3)

    assert cosponsored.basis_on(last) == "Sponsor or cosponsor of H.R. 6840 (119th Congress)"
    assert cosponsored.basis_on(first) == "Sponsor or cosponsor of a bill of the 119th Congress"
    assert voted.basis_on(first) == "a source"
    # What is kept as a record of its time names the bill.
    assert cosponsored.basis == "Sponsor or cosponsor of H.R. 6840 (119th Congress)"


def test_a_stance_without_a_bill_outlives_the_congress() -> None:
    assert (
        standing(record("against", "2026-05-01"), on_date=date(2027, 2, 1)).stance is Stance.AGAINST
    )


def test_a_withdrawn_cosponsorship_no_longer_counts() -> None:
    found = standing(
        record("for", "2026-01-05", SUPPORTED), record("unknown", "2026-03-01", SUPPORTED)
    )

    assert found.stance is Stance.UNKNOWN
    assert not found.is_contradictory


def test_evidence_that_disagrees_is_not_decided_here() -> None:
    found = standing(
        record("for", "2026-01-05", SUPPORTED), record("against", "2026-02-01", OPPOSED)
    )

    assert found.stance is Stance.UNKNOWN
    assert found.is_contradictory
    assert [each.stance for each in found.records] == [Stance.AGAINST, Stance.FOR]


def test_a_persons_entry_settles_what_older_cosponsorships_say() -> None:
    found = standing(
        record("for", "2026-01-05", SUPPORTED),
        record("against", "2026-02-01", OPPOSED),
        record("for", "2026-03-01"),
    )

    assert found.stance is Stance.FOR
    assert found.reading is Reading.COSPONSOR
    assert not found.is_contradictory


def test_a_cosponsorship_after_a_persons_entry_counts_again() -> None:
    found = standing(record("undecided", "2026-01-05"), record("for", "2026-02-01", SUPPORTED))

    assert found.is_contradictory


def test_a_persons_entry_of_unknown_withdraws_what_was_entered() -> None:
    found = standing(record("against", "2026-01-05"), record("unknown", "2026-02-01"))

    assert found == Standing()


def test_of_one_day_the_record_made_last_counts() -> None:
    found = standing(record("against", "2026-01-05"), record("undecided", "2026-01-05"))

    assert found.stance is Stance.UNDECIDED


@pytest.mark.parametrize("reading", list(Reading))
def test_a_cosponsors_text_falls_back_to_that_for_supporters(reading: Reading) -> None:
    assert reading.fallbacks[0] is reading
    assert (Reading.FOR in reading.fallbacks) == (reading in {Reading.COSPONSOR, Reading.FOR})


_RECORDS = st.lists(
    st.builds(
        StanceRecord,
        bioguide=st.sampled_from(["A000001", "B000002"]),
        stance=st.sampled_from(list(Stance)),
        as_of=st.dates(date(2025, 1, 3), date(2027, 6, 1)),
        source=st.just("a source"),
        bill=st.sampled_from([None, SUPPORTED, OPPOSED]),
    ),
    max_size=12,
)


@given(records=_RECORDS, on_date=st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_a_standing_rests_on_current_evidence_that_agrees(
    records: list[StanceRecord], on_date: date
) -> None:
    day = CampaignDay.on(on_date)
    for member, found in standings(records, day).items():
        assert all(each.is_current(day) for each in found.records)
        assert all(each.bioguide == member for each in found.records)
        stances = {each.stance for each in found.records}
        assert found.is_contradictory == (len(stances) > 1)
        if not found.is_contradictory:
            assert stances <= {found.stance}
        assert (found.stance is Stance.UNKNOWN) == (found.is_contradictory or not found.records)
