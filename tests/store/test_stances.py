"""Evidence of where members stand: added once, kept as history, read on both databases."""

from datetime import UTC, date, datetime

from campaign import paths
from campaign.packs import pack as packs
from campaign.packs.bills import Bill
from campaign.packs.stances import Reading, Stance, StanceRecord
from campaign.store import stances
from campaign.store.db.engine import Database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BILL = Bill(119, "hr", 6840)


def record(member: str, stance: Stance, day: int = 1, bill: Bill | None = BILL) -> StanceRecord:
    return StanceRecord(member, stance, date(2026, 11, day), "a source", bill)


def add(database: Database, *records: StanceRecord, campaign: str = "section-907") -> int:
    with database.writing() as connection:
        return stances.add(connection, campaign, records, actor="cli:ani", now=NOW)


def test_records_come_back_as_they_were_and_a_second_import_adds_nothing(
    database: Database,
) -> None:
    given = (
        record("T000468", Stance.FOR),
        record("C001088", Stance.AGAINST, bill=None),
        record("T000468", Stance.UNKNOWN, day=3),
    )

    assert add(database, *given) == 3
    assert add(database, given[2], given[1]) == 0

    with database.reading() as connection:
        assert stances.records(connection, "section-907") == given
        assert stances.records(connection, "another") == ()


def test_a_stance_that_returns_is_recorded_again(database: Database) -> None:
    add(database, record("T000468", Stance.FOR), record("T000468", Stance.UNKNOWN, day=2))

    assert add(database, record("T000468", Stance.FOR)) == 1


def test_the_history_of_a_member_has_the_newest_first_with_who_and_when(
    database: Database,
) -> None:
    add(database, record("T000468", Stance.FOR), record("C001088", Stance.FOR))
    add(database, record("T000468", Stance.UNKNOWN, day=2))

    with database.reading() as connection:
        found = stances.history(connection, "section-907", member="T000468")

    assert [(each.record.stance, each.actor, each.at) for each in found] == [
        (Stance.UNKNOWN, "cli:ani", NOW),
        (Stance.FOR, "cli:ani", NOW),
    ]


def test_a_campaign_gets_where_members_stand_on_its_day(database: Database) -> None:
    pack = packs.load(paths.data() / "campaigns" / "section-907", NOW.date())
    add(database, record("T000468", Stance.FOR))

    with database.reading() as connection:
        attached = stances.attach(connection, pack)

    assert attached.standings["T000468"].reading is Reading.COSPONSOR
    assert "C001088" not in attached.standings
