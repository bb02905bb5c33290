"""From a street address to its one district, by a geocoder; by ZIP or state where that fails."""

from dataclasses import replace
from datetime import date
from typing import Protocol

from campaign.congress.apportionment import AT_LARGE_STATES, congress_on, first_day
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import Located, agrees
from campaign.congress.places import DELEGATIONS, STATES, District, StreetAddress, ZipCode
from campaign.congress.representation import (
    ENTER_STREET,
    Representation,
    in_district,
    undecided,
)
from campaign.congress.zip_routing import route_zip
from campaign.errors import (
    CampaignError,
    GeocoderUnavailable,
    GeocoderUnreachable,
    InvalidInput,
    PlaceUnknown,
)
from campaign.messages import Message

_STREET_FAILED = Message("We could not look up the street just now.")
_STREET_UNKNOWN = Message("This street was not found. Check its spelling and number.")
_STREET_ELSEWHERE = Message(
    "This street is outside that ZIP code. Check the street and the ZIP code."
)


class DistrictGeocoder(Protocol):
    """The geocoder that routing needs; implemented by `campaign.congress.geocoder.Geocoder`."""

    def locate(self, address: StreetAddress, congress: int) -> Located:
        """Return where the address lies by the district lines of a Congress.

        Raises GeocoderUnavailable or PlaceUnknown.
        """


def route_address(
    congress: Congress, address: StreetAddress, geocoder: DistrictGeocoder, on_date: date
) -> Representation:
    """Return who represents a street address, by the geocoder's answer for the lines of the day.

    If the geocoder does not answer, does not know the address, or answers a place that does not
    agree with the ZIP and the state (`place_evidence.agrees`), the candidates of the ZIP, or of the
    state, are given with a note, so that the person can choose. Never raises for that. Before the
    Congress of the data the geocoder is not asked.
    """
    query = address.zip or address.state or address.city
    if on_date < first_day(congress.meta.congress):
        return _by_zip_or_state(congress, address, on_date)
    lines = congress_on(on_date)
    try:
        located = geocoder.locate(address, lines)
    except GeocoderUnreachable as error:
        note = _sentence(error, _STREET_FAILED)
    except GeocoderUnavailable:
        note = _STREET_FAILED
    except PlaceUnknown as error:
        note = _sentence(error, _STREET_UNKNOWN)
    else:
        if located.district not in congress.districts:
            note = _STREET_FAILED
        elif agrees(congress, address, located, lines=lines):
            return in_district(congress, query, located.district, on_date)
        else:
            note = _STREET_ELSEWHERE
    fallback = _by_zip_or_state(congress, address, on_date)
    if fallback.certainty in {"certain", "likely"}:
        return replace(
            fallback,
            notes=(note, Message("This answer is based on your ZIP code."), *fallback.notes),
        )
    by_name = Message("Choose your representative by name.")
    return replace(
        fallback,
        need="refresh" if fallback.need == "refresh" else "district",
        notes=(note, by_name, *(kept for kept in fallback.notes if kept != ENTER_STREET)),
    )


def _by_zip_or_state(congress: Congress, address: StreetAddress, on_date: date) -> Representation:
    try:
        return route_zip(congress, ZipCode.parse(address.zip), on_date)
    except InvalidInput:
        pass
    state = address.state.strip().upper()
    if state in AT_LARGE_STATES | DELEGATIONS:
        return in_district(congress, state, District(state, 0), on_date, "likely")
    if state in STATES:
        return undecided(congress, state, on_date, need="district", notes=(), state=state)
    note = Message("Enter your ZIP code, or your state and district, such as CA-30.")
    return undecided(congress, address.city, on_date, need="district", notes=(note,))


def _sentence(error: CampaignError, fallback: Message) -> Message:
    """Return the geocoder's sentence for people, `fallback` where the error has none."""
    return error.sentence if isinstance(error.sentence, Message) else fallback
