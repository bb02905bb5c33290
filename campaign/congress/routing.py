"""From a place to its districts, to their seats, to who holds them on a day."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from campaign.congress.apportionment import AT_LARGE_STATES, first_day
from campaign.congress.dataset import Congress
from campaign.congress.members import Committee, Member, Membership, Seat
from campaign.congress.place_evidence import Located, agrees
from campaign.congress.places import (
    DELEGATIONS,
    STATES,
    District,
    StreetAddress,
    ZipCode,
    join_names,
)
from campaign.congress.postal import ASSOCIATED_STATES, is_military, island_area
from campaign.congress.seat_holders import (
    SeatHolder,
    SeatStatus,
    cache_answer,
    capitalize_first,
    covers,
    holder,
    house_holder_of,
    last_day_notes,
    senators_of,
    unknown_note,
    vacancy_notes,
)
from campaign.errors import (
    CampaignError,
    GeocoderUnavailable,
    GeocoderUnreachable,
    InvalidInput,
    PlaceUnknown,
)
from campaign.messages import Message

__all__ = [
    "Certainty",
    "DistrictGeocoder",
    "Need",
    "Representation",
    "SeatHolder",
    "SeatStatus",
    "committees_of",
    "holder",
    "route_address",
    "route_district",
    "route_zip",
]

Certainty = Literal["certain", "likely", "split", "unknown"]
Need = Literal["", "street", "residence", "district", "refresh"]


@dataclass(frozen=True, slots=True)
class Representation:
    """The answer to "who represents this place?".

    `districts` are the candidates, one when the answer is certain or likely. `holders` are the
    seats of that one district: two senators (none for a delegation) and the House seat. When the
    ZIP is split, `holders` has only what all candidates share (the senators, if one state), and
    `candidates` has each candidate's House seat, in district order. `need` says what would settle
    an open answer; `notes` are sentences for the person.
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
        """The seats of this place that nobody holds."""
        return tuple(holder.seat for holder in self.holders if holder.status == "vacant")


class DistrictGeocoder(Protocol):
    """What routing needs of a geocoder; `campaign.congress.geocoder.Geocoder` is the real one."""

    def locate(self, address: StreetAddress) -> Located:
        """Return where the address lies. Raises GeocoderUnavailable or PlaceUnknown."""


def committees_of(congress: Congress, member: Member) -> tuple[tuple[Committee, Membership], ...]:
    """Return the member's committees and subcommittees, each full committee before its parts."""
    return tuple(
        (congress.committees[membership.committee], membership)
        for membership in sorted(member.memberships, key=lambda entry: entry.committee)
    )


# -- a district, a ZIP, an address -----------------------------------------------------------------


def route_district(congress: Congress, district: District, on_date: date) -> Representation:
    """Return who represents a district: two senators (none for a delegation) and the House seat.

    Raises PlaceUnknown for a district that does not exist, and says which do.
    """
    if district not in congress.districts:
        raise PlaceUnknown(_no_such_district(district))
    return _one_district(congress, str(district), district, on_date, "certain", ())


def route_zip(congress: Congress, place: ZipCode, on_date: date) -> Representation:
    """Return who represents the people who live at a ZIP, as far as the ZIP can say.

    One district is "certain", but "likely" for a ZIP of PO boxes or of one big receiver, whose
    people live elsewhere; where no crosswalk lists such a ZIP, the one district of its area is.
    Several are "split": the street settles it. Any other ZIP that no crosswalk lists is "unknown";
    its state's senators are given where the post office is known. Never raises.
    """
    key = (place.five, on_date)
    found: Representation | None = congress.answers.get(key)
    if found is None:
        found = cache_answer(congress, key, _route_five(congress, place.five, on_date))
    return replace(found, query=str(place)) if place.plus4 else found


def route_address(
    congress: Congress, address: StreetAddress, geocoder: DistrictGeocoder, on_date: date
) -> Representation:
    """Return who represents a street address, by the geocoder's word.

    Where the geocoder does not answer, does not know the address, or answers a place that does not
    agree with the ZIP and the state (`place_evidence.agrees`), the ZIP's (or else the
    state's) candidates are given with a note, to choose from by hand. Never raises for that.
    """
    asked = address.zip or address.state or address.city
    if not covers(congress, on_date):
        return _by_zip_or_state(congress, address, on_date)
    try:
        located = geocoder.locate(address)
    except GeocoderUnreachable as error:
        note = _said(error, _STREET_FAILED)
    except GeocoderUnavailable:
        note = _STREET_FAILED
    except PlaceUnknown as error:
        note = _said(error, _STREET_UNKNOWN)
    else:
        if located.district not in congress.districts:
            note = _STREET_FAILED
        elif agrees(congress, address, located):
            return _one_district(congress, asked, located.district, on_date, "certain", ())
        else:
            note = _STREET_ELSEWHERE
    fallback = _by_zip_or_state(congress, address, on_date)
    if fallback.certainty in {"certain", "likely"} and fallback.need in {"", "residence"}:
        return replace(
            fallback,
            notes=(note, Message("This answer is based on your ZIP code."), *fallback.notes),
        )
    by_hand = Message("Choose your representative by name.")
    return replace(
        fallback,
        need="refresh" if fallback.need == "refresh" else "district",
        notes=(note, by_hand, *(kept for kept in fallback.notes if kept != _ENTER_STREET)),
    )


