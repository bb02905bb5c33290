"""How to address a member and how to reach one."""

import math
import re
from urllib.parse import quote

from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Office, Seat, Term
from campaign.congress.postal import PostalPlace
from campaign.messages import Message

_PARTIES = {
    "Democrat": Message("Democrat"),
    "Republican": Message("Republican"),
    "Independent": Message("Independent"),
}
_CAUCUSES = {
    "Democrat": Message("Independent, sits with the Democrats"),
    "Republican": Message("Independent, sits with the Republicans"),
}


def party_in_words(term: Term) -> str:
    """Return `Democrat`, `Republican`, or `Independent, sits with the Democrats`.

    Any other party is returned as upstream writes it.
    """
    if term.party == "Independent" and term.caucus in _CAUCUSES:
        return _CAUCUSES[term.caucus]
    return _PARTIES.get(term.party, term.party)


def spoken_name(seat: Seat, member: Member) -> Message:
    """Return title and last name: `Senator Daines`, `Representative Zinke`."""
    return Message("%(style)s %(name)s", style=seat.style, name=member.name.last)


def phone_note(term: Term, member: Member) -> Message | None:
    """Return a sentence if the number to call is the switchboard's, None for the office's own."""
    if not term.is_by_switchboard:
        return None
    return Message(
        "We do not have this office's direct number yet. Call the Capitol switchboard and ask "
        "for %(name)s.",
        name=spoken_name(term.seat, member),
    )


def contact_url(term: Term) -> str:
    """Return the URL of the member's contact form, else of their site, else "" (a new member)."""
    return term.contact_form or term.url


def nearest_offices(
    congress: Congress, member: Member, five: str = "", *, limit: int = 3, takes_mail: bool = False
) -> tuple[Office, ...]:
    """Return up to `limit` of the member's district offices, the nearest to the ZIP first.

    Offices without coordinates come last, by city; if the ZIP's point is unknown, all are by city.
    With `takes_mail`, only those with a street, a city and a ZIP.
    """
    place = congress.zips.get(five)
    offices = (
        office
        for office in member.offices
        if not takes_mail or (office.address and office.city and office.zip)
    )
    return tuple(sorted(offices, key=lambda office: _order(place, office))[:limit])


def miles(place: PostalPlace, office: Office) -> float:
    """Return the distance between a ZIP's point and an office in miles, NaN if unknown.

    Source: the haversine formula on a sphere of radius 3,958.8 miles.
    """
    if office.latitude is None or office.longitude is None:
        return math.nan
    here, there = math.radians(place.latitude), math.radians(office.latitude)
    east = math.radians(office.longitude - place.longitude)
    chord = (
        math.sin((there - here) / 2) ** 2
        + math.cos(here) * math.cos(there) * math.sin(east / 2) ** 2
    )
    return 2 * 3958.8 * math.asin(math.sqrt(min(1.0, chord)))


def washington_address(term: Term) -> str:
    """Return a member's address in Washington with the commas that upstream leaves out.

    `104 Cannon House Office Building, Washington, DC 20515-2802`; "" if none is known.
    """
    return re.sub(r",?\s+Washington,?\s+DC\s+", ", Washington, DC ", term.address)


def map_url(office: Office) -> str:
    """Return a URL that shows an office on OpenStreetMap, "" if its place is not known."""
    if office.latitude is not None and office.longitude is not None:
        at = f"{office.latitude:.5f}", f"{office.longitude:.5f}"
        return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"
    if not (office.address and office.city):
        return ""
    query = quote(f"{office.address}, {office.city}, {office.state} {office.zip}".strip())
    return f"https://www.openstreetmap.org/search?query={query}"


def office_lines(office: Office) -> tuple[str, ...]:
    """Return the office's postal address as lines: building, street with suite, city."""
    suite = office.suite
    if suite and suite[0].isdigit():
        suite = f"Suite {suite}"
    street = ", ".join(part for part in (office.address, suite) if part)
    town = f"{office.town} {office.zip}".strip()
    return tuple(line for line in (office.building, street, town) if line)


def _order(place: PostalPlace | None, office: Office) -> tuple[bool, float, str]:
    distance = miles(place, office) if place is not None else math.nan
    return (math.isnan(distance), 0.0 if math.isnan(distance) else distance, office.city)
