"""A lobby-day brief is one page with what a visitor must know, and names no signer."""

from datetime import date
from pathlib import Path

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.organizing import member_brief
from campaign.packs import pack as packs
from campaign.packs.bills import Bill
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import stances
from campaign.store.db.engine import Database
from tests.letters.reading import pages_of, words_of
from tests.organizing.signed import NOON, add_signers

NAME = "section-907"
DAINES, TITUS, DOWNING = "D000618", "T000468", "D000634"
SUPPORTED, OPPOSED = Bill(119, "hr", 6840), Bill(119, "hr", 6534)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / NAME, NOON.date())


def add(database: Database, *records: StanceRecord) -> None:
    with database.writing() as connection:
        stances.add(connection, NAME, records, actor="cli:ani", now=NOON)


def record(member: str, stance: Stance, bill: Bill | None = None) -> StanceRecord:
    return StanceRecord(member, stance, date(2026, 1, 14), "" if bill else "A vote", bill)


def read(made: bytes, folder: Path) -> str:
    return " ".join(words_of(made, folder).split())


def test_a_brief_says_who_where_they_stand_what_to_ask_and_whom_to_contact(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    add(database, record(TITUS, Stance.FOR, SUPPORTED))
    add_signers(database, {"state": "NV", "district": "NV-1"}, {"state": "NV", "district": "NV-2"})

    made = member_brief.pdf(database, pack, congress, TITUS, on_date=pack.on_date)

    words = read(made, tmp_path)
    assert made.startswith(b"%PDF")
    assert pages_of(made) == 1
    for said in (
        "Dina Titus",
        "Representative for Nevada’s 1st district · Democrat",
        "202-225-5965",
        "1 in Nevada’s 1st district",
        "Sponsor or cosponsor of H.R. 6840 (119th Congress), as of January 14, 2026",
        "bring a colleague to it",
        pack.organizer.email,
    ):
        assert said in words
    assert "Petrosyan" not in words


def test_a_brief_names_no_bill_of_an_ended_congress(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    add(database, record(TITUS, Stance.FOR, Bill(118, "hr", 6840)))

    words = read(member_brief.pdf(database, pack, congress, TITUS, on_date=pack.on_date), tmp_path)

    assert "Earlier: for, Sponsor or cosponsor of a bill of the 118th Congress, as of" in words
    assert "6840 (118th Congress)" not in words


def test_a_brief_quotes_approved_comments_of_constituents_alone(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    add_signers(
        database,
        {
            "comment": "My grandmother was born there.",
            "comment_status": "approved",
            "show_name": True,
            "name_status": "shown",
        },
    )
    add_signers(
        database,
        {"comment": "Please act.", "comment_status": "approved", "first_name": "Hidden"},
        {"comment": "Not read yet.", "comment_status": "waiting"},
        {"comment": "Elsewhere.", "comment_status": "approved", "district": "MT-1"},
    )

    words = read(
        member_brief.pdf(database, pack, congress, DOWNING, on_date=pack.on_date), tmp_path
    )

    assert "“My grandmother was born there.” Ani, Montana" in words
    assert "“Please act.” A constituent, Montana" in words
    for kept in ("Hidden", "Not read yet", "Elsewhere", "Petrosyan"):
        assert kept not in words


def test_the_fullest_brief_is_one_page(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    long = "A promise made in law is a promise, and it must be kept by those who made it. " * 20
    add_signers(database, *({"comment": long, "comment_status": "approved"} for _ in range(5)))
    add(
        database,
        record(DAINES, Stance.FOR, SUPPORTED),
        record(DAINES, Stance.AGAINST, OPPOSED),
        *(record(DAINES, Stance.FOR, Bill(118, "s", number)) for number in range(1, 6)),
    )

    made = member_brief.pdf(database, pack, congress, DAINES, on_date=pack.on_date)

    assert pages_of(made) == 1
    assert "Not known: the evidence disagrees" in read(made, tmp_path)


@pytest.mark.parametrize("member", ["X999999", ""])
def test_a_member_whom_the_campaign_does_not_write_to_has_no_brief(
    database: Database, pack: Pack, congress: Congress, member: str
) -> None:
    with pytest.raises(InvalidInput, match="does not write to a member") as refused:
        member_brief.pdf(database, pack, congress, member, on_date=pack.on_date)

    assert refused.value.field == "member"
