"""Who holds a seat on a day, and what to say if it is vacant or the data does not cover the day."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from campaign.congress.apportionment import first_day
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Seat, Term
from campaign.congress.places import STATES, District, ordinal
from campaign.messages import Message, day_in_words

SeatStatus = Literal["serving", "verify", "vacant", "unknown"]

#: How many answers a Congress caches: enough for every ZIP on one day.
MAX_CACHED = 50_000

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class SeatHolder:
    """A seat and who holds it on a day; `member` and `term` are None if "vacant" or "unknown".

    `status` is "verify" if the term's expected end has passed and no successor is recorded: mail
    still goes to that person, and `note` says what to check. It is "unknown" if the data does not
    cover the day, such as the House after the Congress that the data describes.
    """

    seat: Seat
    member: Member | None
    term: Term | None
    status: SeatStatus
    note: Message | None = None

    @property
    def absence(self) -> Message:
        """Why a seat has no member here, in a word or two: vacant, or not known yet."""
        return Message("not known yet") if self.status == "unknown" else Message("vacant")


def holder(congress: Congress, seat: Seat, on_date: date) -> SeatHolder:
    """Return who holds `seat` on a day; January 3 of an odd year means from noon on.

    A member-elect is not the holder before the term
    begins. A term that was to end with a special election continues until a successor is recorded,
    with the status "verify". After and before the Congress that the data describes, a seat without
    a recorded term is "unknown".
    """
    terms = congress.terms_by_seat.get(seat.id, ())
    serving = [term for term in terms if term.covers(on_date)]
    if serving:
        return SeatHolder(seat, congress.members[serving[-1].bioguide], serving[-1], "serving")
    past = [term for term in terms if term.last_day < on_date]
    last = past[-1] if past else None
    if last is not None and last.end_type == "special-election":
        note = Message("verify: a special election was due on %(day)s", day=last.end)
        return SeatHolder(seat, congress.members[last.bioguide], last, "verify", note)
    if not covers(congress, on_date):
        ended = _ended_note(congress, last) if seat.chamber == "senate" and last else None
        return SeatHolder(seat, None, None, "unknown", ended or unknown_note(congress, on_date))
    return SeatHolder(seat, None, None, "vacant", _vacancy_note(congress, terms, on_date))


def _vacancy_note(congress: Congress, terms: Iterable[Term], on_date: date) -> Message:
    as_of = congress.meta.as_of
    coming = next((term for term in terms if term.start > on_date), None)
    if coming is None:
        return Message("vacant as of %(day)s", day=as_of)
    name = congress.members[coming.bioguide].name.full
    if coming.start > as_of:
        return Message("vacant until %(name)s takes office on %(day)s", name=name, day=coming.start)
    return Message(
        "%(name)s took this seat on %(day)s. This data does not name the previous member.",
        name=name,
        day=coming.start,
    )


def seat_of(congress: Congress, member: Member, on_date: date) -> SeatHolder | None:
    """Return the seat that the member holds on a day, None if they hold none."""
    for term in reversed(member.terms):
        held = holder(congress, term.seat, on_date)
        if held.member is not None and held.member.bioguide == member.bioguide:
            return held
    return None


def house_holder_of(congress: Congress, district: District, on_date: date) -> SeatHolder:
    """Return who holds the district's seat on a day. Raises KeyError for an unknown district."""
    key = (district.state, district.number, on_date)
    found: SeatHolder | None = congress.answers.get(key)
    if found is None:
        found = cache_answer(
            congress, key, holder(congress, congress.house_seat(district), on_date)
        )
    return found


