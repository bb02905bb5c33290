"""Where a signer lives: from the ZIP and, where that is not enough, a street or a member's name."""

from dataclasses import dataclass

from flask_babel import gettext

from campaign.congress.places import District, ZipCode
from campaign.congress.routing import Representation, SeatHolder
from campaign.web.forms import DISTRICT_UNKNOWN, DistrictForm
from campaign.web.representing import Home, known_district, represented, to_choose_from
from campaign.web.services import Services


@dataclass(frozen=True)
class Residence:
    """The state and, where it is known, the district (`CA-30`) that a signature counts for."""

    state: str
    district: str = ""


@dataclass(frozen=True)
class Unsettled:
    """What the ZIP leaves open: `choices` are the House seats to pick from by the member's name.

    `street_failed` is True where a street was given and did not settle it either.
    """

    representation: Representation
    choices: tuple[SeatHolder, ...]
    street_failed: bool = False


def settle(zip_code: ZipCode, answer: DistrictForm, house: Services) -> Residence | Unsettled:
    """Return where the person lives as far as they told, or what there is still to ask.

    A member picked by name wins over a street; "I do not know" leaves the district open. Raises
    PlaceUnknown for a ZIP that is none.
    """
    found = represented(Home(zip=zip_code), house)
    if len(found.districts) == 1:
        return _at(found.districts[0])
    state = _shared_state(found.districts)
    picked = answer.district.data or ""
    if picked == DISTRICT_UNKNOWN:
        return Residence(state)
    choices = to_choose_from(found, state, house)
    district = known_district(picked, house) if picked else None
    if district is not None and any(seat.seat.house_district == district for seat in choices):
        return _at(district)
    if not answer.street.data:
        return Unsettled(found, choices)
    home = Home(zip=zip_code, street=answer.street.data, city=answer.city.data or "", state=state)
    by_street = represented(home, house)
    if len(by_street.districts) == 1:
        return _at(by_street.districts[0])
    return Unsettled(found, choices, street_failed=True)


def options(place: Unsettled) -> list[tuple[str, str]]:
    """Return the seats to pick from, by the member's name, and the way on without picking one."""
    seats = [(holder.seat.id, _by_name(holder)) for holder in place.choices]
    return [*seats, (DISTRICT_UNKNOWN, gettext("I do not know"))]


def _at(district: District) -> Residence:
    return Residence(district.state, str(district))


def _shared_state(districts: tuple[District, ...]) -> str:
    """Return the state that all of the districts are in, "" where they do not share one."""
    states = {district.state for district in districts}
    return states.pop() if len(states) == 1 else ""


def _by_name(holder: SeatHolder) -> str:
    district = holder.seat.house_district
    where = district.title if district is not None else holder.seat.title
    if holder.member is None:
        return str(gettext("%(district)s (the seat is vacant)", district=where))
    return f"{holder.member.name.full} ({where})"
