"""Who represents a place on a day: the answer as a value, and how it is put together."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from campaign.congress.apportionment import AT_LARGE_STATES, congress_on
from campaign.congress.dataset import Congress
from campaign.congress.district_lines import have_changed
from campaign.congress.members import Committee, Member, Membership, Seat
from campaign.congress.places import DELEGATIONS, STATES, District, join_names, ordinal
from campaign.congress.seat_holders import (
    SeatHolder,
    capitalize_first,
    covers,
    house_holder_of,
    senators_of,
    unknown_note,
    vacancy_notes,
)
from campaign.errors import PlaceUnknown
from campaign.messages import Message

Certainty = Literal["certain", "likely", "split", "unknown"]
Need = Literal["", "street", "residence", "district", "refresh"]
LineStatus = Literal["", "current", "unchanged", "unpublished"]

#: The House's own page that finds a representative by ZIP and street.
HOUSE_FINDER = "https://www.house.gov/representatives/find-your-representative"

#: The note that asks for a street, which a person who has just given one should not read.
ENTER_STREET = Message("Enter your street address to find your district.")

_COUNT_WORDS = {
    2: Message("two"),
    3: Message("three"),
    4: Message("four"),
    5: Message("five"),
    6: Message("six"),
}


@dataclass(frozen=True, slots=True)
class Representation:
    """The answer to "who represents this place?" on a day.

    `districts` are the candidates, one if the answer is certain or likely. `holders` are the seats
    of that one district: two senators (none for a delegation) and the House seat. If the ZIP is
    split, `holders` has only what all candidates share (the senators, if one state), and
    `candidates` has each candidate's House seat, in the order of `districts`.

    `lines` is the number of the Congress whose district lines `districts` follow, 0 if there are no
    districts. `line_status` is "current" if those are the lines of the day, and "unchanged" if they
    are of another Congress, since when the state kept its lines. It is "unpublished" if a state has
    new lines that the ZIP table does not have yet: then `districts` is empty, and `candidates` has
    every House seat that the place may have, from which the person may choose.

    `need` says what would settle an open answer: a "street", the ZIP of the "residence", a
    "district" chosen by hand. It is "refresh" if the data does not have the House of that day;
    `districts` and `candidates` still hold, but the House seat is not in `holders`, and the holder
    of a candidate may be "unknown". `notes` are sentences for the person.
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
    lines: int = 0
    line_status: LineStatus = ""

    @property
    def states(self) -> frozenset[str]:
        """The states that the place may lie in, by districts, candidates and holders."""
        seats = (held.seat.state for held in (*self.holders, *self.candidates))
        return frozenset({*(district.state for district in self.districts), *seats})

    @property
    def state(self) -> str:
        """The one state that the place lies in, "" if it is unknown or one of several."""
        return next(iter(self.states)) if len(self.states) == 1 else ""

    @property
    def lines_note(self) -> Message | None:
        """A sentence that names the lines if they are of another Congress, None otherwise.

        A place that is one district has no lines to name.
        """
        is_divided = any(district.number for district in self.districts)
        if self.line_status != "unchanged" or not is_divided:
            return None
        return Message(
            "District lines are as in Congress number %(number)s.",
            english=f"District lines are as in the {ordinal(self.lines)} Congress.",
            number=self.lines,
        )

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

    The district is one by the lines of the day. Raises PlaceUnknown for a district that does not
    exist, and says which do.
    """
    if district not in congress.districts:
        raise PlaceUnknown(_no_such_district(district))
    return in_district(congress, str(district), district, on_date)


def committees_of(congress: Congress, member: Member) -> tuple[tuple[Committee, Membership], ...]:
    """Return the member's committees and subcommittees, each full committee before its parts."""
    return tuple(
        (congress.committees[membership.committee], membership)
        for membership in sorted(member.memberships, key=lambda entry: entry.committee)
    )


def house_choices(
    congress: Congress, answer: Representation, state: str = ""
) -> tuple[SeatHolder, ...]:
    """Return the House seats of which one is a person's, in district order.

    These are the candidates of an open answer or, where it has none, every seat of `state`, which
    the person named, else of the answer's state; none if neither is known.
    """
    if answer.candidates:
        return answer.candidates
    where = state or answer.state
    districts = sorted(each for each in congress.districts if each.state == where)
    return tuple(house_holder_of(congress, each, answer.on_date) for each in districts)


def in_state(congress: Congress, answer: Representation, state: str) -> Representation:
    """Return the answer for a place in several states, for people who live in `state`.

    Its senators are in the answer, and the House seat if the place has one there. Any other answer
    is returned unchanged.
    """
    here = tuple(held for held in answer.candidates if held.seat.state == state)
    if not here or len(here) == len(answer.candidates):
        return answer
    if len(here) == 1 and here[0].seat.house_district is not None:
        found = in_district(congress, answer.query, here[0].seat.house_district, answer.on_date)
        return replace(found, lines=answer.lines, line_status=answer.line_status)
    senators, _ = senators_of(congress, state, answer.on_date)
    return replace(
        answer,
        districts=tuple(each for each in answer.districts if each.state == state),
        holders=senators,
        candidates=here,
    )


