"""From a ZIP code to its districts, as far as a ZIP code can tell."""

from dataclasses import replace
from datetime import date

from campaign.congress.apportionment import AT_LARGE_STATES
from campaign.congress.dataset import Congress
from campaign.congress.places import DELEGATIONS, STATES, District, ZipCode
from campaign.congress.postal import ASSOCIATED_STATES, is_military, island_area
from campaign.congress.representation import Representation, one_district, split, undecided
from campaign.congress.seat_holders import cache_answer, senators_of
from campaign.messages import Message


def route_zip(congress: Congress, place: ZipCode, on_date: date) -> Representation:
    """Return who represents the people who live at a ZIP, as far as the ZIP can tell.

    One district is "certain", but "likely" for a ZIP of PO boxes or of one organization, whose
    people live elsewhere; where the ZIP table lacks such a ZIP, the one district of its area is
    "likely". Several districts are "split": the street settles it. Any other ZIP that the table
    lacks is "unknown"; its state's senators are given where the post office is known. Never raises.
    """
    try:
        found: Representation = congress.answers[place.five, on_date]
    except KeyError:
        found = _route_five(congress, place.five, on_date)
        cache_answer(congress, (place.five, on_date), found)
    return replace(found, query=str(place)) if place.plus4 else found


def _route_five(congress: Congress, five: str, on_date: date) -> Representation:
    if is_military(five):
        note = Message(
            "%(zip)s is a military or embassy ZIP code. Your members of Congress "
            "represent your voting residence in the United States: enter its ZIP code.",
            zip=five,
        )
        return undecided(congress, five, on_date, need="residence", notes=(note,))
    area = island_area(five)
    if area in DELEGATIONS:
        # An island area is one district, and its PO boxes belong to people who live there.
        return one_district(congress, five, District(area, 0), on_date, "certain", ())
    districts = congress.zip_districts.get(five, ())
    kind = congress.zips.kind(five)
    if not districts:
        return _route_unlisted(congress, five, kind, on_date)
    if not _lines_known(congress, districts):
        return _lines_moved(congress, five, districts, on_date)
    if len(districts) > 1:
        return split(congress, five, districts, on_date)
    hint = _residence_hint(five, kind)
    if hint is not None:
        return one_district(congress, five, districts[0], on_date, "likely", (hint,), "residence")
    return one_district(congress, five, districts[0], on_date, "certain", ())


def _route_unlisted(congress: Congress, five: str, kind: str, on_date: date) -> Representation:
    """Route a ZIP that the ZIP table lacks, by its post office if that is known."""
    area = island_area(five)
    if area in ASSOCIATED_STATES:
        note = Message(
            "%(zip)s is in %(place)s, which has no member of Congress. If you vote in the United "
            "States, enter the ZIP code of your voting residence.",
            zip=five,
            place=ASSOCIATED_STATES[area],
        )
        return undecided(congress, five, on_date, need="residence", notes=(note,))
    place = congress.zips.get(five)
    if place is None or place.state not in STATES:
        note = Message(
            "We do not know ZIP code %(zip)s. Check it, or enter your state and district, such "
            "as CA-30.",
            zip=five,
        )
        return undecided(congress, five, on_date, need="district", notes=(note,))
    hint = _residence_hint(five, kind)
    if place.state in AT_LARGE_STATES | DELEGATIONS:
        district = District(place.state, 0)
        if hint:
            return one_district(congress, five, district, on_date, "likely", (hint,), "residence")
        return one_district(congress, five, district, on_date, "likely", ())
    around = congress.postal_areas.districts(place) if hint else ()
    if hint and len(around) == 1 and around[0].state == place.state:
        if not _lines_known(congress, around):
            return _lines_moved(congress, five, around, on_date)
        return one_district(congress, five, around[0], on_date, "likely", (hint,), "residence")
    where = Message("%(zip)s is %(city)s, %(state)s.", zip=five, city=place.city, state=place.state)
    ask = hint or Message(
        "Enter your street address, or your district such as CA-30, to find your member."
    )
    holders, notes = senators_of(congress, place.state, on_date)
    return undecided(
        congress,
        five,
        on_date,
        need="residence" if hint else "street",
        notes=(where, ask, *notes),
        holders=holders,
    )


def _lines_moved(
    congress: Congress, query: str, districts: tuple[District, ...], on_date: date
) -> Representation:
    """Name the senators, and ask for the street: the ZIP table has older district lines."""
    states = sorted({district.state for district in districts})
    holders, notes = senators_of(congress, states[0], on_date) if len(states) == 1 else ((), ())
    note = Message(
        "District lines have changed since this list of ZIP codes was made. Enter your street "
        "address, or your district, to find your representative."
    )
    return undecided(congress, query, on_date, need="street", notes=(note, *notes), holders=holders)


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
