"""From a ZIP code to its districts, as far as a ZIP code can tell."""

from dataclasses import replace
from datetime import date

from campaign.congress.apportionment import AT_LARGE_STATES
from campaign.congress.dataset import Congress
from campaign.congress.places import DELEGATIONS, STATES, District, ZipCode
from campaign.congress.postal import ASSOCIATED_STATES, is_military, island_area
from campaign.congress.representation import (
    Representation,
    has_lines_of,
    in_district,
    in_several,
    undecided,
    with_zip_lines,
    without_lines,
)
from campaign.congress.seat_holders import cache_answer
from campaign.messages import Message


def route_zip(congress: Congress, place: ZipCode, on_date: date) -> Representation:
    """Return who represents the people who live at a ZIP, as far as the ZIP can tell.

    One district is "certain", but "likely" for a ZIP of PO boxes or of one organization, whose
    people live elsewhere; where the ZIP table lacks such a ZIP, the one district of its area is
    "likely". Several districts are "split": the street settles it. A ZIP in a state with new
    district lines that the table does not have yet is "unknown", with all House seats of the state
    to choose from. Any other ZIP that the table lacks is "unknown" too; its state's senators are
    given if the post office is known. Never raises.
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
        return in_district(congress, five, District(area, 0), on_date)
    districts = congress.zip_districts.get(five, ())
    if not districts:
        return _route_unlisted(congress, five, on_date)
    hint = _residence_hint(five, congress.zips.kind(five))
    if not all(has_lines_of(congress, one.state, on_date) for one in districts):
        return without_lines(congress, five, districts, on_date, (hint,) if hint else ())
    if len(districts) > 1:
        return with_zip_lines(congress, in_several(congress, five, districts, on_date))
    return _by_zip_lines(congress, five, districts[0], on_date, hint)


def _by_zip_lines(
    congress: Congress, five: str, district: District, on_date: date, hint: Message | None
) -> Representation:
    """Return the answer for a ZIP in one district: certain, or likely if people live elsewhere."""
    if hint is None:
        answer = in_district(congress, five, district, on_date)
    else:
        answer = in_district(congress, five, district, on_date, "likely", (hint,), "residence")
    return with_zip_lines(congress, answer)


def _route_unlisted(congress: Congress, five: str, on_date: date) -> Representation:
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
    hint = _residence_hint(five, place.kind)
    if place.state in AT_LARGE_STATES | DELEGATIONS:
        district = District(place.state, 0)
        if hint is None:
            return in_district(congress, five, district, on_date, "likely")
        return in_district(congress, five, district, on_date, "likely", (hint,), "residence")
    around = congress.postal_areas.districts(place) if hint else ()
    if hint and len(around) == 1 and around[0].state == place.state:
        if not has_lines_of(congress, place.state, on_date):
            return without_lines(congress, five, around, on_date, (hint,))
        return _by_zip_lines(congress, five, around[0], on_date, hint)
    where = Message("%(zip)s is %(city)s, %(state)s.", zip=five, city=place.city, state=place.state)
    ask = hint or Message(
        "Enter your street address, or your district such as CA-30, to find your member."
    )
    return undecided(
        congress,
        five,
        on_date,
        need="residence" if hint else "street",
        notes=(where, ask),
        state=place.state,
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
