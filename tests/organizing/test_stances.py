"""Files about where members stand: official ones and one's own, and what they mean for letters."""

from dataclasses import replace
from datetime import date

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.organizing import stances
from campaign.packs import pack as packs
from campaign.packs.bills import Bill, CampaignBill
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, standings
from tests.bill_status_files import Name, bill_status

DAY = date(2026, 6, 20)
BILL = Bill(119, "hr", 6840)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    bundled = packs.load(paths.data() / "campaigns" / "section-907", DAY)
    return replace(bundled, bills=(CampaignBill(BILL, "for"),))


def representatives(congress: Congress, count: int) -> list[Name]:
    """The first members of the House in the dataset, as a file lists them."""
    sitting = [
        Name(
            each.bioguide,
            each.name.last,
            each.terms[-1].seat.state,
            str(each.terms[-1].seat.district),
        )
        for each in congress.members.values()
        if each.terms[-1].seat.chamber == "house"
    ]
    return sitting[:count]


def test_the_69_cosponsors_of_a_supported_bill_are_for(congress: Congress, pack: Pack) -> None:
    sponsor, *cosponsors = representatives(congress, 70)

    found = stances.read(bill_status(sponsor, cosponsors), pack, congress, on_date=DAY)

    assert found.bill == BILL
    assert found.rejected == ()
    assert len(found.records) == 70
    assert {each.stance for each in found.records} == {Stance.FOR}
    assert {each.bill for each in found.records} == {BILL}


def test_the_cosponsors_of_an_opposed_bill_are_against(congress: Congress, pack: Pack) -> None:
    sponsor, *cosponsors = representatives(congress, 3)
    opposed = replace(pack, bills=(CampaignBill(BILL, "against"),))

    found = stances.read(bill_status(sponsor, cosponsors), opposed, congress, on_date=DAY)

    assert {each.stance for each in found.records} == {Stance.AGAINST}


def test_a_member_who_withdrew_is_unknown_from_that_day(congress: Congress, pack: Pack) -> None:
    sponsor, one = representatives(congress, 2)
    gone = replace(one, withdrawn="2026-03-02")

    found = stances.read(bill_status(sponsor, [gone]), pack, congress, on_date=DAY)

    assert standings(found.records, CampaignDay.on(DAY))[one.bioguide].stance is Stance.UNKNOWN
    assert standings(found.records, CampaignDay.on(DAY))[sponsor.bioguide].stance is Stance.FOR


def test_a_bill_that_the_campaign_does_not_name_is_asked_about(
    congress: Congress, pack: Pack
) -> None:
    (sponsor,) = representatives(congress, 1)

    with pytest.raises(InvalidInput, match=r"does not name S\. 35 \(119th Congress\)"):
        stances.read(bill_status(sponsor, [], kind="S", number=35), pack, congress, on_date=DAY)


def test_a_bill_of_an_ended_congress_is_not_asked_for(congress: Congress, pack: Pack) -> None:
    (sponsor,) = representatives(congress, 1)
    later = replace(pack, day=CampaignDay.on(date(2027, 1, 3)), bills=())

    with pytest.raises(InvalidInput, match=r"119th Congress\. That Congress has ended"):
        stances.read(bill_status(sponsor, []), later, congress, on_date=later.on_date)


def test_congress_govs_table_is_matched_by_name_and_seat(congress: Congress, pack: Pack) -> None:
    table = (
        "Cosponsor,Date Cosponsored\n"
        '"Rep. Titus, Dina [D-NV-1]*",01/14/2026\n'
        '"Rep. Nemo, Nobody [D-NV-1]",01/14/2026\n'
        '"Rep. Titus, Dina [D-NV-1]",someday\n'
        '"the clerk",01/14/2026\n'
    )

    found = stances.read(table.encode(), pack, congress, on_date=DAY, bill=BILL)

    assert [(each.bioguide, each.stance, each.as_of) for each in found.records] == [
        ("T000468", Stance.FOR, date(2026, 1, 14))
    ]
    assert [each.number for each in found.rejected] == [3, 4, 5]
    assert "held no such seat" in found.rejected[0].reason
    assert "is not a day" in found.rejected[1].reason


def test_congress_govs_table_needs_the_bill(congress: Congress, pack: Pack) -> None:
    with pytest.raises(InvalidInput, match="Say which bill") as refused:
        stances.read(b"Cosponsor,Date Cosponsored\n", pack, congress, on_date=DAY)

    assert refused.value.field == "bill"


def test_a_table_of_ones_own_is_read_line_by_line(congress: Congress, pack: Pack) -> None:
    table = (
        "Bioguide,Stance,As of,Source\n"
        "T000468,Undecided,6/1/2026,Staff at the district office\n"
        "X999999,for,2026-06-01,A letter\n"
        "T000468,maybe,2026-06-01,A letter\n"
        "T000468,for,2026-06-01,\n"
        "T000468,for,2026-12-01,A letter\n"
        "T000468,unknown,2026-06-02,\n"
    )

    found = stances.read(table.encode(), pack, congress, on_date=DAY)

    assert [(each.stance, each.as_of.day) for each in found.records] == [
        (Stance.UNDECIDED, 1),
        (Stance.UNKNOWN, 2),
    ]
    assert [each.number for each in found.rejected] == [3, 4, 5, 6]
    assert all(each.reason.endswith(".") for each in found.rejected)


def test_another_table_says_which_columns_it_needs(congress: Congress, pack: Pack) -> None:
    with pytest.raises(InvalidInput, match="bioguide, stance, as_of, source"):
        stances.read(b"First,Last\nAni,Petrosyan\n", pack, congress, on_date=DAY)