def senators_of(
    congress: Congress, state: str, on_date: date
) -> tuple[tuple[SeatHolder, ...], tuple[Message, ...]]:
    """Return a state's senators on a day (none for a delegation), and sentences about them.

    A seat whose holder is unknown is left out, and a note names the senator whose term ended.
    """
    key = (state, on_date)
    found: tuple[tuple[SeatHolder, ...], tuple[Message, ...]] | None = congress.answers.get(key)
    if found is not None:
        return found
    holders: list[SeatHolder] = []
    notes: list[Message] = []
    for seat in congress.senate_seats.get(state, ()):
        held = holder(congress, seat, on_date)
        if held.status == "unknown":
            if held.note is not None and not is_unknown_note(held.note):
                notes.append(held.note)
            continue
        holders.append(held)
        if held.status == "verify" and held.member is not None:
            notes.append(Message("%(name)s: %(note)s.", name=held.member.name.full, note=held.note))
    notes += vacancy_notes(congress, holders)
    return cache_answer(congress, key, (tuple(holders), tuple(notes)))


def cache_answer(congress: Congress, key: Hashable, answer: _Answer) -> _Answer:
    """Cache an answer with its Congress, and return it.

    When the cache is full it is emptied, because answers are cheap to find again.
    """
    if len(congress.answers) >= MAX_CACHED:
        congress.answers.clear()
    congress.answers[key] = answer
    return answer


def vacancy_notes(congress: Congress, holders: Iterable[SeatHolder]) -> list[Message]:
    """Return a sentence for each vacant seat on what it means for a person who wants to write."""
    return [_vacancy(congress, held) for held in holders if held.status == "vacant"]


def _vacancy(congress: Congress, held: SeatHolder) -> Message:
    district = held.seat.house_district
    as_of = congress.meta.as_of
    if held.note is None or held.note.msgid != "vacant as of %(day)s":
        return Message("%(seat)s: %(note)s", seat=held.seat.title, note=held.note)
    if district is None:
        state = STATES[held.seat.state]
        return Message(
            "A seat for %(state)s in the Senate is vacant as of %(day)s.", state=state, day=as_of
        )
    if district.has_senators:
        return Message(
            "The House seat for %(place)s is vacant as of %(day)s. You can write to your senators "
            "now, and to the House once it is filled.",
            place=district.title,
            day=as_of,
        )
    return Message(
        "The House seat for %(place)s is vacant as of %(day)s. You can write to the House once it "
        "is filled.",
        place=district.title,
        day=as_of,
    )


def covers(congress: Congress, on_date: date) -> bool:
    """Return True for days within the Congress that the data describes."""
    return first_day(congress.meta.congress) <= on_date < congress.meta.valid_until


def unknown_note(congress: Congress, on_date: date) -> Message:
    """Return why the data does not have the House of a day after its Congress, or before it."""
    number = congress.meta.congress
    if on_date >= congress.meta.valid_until:
        return Message(
            "This data describes Congress number %(number)s, which ended on %(day)s. The current "
            "House is missing until the data is refreshed.",
            english=f"This data describes the {ordinal(number)} Congress, which ended on "
            f"{day_in_words(congress.meta.valid_until)}. The current House is missing until the "
            "data is refreshed.",
            number=number,
            day=congress.meta.valid_until,
        )
    return Message(
        "This data describes Congress number %(number)s, which began on %(day)s. It does not "
        "include earlier members.",
        english=f"This data describes the {ordinal(number)} Congress, which began on "
        f"{day_in_words(first_day(number))}. It does not include earlier members.",
        number=number,
        day=first_day(number),
    )


def is_unknown_note(note: Message) -> bool:
    """Return True for the sentence of `unknown_note`, which a page may say in words of its own."""
    return note.msgid.startswith("This data describes Congress number ")


def capitalize_first(text: str) -> str:
    """Return `text` with a capital first letter and the rest unchanged."""
    return text[:1].upper() + text[1:]


def _ended_note(congress: Congress, last: Term) -> Message:
    return Message(
        "The Senate term of %(name)s ended on %(day)s. This data does not name the current "
        "senator.",
        name=congress.members[last.bioguide].name.full,
        day=last.end,
    )
