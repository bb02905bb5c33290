"""The scoreboard: where each member stands, and what their constituents have done about it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Seat
from campaign.congress.places import STATES
from campaign.letters.targets import asked_holders
from campaign.organizing import office_signers
from campaign.organizing.figure_tables import Table
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, Standing
from campaign.store import contacts, counts, letters, stances
from campaign.store.db.engine import Database

#: The filter for members on whom the evidence disagrees.
CONTRADICTORY = "contradictory"
_LOWEST_ROUND = 10


@dataclass(frozen=True)
class ScoreLine:
    """A member whom the campaign writes to.

    `signatures` counts signers in the district or, for a senator, in the state. `last_contact` is
    the day of the newest reported call or mailing, None if there is none.
    """

    member: Member
    seat: Seat
    standing: Standing
    signatures: int
    letters: int
    calls: int
    last_contact: date | None

    @property
    def to_round(self) -> int:
        """How many more signatures make a round number."""
        return next_round(self.signatures) - self.signatures

    @property
    def stance(self) -> str:
        """The stance as a filter and a table name it: "contradictory" where evidence disagrees."""
        return CONTRADICTORY if self.standing.is_contradictory else str(self.standing.stance)


@dataclass(frozen=True)
class OfficeLine:
    """An office outside Congress that the campaign writes to; it has no stance on record.

    `signatures` counts signers to whom the office answers, see `office_signers`. `last_contact` is
    the day of the newest reported call or mailing, None if there is none.
    """

    id: str
    name: str
    signatures: int
    letters: int
    calls: int
    last_contact: date | None

    @property
    def to_round(self) -> int:
        """How many more signatures make a round number."""
        return next_round(self.signatures) - self.signatures


def next_round(count: int) -> int:
    """Return the lowest round number above `count`: 10, 25, 50, 100, 250, 500, 1,000 and so on."""
    power = _LOWEST_ROUND
    while True:
        for step in (power, power * 5 // 2, power * 5):
            if step > count:
                return step
        power *= 10


def read(db: Database, pack: Pack, congress: Congress, on_date: date) -> tuple[ScoreLine, ...]:
    """Return the members who hold a seat on a day and to whom the campaign writes, by seat.

    The number of statements does not depend on the number of members. Raises StoreUnavailable.
    """
    with db.reading() as connection:
        return _lines(connection, stances.attach(connection, pack), congress, on_date)


def read_offices(db: Database, pack: Pack, congress: Congress) -> tuple[OfficeLine, ...]:
    """Return the campaign's executive offices and rows of targets.csv.

    The number of statements does not depend on the number of offices. Raises StoreUnavailable.
    """
    if not (offices := pack.targets.offices):
        return ()
    with db.reading() as connection:
        signers = office_signers.by_office(connection, pack, congress)
        made = letters.by_office(connection, pack.name)
        latest = contacts.latest_days(connection, pack.name)
        calls = _calls(connection, pack.name)
    return tuple(
        OfficeLine(
            id=office,
            name=name,
            signatures=signers[office],
            letters=made.get(office, 0),
            calls=calls[office],
            last_contact=latest.get(office),
        )
        for office, name in offices.items()
    )


def _lines(
    connection: Connection, pack: Pack, congress: Congress, on_date: date
) -> tuple[ScoreLine, ...]:
    by_state = counts.by(connection, pack.name, "state")
    by_district = counts.by(connection, pack.name, "district")
    made = letters.by_office(connection, pack.name)
    latest = contacts.latest_days(connection, pack.name)
    calls = _calls(connection, pack.name)
    return tuple(
        ScoreLine(
            member=held.member,
            seat=held.seat,
            standing=pack.standings.get(held.member.bioguide, Standing()),
            signatures=(
                by_district.get(held.seat.id, 0)
                if held.seat.chamber == "house"
                else by_state.get(state, 0)
            ),
            letters=made.get(held.member.bioguide, 0),
            calls=calls[held.member.bioguide],
            last_contact=latest.get(held.member.bioguide),
        )
        for state in STATES
        for held in asked_holders(pack, congress, state, on_date)
        if held.member is not None
    )


def _calls(connection: Connection, campaign: str) -> Counter[str]:
    """Return {member: number of calls}."""
    calls: Counter[str] = Counter()
    for figure in contacts.figures(connection, campaign):
        if figure.outcome in contacts.CALLS:
            calls[figure.member] += figure.count
    return calls


_STANCES = {stance: place for place, stance in enumerate((CONTRADICTORY, *map(str, Stance)))}

#: Order -> its key; lines that are equal in it stay by seat.
SORTS: Mapping[str, Callable[[ScoreLine], Any]] = {
    "seat": lambda line: 0,
    "member": lambda line: (line.member.name.last, line.member.name.first),
    "stance": lambda line: _STANCES[line.stance],
    "signatures": lambda line: -line.signatures,
    "round": lambda line: (line.to_round, -line.signatures),
    "letters": lambda line: -line.letters,
    "calls": lambda line: -line.calls,
    "contact": lambda line: -line.last_contact.toordinal() if line.last_contact else 0,
}


def choose(
    lines: Iterable[ScoreLine], *, state: str = "", stance: str = "", sort: str = "seat"
) -> tuple[ScoreLine, ...]:
    """Return the lines of a state and a stance ("" for all of them), in an order of SORTS."""
    found = (
        line
        for line in lines
        if (not state or line.seat.state == state) and (not stance or line.stance == stance)
    )
    return tuple(sorted(found, key=SORTS[sort]))


def table(lines: Iterable[ScoreLine], offices: Iterable[OfficeLine] = ()) -> Table:
    """Return the lines as a table, with the evidence that counts, then the offices.

    An office outside Congress has its name as member, and its id as bioguide.
    """
    heading = (
        "member", "bioguide", "seat", "state", "stance", "as_of", "evidence", "signatures",
        "to_next_round_number", "letters", "calls", "last_contact",
    )  # fmt: skip
    members: list[tuple[str | int, ...]] = [
        (
            line.member.name.full,
            line.member.bioguide,
            str(line.seat.title),
            line.seat.state,
            line.stance,
            _iso(line.standing.as_of),
            "; ".join(record.basis for record in line.standing.records),
            *_counts(line),
        )
        for line in lines
    ]
    others = [(one.name, one.id, "", "", "", "", "", *_counts(one)) for one in offices]
    return heading, [*members, *others]


def _counts(line: ScoreLine | OfficeLine) -> tuple[str | int, ...]:
    return (line.signatures, line.to_round, line.letters, line.calls, _iso(line.last_contact))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
