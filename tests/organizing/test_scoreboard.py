"""The scoreboard: each member's stance beside what constituents did, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import Problem
from campaign.organizing import scoreboard
from campaign.organizing.scoreboard import ScoreLine, next_round
from campaign.packs import local_targets
from campaign.packs import pack as packs
from campaign.packs.bills import Bill
from campaign.packs.local_targets import LocalTarget
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord
from campaign.packs.targets import NO_MEMBERS, Targets
from campaign.store import contacts, stances
from campaign.store.contacts import Contact
from campaign.store.db.engine import Database
from tests.organizing.signed import add_signers
from tests.web.counted import count_in

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAME = "section-907"
DAINES, TITUS, PALLONE = "D000618", "T000468", "P000034"


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / NAME, DAY)


def add(database: Database, *records: StanceRecord) -> None:
    with database.writing() as connection:
        stances.add(connection, NAME, records, actor="cli:ani", now=NOW)


def report(database: Database, member: str, outcome: contacts.Outcome, day: date) -> None:
    with database.writing() as connection:
        contacts.add(connection, Contact(NAME, member, outcome), day=day)


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """Yield the statements that the database gets meanwhile."""
    found: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def by_id(lines: tuple[ScoreLine, ...]) -> dict[str, ScoreLine]:
    return {line.member.bioguide: line for line in lines}


def test_a_line_holds_stance_signatures_calls_and_the_last_contact(
    database: Database, pack: Pack, congress: Congress
) -> None:
    add(database, StanceRecord(TITUS, Stance.FOR, DAY, "A letter"))
    count_in(database, {"NV-1": 7, "NV-2": 20, "MT-2": 3}, at=NOW)
    report(database, TITUS, "voicemail", date(2026, 6, 1))
    report(database, TITUS, "posted", date(2026, 6, 20))

    found = by_id(scoreboard.read(database, pack, congress, pack.on_date))

    titus, daines = found[TITUS], found[DAINES]
    assert (titus.stance, titus.signatures, titus.to_round) == ("for", 7, 3)
    assert (titus.calls, titus.last_contact) == (1, date(2026, 6, 20))
    assert (daines.stance, daines.signatures, daines.last_contact) == ("unknown", 3, None)
    assert len(found) > 530


def test_the_number_of_statements_does_not_grow_with_what_is_on_record(
    database: Database, pack: Pack, congress: Congress
) -> None:
    with counted_statements(database) as before:
        members = list(by_id(scoreboard.read(database, pack, congress, pack.on_date)))
    add(database, *(StanceRecord(each, Stance.FOR, DAY, "A letter") for each in members))
    for each in members[:40]:
        report(database, each, "contact", DAY)
    with counted_statements(database) as after:
        lines = scoreboard.read(database, pack, congress, pack.on_date)

    assert {line.stance for line in lines} == {"for"}
    assert len(after) == len(before) < 12


def test_lines_are_chosen_by_state_and_stance_and_sorted(
    database: Database, pack: Pack, congress: Congress
) -> None:
    add(
        database,
        StanceRecord(PALLONE, Stance.FOR, DAY, "a file", Bill(119, "hr", 6840)),
        StanceRecord(PALLONE, Stance.AGAINST, DAY, "a file", Bill(119, "hr", 6534)),
        StanceRecord(TITUS, Stance.AGAINST, DAY, "A vote"),
    )
    count_in(database, {"NV-1": 7, "NV-2": 20, "NJ-6": 9}, at=NOW)
    lines = scoreboard.read(database, pack, congress, pack.on_date)

    choose = scoreboard.choose
    assert list(by_id(choose(lines, stance="contradictory"))) == [PALLONE]
    assert list(by_id(choose(lines, state="NV", stance="against"))) == [TITUS]
    assert [line.seat.id for line in choose(lines, state="NV")][2:] == [
        "NV-1", "NV-2", "NV-3", "NV-4",
    ]  # fmt: skip
    assert [line.signatures for line in choose(lines, state="NV", sort="signatures")][:3] == [
        27, 27, 20,
    ]  # fmt: skip
    assert choose(lines, sort="round")[0].to_round == 1
    for sort in scoreboard.SORTS:
        assert len(choose(lines, sort=sort)) == len(lines)


def test_offices_outside_congress_have_lines_of_their_own(
    database: Database, pack: Pack, congress: Congress
) -> None:
    count_in(database, {"NV-1": 7, "MT-2": 3, "MT": 1}, at=NOW)
    report(database, "president", "posted", date(2026, 6, 20))
    report(database, "president", "contact", date(2026, 6, 21))

    president, secretary = scoreboard.read_offices(database, pack, congress)

    assert (president.name, president.calls) == ("The President", 1)
    assert (president.signatures, president.to_round) == (11, 14)
    assert president.last_contact == date(2026, 6, 21)
    assert (secretary.id, secretary.calls, secretary.last_contact) == ("secretary", 0, None)
    heading, (row, _) = scoreboard.table((), (president, secretary))
    assert len(row) == len(heading)
    assert (row[0], row[-1]) == ("The President", "2026-06-21")
    assert dict(zip(heading, row, strict=True))["signatures"] == 11


def office(key: str, *places: str) -> LocalTarget:
    """A row of targets.csv whose people live at these places."""
    problems: list[Problem] = []
    row = f'{key},{key},,"City Hall|Main Street",Dear Council:,"{"; ".join(places)}"'
    heading = "id,name,title,block,salutation,places\n"
    [target] = local_targets.read(heading + row, problems)
    return target


OFFICES = (
    office("everyone"),
    office("governor", "MT"),
    office("two-states", "MT", "NV"),
    office("billings", "Billings, MT"),
    office("one-zip", "59102"),
    office("some-zips", "591*"),
    office("zip-and-state", "59102; NV"),
    office("overlap", "MT", "59101", "Billings, MT"),
    office("nobody", "WY"),
)


def test_an_official_has_the_signatures_of_the_places_that_they_answer_to(
    database: Database, pack: Pack, congress: Congress
) -> None:
    people = [("MT", "59101"), ("MT", "59101"), ("MT", "59102"), ("MT", "59601"), ("NV", "89101")]
    add_signers(
        database,
        *({"state": state, "zip": zip_code, "district": ""} for state, zip_code in people),
        {"state": "MT", "zip": "59101", "status": "pending", "confirmed_at": None},
    )
    asking = replace(pack, targets=Targets(NO_MEMBERS, executive=("health",), local=OFFICES))

    found = scoreboard.read_offices(database, asking, congress)

    assert {line.id: line.signatures for line in found} == {
        "health": 5,
        "everyone": 5,
        "governor": 4,
        "two-states": 5,
        "billings": 3,
        "one-zip": 1,
        "some-zips": 3,
        "zip-and-state": 2,
        "overlap": 4,
        "nobody": 0,
    }
    one_by_one = {
        each.id: sum(
            each.answers_to(state=state, zip_code=five, city=congress.zips[five].city)
            for state, five in people
        )
        for each in OFFICES
    }
    assert {line.id: line.signatures for line in found[1:]} == one_by_one


def test_the_number_of_statements_does_not_grow_with_the_offices(
    database: Database, pack: Pack, congress: Congress
) -> None:
    targets = Targets(NO_MEMBERS, executive=(), local=OFFICES[3:4])
    with counted_statements(database) as before:
        scoreboard.read_offices(database, replace(pack, targets=targets), congress)
    with counted_statements(database) as after:
        scoreboard.read_offices(
            database, replace(pack, targets=replace(targets, local=OFFICES)), congress
        )

    assert len(after) == len(before) < 10


def test_the_table_names_the_evidence(database: Database, pack: Pack, congress: Congress) -> None:
    add(database, StanceRecord(TITUS, Stance.FOR, DAY, "a file", Bill(119, "hr", 6840)))

    heading, rows = scoreboard.table(
        scoreboard.choose(scoreboard.read(database, pack, congress, pack.on_date), stance="for")
    )

    (row,) = (dict(zip(heading, row, strict=True)) for row in rows)
    assert row["member"] == "Dina Titus"
    assert (row["stance"], row["as_of"]) == ("for", "2026-07-01")
    assert row["evidence"] == "Sponsor or cosponsor of H.R. 6840 (119th Congress)"


@pytest.mark.parametrize(
    ("count", "above"), [(0, 10), (9, 10), (10, 25), (99, 100), (100, 250), (2500, 5000)]
)
def test_the_next_round_number_is_above_the_count(count: int, above: int) -> None:
    assert next_round(count) == above
