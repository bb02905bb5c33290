"""The boundaries of congressional districts, from the Census Bureau's cartographic boundary file.

The file is `GENZ` (1 to 20,000,000) as GeoJSON, one feature for each district, in degrees. Where
two districts meet, both list the same points.

Source: https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from campaign.congress.places import FIPS_STATES, District
from campaign.errors import DatasetInvalid

#: A point: degrees east and north, or units of a picture to the right and down.
Point = tuple[float, float]
#: A closed line without its last point, which would repeat the first.
Ring = tuple[Point, ...]

#: The property with the district's number has that of the Congress in its name.
_NUMBER_PROPERTY = re.compile(r"CD([0-9]+)FP")
#: The Bureau's codes for a state with one district, for a delegation, and for no district.
_AT_LARGE_CODES, _NO_DISTRICT = frozenset({"00", "98"}), "ZZ"


@dataclass(frozen=True)
class Boundaries:
    """District -> its rings, for the district lines of one Congress."""

    congress: int
    rings: Mapping[District, tuple[Ring, ...]]


def read(content: bytes, name: str) -> Boundaries:
    """Return the boundaries in a file `name`. Raises DatasetInvalid if it is not such a file.

    The Aleutian Islands cross the 180th meridian: what lies beyond it has degrees below -180, so
    that Alaska is in one piece.
    """
    try:
        features = json.loads(content)["features"]
        found = [_feature(feature) for feature in features]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DatasetInvalid(
            f"{name} is not a GeoJSON file of congressional districts with STATEFP and CD…FP."
        ) from error
    congresses = {congress for congress, _, _ in found}
    if len(congresses) != 1:
        raise DatasetInvalid(f"{name} has districts of {len(congresses)} Congresses.")
    rings = {district: lines for _, district, lines in found if district is not None}
    if len(rings) != sum(district is not None for _, district, _ in found):
        raise DatasetInvalid(f"{name} lists a district twice.")
    return Boundaries(congresses.pop(), rings)


def _feature(feature: Mapping[str, object]) -> tuple[int, District | None, tuple[Ring, ...]]:
    properties, geometry = feature["properties"], feature["geometry"]
    assert isinstance(properties, dict)
    assert isinstance(geometry, dict)
    ((congress, code),) = (
        (int(match[1]), value)
        for key, value in properties.items()
        if (match := _NUMBER_PROPERTY.fullmatch(key))
    )
    if code == _NO_DISTRICT:
        return congress, None, ()
    state = FIPS_STATES[properties["STATEFP"]]
    district = District(state, 0 if code in _AT_LARGE_CODES else int(code))
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    rings = tuple(_ring(ring, state) for polygon in polygons for ring in polygon)
    return congress, district, rings


def _ring(points: Sequence[Sequence[float]], state: str) -> Ring:
    far_west = -360 if state == "AK" else 0
    ring = [(float(x) + (far_west if x > 0 else 0), float(y)) for x, y, *_height in points]
    # The file repeats a point here and there.
    return tuple(one for one, other in pairwise(ring) if one != other)
