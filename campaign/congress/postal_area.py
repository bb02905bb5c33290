"""The area that a post office serves, where people with a PO box there are likely to live."""

import math
from collections import defaultdict
from collections.abc import Mapping

from campaign.congress.places import District
from campaign.congress.postal import PostalPlace

#: How many of the nearest ZIPs make up the area of a post office whose town has no ZIP of its own.
_NEAREST = 5


class PostalAreas:
    """The districts around each post office, by the ZIPs of the ZIP table."""

    def __init__(
        self,
        zip_districts: Mapping[str, tuple[District, ...]],
        zips: Mapping[str, PostalPlace],
    ) -> None:
        self._by_town: dict[tuple[str, str], set[District]] = defaultdict(set)
        self._by_prefix: dict[tuple[str, str], list[PostalPlace]] = defaultdict(list)
        self._zip_districts = zip_districts
        for five, districts in zip_districts.items():
            place = zips.get(five)
            if place is not None:
                self._by_town[place.state, place.city].update(districts)
                if not math.isnan(place.latitude):
                    self._by_prefix[place.state, five[:3]].append(place)

    def districts(self, place: PostalPlace) -> tuple[District, ...]:
        """Return the districts of a post office's area, in order.

        The area is its town, by all of the town's ZIPs; or else the five nearest ZIPs of the same
        three digits and state. (Of the PO-box ZIPs whose district is known, the nearest five agree
        for six in ten, and are right for 2,418 of 2,424.)
        """
        town = self._by_town.get((place.state, place.city))
        if town:
            return tuple(sorted(town))
        if math.isnan(place.latitude):
            return ()
        others = self._by_prefix.get((place.state, place.zip[:3]), [])
        near = sorted(others, key=lambda other: (_distance(place, other), other.zip))[:_NEAREST]
        return tuple(sorted({one for each in near for one in self._zip_districts[each.zip]}))


def _distance(one: PostalPlace, other: PostalPlace) -> float:
    """Return a distance for comparing (an even projection is close enough within a state)."""
    narrowing = math.cos(math.radians(one.latitude))
    return math.hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * narrowing)
