"""The states as tiles of one size: where each lies, and how deep its color is."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

#: How many depths of the one color there are, beside that of a place with few signatures.
SHADES = 5

# The mainland as it lies, north to south; Alaska, Hawaii and the islands to the sides of it.
_ROWS = (
    "AK .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. WI .. .. .. VT NH",
    "WA ID MT ND MN IL MI .. NY MA ..",
    "OR NV WY SD IA IN OH PA NJ CT RI",
    "CA UT CO NE MO KY WV VA MD DE ..",
    ".. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. TX .. .. .. .. FL .. ..",
    "GU MP AS .. .. .. .. .. .. PR VI",
)

#: State code -> (column, row), from the upper left, 0 at first.
PLACES: dict[str, tuple[int, int]] = {
    code: (column, row)
    for row, codes in enumerate(_ROWS)
    for column, code in enumerate(codes.split())
    if code != ".."
}
COLUMNS = len(_ROWS[0].split())
ROWS = len(_ROWS)
#: A tile, and the distance from one to the next, in units of the picture.
SIZE, _PITCH = 44, 48
#: The picture's size, in the same units.
WIDTH, HEIGHT = COLUMNS * _PITCH, ROWS * _PITCH
_INSET = (_PITCH - SIZE) // 2
#: State code -> upper left corner of its tile (x, y), in the same units.
CORNERS: dict[str, tuple[int, int]] = {
    code: (column * _PITCH + _INSET, row * _PITCH + _INSET)
    for code, (column, row) in PLACES.items()
}


@dataclass(frozen=True)
class ShadeRange:
    """What one depth of the color stands for: values from `low` to `high`, both included."""

    shade: int
    low: float
    high: float


def shades(values: Mapping[str, float]) -> dict[str, int]:
    """Return a depth from 1 to `SHADES` for each place, about a fifth of the places to each.

    The largest value has the deepest; places of one value share theirs.
    """
    ordered = sorted(values.values())
    return {
        place: -(-bisect_right(ordered, value) * SHADES // len(ordered))
        for place, value in values.items()
    }


def legend(values: Mapping[str, float]) -> tuple[ShadeRange, ...]:
    """Return what each depth in use stands for, palest first."""
    members: dict[int, list[float]] = {}
    for place, shade in shades(values).items():
        members.setdefault(shade, []).append(values[place])
    return tuple(
        ShadeRange(shade, min(members[shade]), max(members[shade])) for shade in sorted(members)
    )