def _route_five(congress: Congress, five: str, on_date: date) -> Representation:
    if is_military(five):
        return _open(
            congress,
            five,
            on_date,
            need="residence",
            notes=(
                Message(
                    "%(zip)s is a military or embassy ZIP code. Your members of Congress "
                    "represent your voting residence in the United States: enter its ZIP code.",
                    zip=five,
                ),
            ),
        )
    districts = congress.zip_districts.get(five, ())
    kind = congress.zips.kind(five)
    if not districts:
        return _route_unlisted(congress, five, kind, on_date)
    if not _lines_known(congress, districts):
        return _lines_moved(congress, five, districts, on_date)
    if len(districts) > 1:
        return _split(congress, five, districts, on_date)
    if kind in {"po-box", "unique"}:
        hint = _residence_hint(five, kind)
        notes = (hint,) if hint else ()
        return _one_district(congress, five, districts[0], on_date, "likely", notes, "residence")
    return _one_district(congress, five, districts[0], on_date, "certain", ())


def _route_unlisted(congress: Congress, five: str, kind: str, on_date: date) -> Representation:
    """Route a ZIP that the crosswalk lacks: by prefix, by its post office, or not at all."""
    area = island_area(five)
    if area in DELEGATIONS:
        return _one_district(congress, five, District(area, 0), on_date, "certain", ())
    if area in ASSOCIATED_STATES:
        note = Message(
            "%(zip)s is in %(place)s, which has no member of Congress. If you vote in the United "
            "States, enter the ZIP code of your voting residence.",
            zip=five,
            place=ASSOCIATED_STATES[area],
        )
        return _open(congress, five, on_date, need="residence", notes=(note,))
    place = congress.zips.get(five)
    if place is None or place.state not in STATES:
        note = Message(
            "We do not know ZIP code %(zip)s. Check it, or enter your state and district, such "
            "as CA-30.",
            zip=five,
        )
        return _open(congress, five, on_date, need="district", notes=(note,))
    hint = _residence_hint(five, kind)
    if place.state in AT_LARGE_STATES | DELEGATIONS:
        district = District(place.state, 0)
        if hint:
            return _one_district(congress, five, district, on_date, "likely", (hint,), "residence")
        return _one_district(congress, five, district, on_date, "likely", ())
    around = congress.postal_areas.districts(place) if hint else ()
    if hint and len(around) == 1 and around[0].state == place.state:
        if not _lines_known(congress, around):
            return _lines_moved(congress, five, around, on_date)
        return _one_district(congress, five, around[0], on_date, "likely", (hint,), "residence")
    where = Message("%(zip)s is %(city)s, %(state)s.", zip=five, city=place.city, state=place.state)
    ask = hint or Message(
        "Enter your street address, or your district such as CA-30, to find your member."
    )
    holders, notes = senators_of(congress, place.state, on_date)
    return _open(
        congress,
        five,
        on_date,
        need="residence" if hint else "street",
        notes=(where, ask, *notes),
        holders=holders,
    )


def _split(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Answer with every candidate; senators only where all candidates are of one state."""
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
        _ENTER_STREET,
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


def _one_district(
    congress: Congress,
    query: str,
    district: District,
    on_date: date,
    certainty: Certainty,
    notes: tuple[Message, ...],
    need: Need = "",
) -> Representation:
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


def _open(
    congress: Congress,
    query: str,
    on_date: date,
    *,
    need: Need,
    notes: tuple[Message, ...],
    holders: tuple[SeatHolder, ...] = (),
) -> Representation:
    """Answer without a district, saying what would find it."""
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


def _lines_moved(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Name the senators, and ask for the street: the ZIP table knows older district lines."""
    states = sorted({district.state for district in districts})
    holders, notes = senators_of(congress, states[0], on_date) if len(states) == 1 else ((), ())
    note = Message(
        "District lines have changed since this list of ZIP codes was made. Enter your street "
        "address, or your district, to find your representative."
    )
    return _open(congress, query, on_date, need="street", notes=(note, *notes), holders=holders)


def _by_zip_or_state(congress: Congress, address: StreetAddress, on_date: date) -> Representation:
    try:
        return route_zip(congress, ZipCode.parse(address.zip), on_date)
    except InvalidInput:
        pass
    state = address.state.strip().upper()
    if state in AT_LARGE_STATES | DELEGATIONS:
        return _one_district(congress, state, District(state, 0), on_date, "likely", ())
    if state in STATES:
        holders, notes = senators_of(congress, state, on_date)
        return _open(congress, state, on_date, need="district", notes=notes, holders=holders)
    note = Message("Enter your ZIP code, or your state and district, such as CA-30.")
    return _open(congress, address.city, on_date, need="district", notes=(note,))


# -- parts -----------------------------------------------------------------------------------------


def _said(error: CampaignError, otherwise: Message) -> Message:
    """Return what a geocoder says to a person, `otherwise` where it says nothing for people."""
    return error.sentence if isinstance(error.sentence, Message) else otherwise


def _lines_known(congress: Congress, districts: tuple[District, ...]) -> bool:
    """True when the ZIP table follows this Congress's lines, or there are no lines to follow."""
    return congress.meta.crosswalk_congress == congress.meta.congress or all(
        district.number == 0 for district in districts
    )


def _residence_hint(five: str, kind: str) -> Message | None:
    if kind == "po-box":
        return Message(
            "%(zip)s is only for PO boxes. Look up the street address where you live instead.",
            zip=five,
        )
    if kind == "unique":
        return Message(
            "%(zip)s belongs to a single organization. Look up the street address where you live "
            "instead.",
            zip=five,
        )
    return None


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


_STREET_FAILED = Message("We could not look up the street just now.")
_STREET_UNKNOWN = Message("This street was not found. Check its spelling and number.")
_STREET_ELSEWHERE = Message(
    "This street is outside that ZIP code. Check the street and the ZIP code."
)
_ENTER_STREET = Message("Enter your street address to find yours.")
_COUNT_WORDS = {
    2: Message("two"),
    3: Message("three"),
    4: Message("four"),
    5: Message("five"),
    6: Message("six"),
}
