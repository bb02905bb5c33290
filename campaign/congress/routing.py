"""Who represents a place: the functions that other packages call, and the values they return.

A district is routed in `representation`, a ZIP code in `zip_routing`, a street address in
`address_routing`; who holds a seat on a day is decided in `seat_holders`.
"""

from campaign.congress.address_routing import DistrictGeocoder, route_address
from campaign.congress.representation import (
    HOUSE_FINDER,
    Certainty,
    LineStatus,
    Need,
    Representation,
    committees_of,
    house_choices,
    in_state,
    route_district,
)
from campaign.congress.seat_holders import SeatHolder, SeatStatus, holder
from campaign.congress.zip_routing import route_zip

__all__ = [
    "HOUSE_FINDER",
    "Certainty",
    "DistrictGeocoder",
    "LineStatus",
    "Need",
    "Representation",
    "SeatHolder",
    "SeatStatus",
    "committees_of",
    "holder",
    "house_choices",
    "in_state",
    "route_address",
    "route_district",
    "route_zip",
]
