"""Draw the table of maps from the Census Bureau's boundaries. The same input gives the same bytes.

Every state has a map of its districts in a projection of its own; the country has one of its
states, with Alaska, Hawaii and Puerto Rico moved beside the rest, Alaska at about a third of its
scale.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from campaign.congress.apportionment import HOUSE_SEATS, seats
from campaign.congress.boundaries import Boundaries, Point, Ring
from campaign.congress.district_maps import COUNTRY
from campaign.congress.label_points import label_point
from campaign.congress.places import DELEGATIONS, District
from campaign.congress.projection import Box, Projection, albers, fitting, into
from campaign.congress.topology import Arc, Topology, dissolved, shared, simplified
from campaign.errors import DatasetInvalid

# The pictures' frames in units, and the margins inside. A state's units are small enough for a page
# to show one district of a city close up.
_STATE, _NATION = (4000, 3200), (1600, 1000)
_STATE_MARGIN, _NATION_MARGIN = 16, 6
# The smallest triangle and the smallest island that are drawn, in square units.
_STATE_DETAIL, _NATION_DETAIL = (6.0, 120.0), (2.0, 10.0)
#: The projection of the contiguous states (the National Atlas'), and of those moved, with their
#: place on the picture of the country: left, top, right, bottom.
_MAINLAND = albers(south=29.5, north=45.5, center=(-96, 37.5))
_MOVED: Mapping[str, tuple[Projection, Box]] = {
    "AK": (albers(south=55, north=65, center=(-154, 50)), Box(20, 740, 330, 990)),
    "HI": (albers(south=8, north=18, center=(-157, 20)), Box(350, 860, 510, 985)),
    "PR": (albers(south=8, north=18, center=(-66, 18)), Box(1130, 930, 1230, 985)),
}
#: Areas without a place in the Bureau's file at this scale.
_NOT_DRAWN = frozenset({"AS", "GU", "MP", "VI"})


def draw(boundaries: Boundaries) -> bytes:
    """Return the table of maps. Raises DatasetInvalid if districts are missing or unknown."""
    known = {
        seat.house_district
        for seat in seats(boundaries.congress)
        if seat.house_district is not None and seat.state not in _NOT_DRAWN
    }
    found = set(boundaries.rings)
    if found - known or known - found:
        raise DatasetInvalid(
            "The boundaries do not have the districts of the "
            f"Congress number {boundaries.congress}.",
            sorted(map(str, found ^ known))[:20],
        )
    maps = {state: _state(boundaries, state) for state in _drawn_states()}
    maps[COUNTRY] = _country(boundaries)
    return _encoded(boundaries.congress, maps)


def _drawn_states() -> list[str]:
    return sorted({*HOUSE_SEATS, *(DELEGATIONS - _NOT_DRAWN)})


def _in_state(boundaries: Boundaries, state: str) -> dict[District, tuple[Ring, ...]]:
    return {
        district: rings
        for district, rings in sorted(boundaries.rings.items())
        if district.state == state
    }


def _state(boundaries: Boundaries, state: str) -> dict[str, object]:
    shapes = _in_state(boundaries, state)
    project = fitting(_points(shapes.values()))
    flat = {str(district): _projected(rings, project) for district, rings in shapes.items()}
    box = Box.around(_points(flat.values()))
    frame = Box(_STATE_MARGIN, _STATE_MARGIN, _STATE[0] - _STATE_MARGIN, _STATE[1] - _STATE_MARGIN)
    scale = into(Box(0, 0, box.width, box.height), frame)
    width, height = (
        round(scale((box.width, box.height))[axis] - scale((0, 0))[axis]) + 2 * _STATE_MARGIN
        for axis in (0, 1)
    )
    fit = into(
        box, Box(_STATE_MARGIN, _STATE_MARGIN, width - _STATE_MARGIN, height - _STATE_MARGIN)
    )
    drawn = {place: _projected(rings, fit) for place, rings in flat.items()}
    return _table(simplified_map(drawn, *_STATE_DETAIL), width, height)


def _country(boundaries: Boundaries) -> dict[str, object]:
    outlines = {
        state: dissolved(_in_state(boundaries, state).values()) for state in _drawn_states()
    }
    mainland = {
        state: _projected(rings, _MAINLAND)
        for state, rings in outlines.items()
        if state not in _MOVED
    }
    fit = into(
        Box.around(_points(mainland.values())),
        Box(
            _NATION_MARGIN, _NATION_MARGIN, _NATION[0] - _NATION_MARGIN, _NATION[1] - _NATION_MARGIN
        ),
    )
    drawn = {state: _projected(rings, fit) for state, rings in mainland.items()}
    for state, (project, target) in _MOVED.items():
        rings = _projected(outlines[state], project)
        drawn[state] = _projected(rings, into(Box.around(_points([rings])), target))
    return _table(simplified_map(drawn, *_NATION_DETAIL), *_NATION)


def simplified_map(shapes: Mapping[str, Sequence[Ring]], area: float, smallest: float) -> Topology:
    """Return the shapes with shared lines, simplified; see `topology.simplified`."""
    return simplified(shared(shapes), area=area, smallest=smallest)


def _points(shapes: Iterable[Iterable[Ring]]) -> list[Point]:
    return [point for rings in shapes for ring in rings for point in ring]


def _projected(rings: Iterable[Ring], project: Projection) -> tuple[Ring, ...]:
    return tuple(tuple(project(point) for point in ring) for ring in rings)


def _table(topology: Topology, width: int, height: int) -> dict[str, object]:
    places = {}
    for place, rings in sorted(topology.rings.items(), key=lambda item: _in_order(item[0])):
        (x, y), room = label_point([topology.ring(ring) for ring in rings])
        places[place] = {
            "label": [round(x), round(y), int(room)],
            "rings": [list(ring) for ring in rings],
        }
    return {
        "size": [width, height],
        "arcs": [_steps(arc) for arc in topology.arcs],
        "places": places,
    }


def _in_order(place: str) -> tuple[str, int]:
    state, _, number = place.partition("-")
    return state, int(number or 0)


def _steps(arc: Arc) -> str:
    """Return an arc as `x y dx dy …`, in whole units."""
    steps = [arc[0]]
    steps += [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(arc)]
    return " ".join(f"{x:.0f} {y:.0f}" for x, y in steps)


def _encoded(congress: int, maps: Mapping[str, Mapping[str, object]]) -> bytes:
    """Return the table as JSON with one arc or place a line, so that changes can be read."""
    lines = ["{", f'"congress": {congress},', '"maps": {']
    for name, one in sorted(maps.items()):
        arcs, places = one["arcs"], one["places"]
        assert isinstance(arcs, list)
        assert isinstance(places, dict)
        lines.append(f'"{name}": {{"size": {json.dumps(one["size"])}, "arcs": [')
        lines.append(",\n".join(json.dumps(arc) for arc in arcs))
        lines.append('], "places": {')
        lines.append(
            ",\n".join(
                f'"{place}": {json.dumps(shape, separators=(",", ":"))}'
                for place, shape in places.items()
            )
        )
        lines.append("}}," if name != max(maps) else "}}")
    return "\n".join((*lines, "}", "}", "")).encode()
