"""Figures of each target, in Congress or not: constituents who signed, letters, contacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from campaign.congress.contact import spoken_name
from campaign.congress.dataset import Congress
from campaign.congress.former_members import FormerMember
from campaign.congress.seat_holders import SeatHolder, capitalize_first, holder
from campaign.letters.targets import is_asked_seat
from campaign.messages import day_in_words
from campaign.organizing import office_signers
from campaign.packs import executive
from campaign.packs.pack import Pack
from campaign.store import contacts, counts, letters
from campaign.store.db.engine import Database


@dataclass(frozen=True)
class MemberFigures:
    """A member, empty seat or office: constituents who signed, letters, and reported contacts.

    `seat` is "" for an office outside Congress, whose constituents `office_signers` counts. Letters
    and contacts stay with a member who has left; constituents count for the seat. `letters` counts
    downloaded letters, `reached` contacts by outcome (`store.contacts.OUTCOMES`).
    """

    bioguide: str
    name: str
    seat: str
    state: str
    district: str
    constituents: int
    letters: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """The number of calls with any outcome."""
        return sum(self.reached.get(kind, 0) for kind in contacts.CALLS)

    @property
    def has_any(self) -> bool:
        """True if any figure is above 0."""
        return bool(self.constituents or self.letters or any(self.reached.values()))


def members(db: Database, pack: Pack, congress: Congress, today: date) -> tuple[MemberFigures, ...]:
    """Return the figures of the campaign's targets, and of others who got letters or calls.

    Targets are seats in Congress, empty ones too, and then offices; of each, those with the most
    constituents come first. Raises StoreUnavailable.
    """
    with db.reading() as connection:
        return of_snapshot(
            connection,
            pack,
            congress,
            today,
            counts.by(connection, pack.name, "state"),
            counts.by(connection, pack.name, "district"),
        )


def of_snapshot(
    connection: Connection,
    pack: Pack,
    congress: Congress,
    today: date,
    states: Mapping[str, int],
    districts: Mapping[str, int],
) -> tuple[MemberFigures, ...]:
    """Return what `members` does; `states` and `districts` are the counts of signatures."""
    made = letters.by_office(connection, pack.name)
    reached: dict[str, dict[str, int]] = {}
    for figure in contacts.figures(connection, pack.name):
        reached.setdefault(figure.member, {})[figure.outcome] = figure.count
    holders = [holder(congress, seat, today) for seat in congress.seats.values()]
    sitting = {held.member.bioguide for held in holders if held.member is not None}
    contacted = {*made, *reached}
    found = [
        _seat_figures(held, states, districts, made, reached)
        for held in holders
        if (held.member is not None and held.member.bioguide in contacted)
        or is_asked_seat(pack.targets, congress, held)
    ]
    found += [
        _former_figures(former, made, reached)
        for one in sorted(contacted - sitting)
        if (former := congress.former_member(one)) is not None
    ]
    recorded = {
        office.id: office.name for office in executive.offices().values() if office.id in contacted
    }
    signers = office_signers.by_office(connection, pack, congress)
    for office, name in {**recorded, **pack.targets.offices}.items():
        count, calls = signers[office], reached.get(office, {})
        found.append(MemberFigures(office, name, "", "", "", count, made.get(office, 0), calls))
    return tuple(
        sorted(
            found,
            key=lambda one: (not one.seat, -one.constituents, one.state, one.district, one.name),
        )
    )


def _seat_figures(
    held: SeatHolder,
    states: Mapping[str, int],
    districts: Mapping[str, int],
    made: Mapping[str, int],
    reached: Mapping[str, Mapping[str, int]],
) -> MemberFigures:
    seat = held.seat
    in_house = seat.chamber == "house"
    bioguide = held.member.bioguide if held.member else ""
    return MemberFigures(
        bioguide=bioguide,
        name=_name_of(held),
        seat=str(seat.title),
        state=seat.state,
        district=seat.id if in_house else "",
        constituents=(districts.get(seat.id, 0) if in_house else states.get(seat.state, 0)),
        letters=made.get(bioguide, 0) if bioguide else 0,
        reached=reached.get(bioguide, {}) if bioguide else {},
    )


def _name_of(held: SeatHolder) -> str:
    if held.member is not None:
        return str(spoken_name(held.seat, held.member))
    return capitalize_first(str(held.absence))


def _former_figures(
    former: FormerMember,
    made: Mapping[str, int],
    reached: Mapping[str, Mapping[str, int]],
) -> MemberFigures:
    return MemberFigures(
        bioguide=former.bioguide,
        name=f"{former.seat.style} {former.last_name} (former)",
        seat=f"{former.seat.title}, until {day_in_words(former.ended)}",
        state=former.seat.state,
        district="",
        constituents=0,
        letters=made.get(former.bioguide, 0),
        reached=reached.get(former.bioguide, {}),
    )
