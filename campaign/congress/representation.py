"""Who represents a place on a day: the answer as a value, and how it is put together."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaign.congress.apportionment import AT_LARGE_STATES, first_day
from campaign.congress.dataset import Congress
from campaign.congress.members import Committee, Member, Membership, Seat
from campaign.congress.places import DELEGATIONS, STATES, District, join_names
from campaign.congress.seat_holders import (
    SeatHolder,
    capitalize_first,
    covers,
    house_holder_of,
    last_day_notes,
    senators_of,
    unknown_note,
    vacancy_notes,
)
from campaign.errors import PlaceUnknown
from campaign.messages import Message

Certainty = Literal["certain", "likely", "split", "unknown"]
Need = Literal["", "street", "residence", "district", "refresh"]

#: The note that asks for a street, which a person who has just given one should not read.
ENTER_STREET = Message("Enter your street address to find yours.")

_COUNT_WORDS = {
    2: Message("two"),
    3: Message("three"),
    4: Message("four"),
    5: Message("five"),
    6: Message("six"),
}


@dataclass(frozen=True, slots=True)
class Representation:
    """The answer to "who represents this place?".

    `districts` are the candidates, one when the answer is certain or likely. `holders` are the
    seats of that one district: two senators (none for a delegation) and the House seat. When the
    ZIP is split, `holders` has only what all candidates share (the senators, if one state), and
    `candidates` has each candidate's House seat, in the order of `districts`. `need` says what
    would settle an open answer; `notes` are sentences for the person.
    """

    query: str
    on_date: date
    as_of: date
    certainty: Certainty
    districts: tuple[District, ...]
    holders: tuple[SeatHolder, ...]
    candidates: tuple[SeatHolder, ...] = ()
    need: Need = ""
    notes: tuple[Message, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """The members who hold the seats of this place, senators first."""
        return tuple(holder.member for holder in self.holders if holder.member is not None)

    @property
    def vacant(self) -> tuple[Seat, ...]:
        """The vacant seats of this place."""
        return tuple(holder.seat for holder in self.holders if holder.status == "vacant")


def route_district(congress: Congress, district: District, on_date: date) -> Representation:
    """Return who represents a district: two senators (none for a delegation) and the House seat.

    Raises PlaceUnknown for a district that does not exist, and says which do.
    """
    if district not in congress.districts:
        raise PlaceUnknown(_no_such_district(district))
    return one_district(congress, str(district), district, on_date, "certain", ())


def committees_of(congress: Congress, member: Member) -> tuple[tuple[Committee, Membership], ...]:
    """Return the member's committees and subcommittees, each full committee before its parts."""
    return tuple(
        (congress.committees[membership.committee], membership)
        for membership in sorted(member.memberships, key=lambda entry: entry.committee)
    )


# -- answers of each kind --------------------------------------------------------------------------


def one_district(
    congress: Congress,
    query: str,
    district: District,
    on_date: date,
    certainty: Certainty,
    notes: tuple[Message, ...],
    need: Need = "",
) -> Representation:
    """Return the answer for a place in one district: its senators and its House seat."""
    senators, senator_notes = senators_of(congress, district.state, on_date)
    if not covers(congress, on_date):
        return _refused(congress, query, (district,), senators, senator_notes, on_date)
    house = house_holder_of(congress, district, on_date)
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty=certainty,
        districts=(district,),
        holders=(*senators, house),
        need=need,
        notes=(
            *notes,
            *vacancy_notes(congress, (house,)),
            *senator_notes,
            *last_day_notes(congress, on_date),
        ),
    )


def split(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Return every candidate district's seat; senators only where all candidates share a state."""
    states = sorted({district.state for district in districts})
    senators, senator_notes = (
        senators_of(congress, states[0], on_date) if len(states) == 1 else ((), ())
    )
    if not covers(congress, on_date):
        return _refused(congress, query, districts, senators, senator_notes, on_date)
    candidates = tuple(house_holder_of(congress, district, on_date) for district in districts)
    notes = [
        Message(
            "ZIP code %(zip)s is in %(count)s districts.",
            zip=query,
            count=_COUNT_WORDS.get(len(districts), str(len(districts))),
        ),
        ENTER_STREET,
    ]
    if len(states) > 1:
        notes.append(
            Message(
                "%(zip)s crosses state lines: it has addresses in %(states)s.",
                zip=query,
                states=join_names([STATES[state] for state in states]),
            )
        )
    notes += vacancy_notes(congress, candidates)
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="split",
        districts=districts,
        holders=senators,
        candidates=candidates,
        need="street",
        notes=(*notes, *senator_notes, *last_day_notes(congress, on_date)),
    )


def undecided(
    congress: Congress,
    query: str,
    on_date: date,
    *,
    need: Need,
    notes: tuple[Message, ...],
    holders: tuple[SeatHolder, ...] = (),
) -> Representation:
    """Return an answer without a district; `need` and `notes` say what would find it."""
    known = covers(congress, on_date)
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="unknown",
        districts=(),
        holders=holders,
        need=need if known or on_date <= congress.meta.valid_until else "refresh",
        notes=notes if known else (*notes, unknown_note(congress, on_date)),
    )


def _refused(
    congress: Congress,
    query: str,
    districts: tuple[District, ...],
    senators: tuple[SeatHolder, ...],
    senator_notes: tuple[Message, ...],
    on_date: date,
) -> Representation:
    """Refuse the House outside of the data's Congress; senators whose terms run are still given."""
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="unknown",
        districts=districts if on_date < first_day(congress.meta.congress) else (),
        holders=senators,
        need="refresh" if on_date > congress.meta.valid_until else "",
        notes=(unknown_note(congress, on_date), *senator_notes),
    )


def _no_such_district(district: District) -> Message:
    state = district.state
    if state in AT_LARGE_STATES | DELEGATIONS:
        return Message(
            "%(place)s is one district: enter %(district)s.",
            english=f"{capitalize_first(STATES[state])} is one district: enter {state}-0.",
            place=STATES[state],
            district=f"{state}-0",
        )
    return Message(
        "There is no district %(asked)s. Enter a state and district such as %(district)s.",
        asked=str(district),
        district=f"{state}-1",
    )
