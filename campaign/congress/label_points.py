"""Where the label of a shape fits best: the point inside that is farthest from its outline.

Source of the search by cells: V. Agafonkin, "A new algorithm for finding a visual center of a
polygon" (2016).
"""

import heapq
from collections.abc import Sequence
from itertools import count
from math import hypot, inf, sqrt

from campaign.congress.boundaries import Point, Ring
from campaign.congress.projection import Box
from campaign.congress.topology import ring_area

# In units of the picture.
_PRECISION = 3.0


def label_point(rings: Sequence[Ring]) -> tuple[Point, float]:
    """Return a point in the largest of the rings, and its distance from the nearest line.

    Both are right to `_PRECISION` units of the picture. Holes are among the rings.
    """
    outer = max(rings, key=lambda ring: abs(ring_area(ring)))
    box = Box.around(outer)
    cell = max(min(box.width, box.height), 1.0) / 2
    order = count()
    best, room = outer[0], 0.0
    waiting: list[tuple[float, int, Point, float]] = []

    def look(center: Point, half: float) -> None:
        nonlocal best, room
        distance = _inside(center, outer, rings)
        if distance > room:
            best, room = center, distance
        if (most := distance + half * sqrt(2)) > room + _PRECISION:
            heapq.heappush(waiting, (-most, next(order), center, half))

    x = box.left
    while x < box.right:
        y = box.top
        while y < box.bottom:
            look((x + cell / 2, y + cell / 2), cell / 2)
            y += cell
        x += cell
    while waiting:
        most, _, (x, y), half = heapq.heappop(waiting)
        if -most <= room + _PRECISION:
            break
        for dx, dy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            look((x + dx * half / 2, y + dy * half / 2), half / 2)
    return best, room


def _inside(point: Point, outer: Ring, rings: Sequence[Ring]) -> float:
    """Return the distance from the nearest line, negative outside of the outer ring."""
    distance, is_inside = inf, False
    for ring in rings:
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
            distance = min(distance, _distance(point, one, other))
            if ring is outer and (one[1] > point[1]) != (other[1] > point[1]):
                crossing = one[0] + (point[1] - one[1]) * (other[0] - one[0]) / (other[1] - one[1])
                is_inside ^= point[0] < crossing
    return distance if is_inside else -distance


def _distance(point: Point, one: Point, other: Point) -> float:
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    along = ((point[0] - one[0]) * dx + (point[1] - one[1]) * dy) / length if length else 0
    along = min(1.0, max(0.0, along))
    return hypot(point[0] - one[0] - along * dx, point[1] - one[1] - along * dy)
