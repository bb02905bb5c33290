"""Albers equal-area conic projections: areas on a map compare as on the ground.

Source: J. P. Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395, 1987),
chapter 14, the formulas for the sphere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

from campaign.congress.boundaries import Point

Projection = Callable[[Point], Point]


def albers(*, south: float, north: float, center: Point) -> Projection:
    """Return the projection with two standard parallels and an origin, all in degrees.

    It takes degrees east and north, and returns units of the earth's radius to the right and down.
    """
    first, second = radians(south), radians(north)
    n = (sin(first) + sin(second)) / 2
    c = cos(first) ** 2 + 2 * n * sin(first)
    longitude, latitude = radians(center[0]), radians(center[1])
    origin = sqrt(c - 2 * n * sin(latitude)) / n

    def project(point: Point) -> Point:
        radius = sqrt(c - 2 * n * sin(radians(point[1]))) / n
        angle = n * (radians(point[0]) - longitude)
        return radius * sin(angle), radius * cos(angle) - origin

    return project


def fitting(points: Iterable[Point]) -> Projection:
    """Return the Albers projection that suits a region: parallels a sixth from its edges."""
    box = Box.around(points)
    margin = max(box.height / 6, 0.01)
    return albers(
        south=box.top + margin,
        north=box.bottom - margin,
        center=(box.left + box.width / 2, box.top + box.height / 2),
    )


@dataclass(frozen=True)
class Box:
    """The smallest upright rectangle around points; `top` is the smaller y."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: Iterable[Point]) -> "Box":
        """Return the box around at least one point."""
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))

    @property
    def width(self) -> float:
        """Its extent to the right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its extent downward."""
        return self.bottom - self.top


def into(box: Box, target: Box) -> Projection:
    """Return the scaling that centers `box` in `target`, as large as it fits, undistorted."""
    scale = min(
        target.width / box.width if box.width else float("inf"),
        target.height / box.height if box.height else float("inf"),
    )
    dx = target.left + (target.width - box.width * scale) / 2 - box.left * scale
    dy = target.top + (target.height - box.height * scale) / 2 - box.top * scale
    return lambda point: (point[0] * scale + dx, point[1] * scale + dy)