# -- the lines of the ZIP table --------------------------------------------------------------------


def has_lines_of(congress: Congress, state: str, on_date: date) -> bool:
    """Return True if the ZIP table has the district lines of a state on a day."""
    return not have_changed(
        congress.new_lines, state, congress.meta.crosswalk_congress, congress_on(on_date)
    )


def with_zip_lines(congress: Congress, answer: Representation) -> Representation:
    """Return an answer from the ZIP table, marked with the lines that the table follows."""
    lines = congress.meta.crosswalk_congress
    is_current = lines == congress_on(answer.on_date)
    return replace(answer, lines=lines, line_status="current" if is_current else "unchanged")


# -- answers of each kind --------------------------------------------------------------------------


def in_district(
    congress: Congress,
    query: str,
    district: District,
    on_date: date,
    certainty: Certainty = "certain",
    notes: tuple[Message, ...] = (),
    need: Need = "",
) -> Representation:
    """Return the answer for a place in one district, given by the lines of the day."""
    senators, senator_notes = senators_of(congress, district.state, on_date)
    house = house_holder_of(congress, district, on_date)
    is_known = house.status != "unknown"
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty=certainty,
        districts=(district,),
        holders=(*senators, house) if is_known else senators,
        need=need if is_known else _need(congress, on_date),
        notes=(
            *(() if is_known else (unknown_note(congress, on_date),)),
            *notes,
            *vacancy_notes(congress, (house,)),
            *senator_notes,
        ),
        lines=congress_on(on_date),
        line_status="current",
    )


def in_several(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Return every candidate's seat for a ZIP in several districts; senators if of one state."""
    states = sorted({district.state for district in districts})
    answer = _with_candidates(congress, query, districts, on_date)
    notes = [
        Message(
            "ZIP code %(zip)s is in %(count)s districts.",
            zip=query,
            count=_COUNT_WORDS.get(len(districts), str(len(districts))),
        ),
    ]
    if answer.need == "street":
        notes.append(ENTER_STREET)
    if len(states) > 1:
        notes.append(
            Message(
                "%(zip)s crosses state lines: it has addresses in %(states)s.",
                zip=query,
                states=join_names([STATES[state] for state in states]),
            )
        )
    notes += vacancy_notes(congress, answer.candidates)
    return replace(
        answer,
        certainty="split",
        districts=districts,
        notes=(*notes, *answer.notes),
    )


def without_lines(
    congress: Congress,
    query: str,
    districts: tuple[District, ...],
    on_date: date,
    notes: tuple[Message, ...] = (),
) -> Representation:
    """Return the answer for a ZIP whose `districts` follow older lines than its state has.

    The candidates are all House seats of the states with new lines, and of the other states those
    in `districts`.
    """
    redrawn = {one.state for one in districts if not has_lines_of(congress, one.state, on_date)}
    candidates = sorted(
        {one for one in congress.districts if one.state in redrawn}
        | {one for one in districts if one.state not in redrawn}
    )
    answer = _with_candidates(congress, query, tuple(candidates), on_date)
    note = Message("District lines have changed since this list of ZIP codes was made.")
    if answer.need == "street":
        found = (note, ENTER_STREET, *notes, *answer.notes)
    else:
        # The data does not have the House of that day, which the first note says.
        found = (answer.notes[0], note, *notes, *answer.notes[1:])
    return replace(answer, notes=found, line_status="unpublished")


def undecided(
    congress: Congress,
    query: str,
    on_date: date,
    *,
    need: Need,
    notes: tuple[Message, ...],
    state: str = "",
) -> Representation:
    """Return an answer without a district; `need` and `notes` say what would find it.

    `state` is the place's state, "" if it is unknown: its senators are then in the answer.
    """
    holders, senator_notes = senators_of(congress, state, on_date) if state else ((), ())
    is_known = not state or covers(congress, on_date)
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="unknown",
        districts=(),
        holders=holders,
        need=need if is_known else _need(congress, on_date),
        notes=(
            *notes,
            *senator_notes,
            *(() if is_known else (unknown_note(congress, on_date),)),
        ),
    )


def _with_candidates(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Return an undecided answer with the seats of `districts` as candidates."""
    states = {district.state for district in districts}
    senators, notes = senators_of(congress, states.pop(), on_date) if len(states) == 1 else ((), ())
    candidates = tuple(house_holder_of(congress, district, on_date) for district in districts)
    is_known = all(held.status != "unknown" for held in candidates)
    return Representation(
        query=query,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="unknown",
        districts=(),
        holders=senators,
        candidates=candidates,
        need="street" if is_known else _need(congress, on_date),
        notes=notes if is_known else (unknown_note(congress, on_date), *notes),
    )


def _need(congress: Congress, on_date: date) -> Need:
    """Return what an answer without the House needs: newer data, or nothing for a past day."""
    return "refresh" if on_date >= congress.meta.valid_until else ""


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
