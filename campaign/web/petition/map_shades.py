"""The shades of a map: about a fifth of the places each, the largest values deepest."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

#: The number of shades, beside the one for places with few signatures.
SHADES = 5


@dataclass(frozen=True)
class ShadeRange:
    """The values of one shade: from `low` to `high`, both included."""

    shade: int
    low: float
    high: float


def shades(values: Mapping[str, float]) -> dict[str, int]:
    """Return a shade from 1 to `SHADES` for each place: about a fifth of the places each.

    The largest values have the deepest shade; equal values have the same one.
    """
    ordered = sorted(values.values())
    return {
        place: -(-bisect_right(ordered, value) * SHADES // len(ordered))
        for place, value in values.items()
    }


def legend(values: Mapping[str, float]) -> tuple[ShadeRange, ...]:
    """Return the range of each shade in use, palest first."""
    members: dict[int, list[float]] = {}
    for place, shade in shades(values).items():
        members.setdefault(shade, []).append(values[place])
    return tuple(
        ShadeRange(shade, min(members[shade]), max(members[shade])) for shade in sorted(members)
    )
