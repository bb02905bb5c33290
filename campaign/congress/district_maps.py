"""The maps of districts and states: a small table of shapes, read as paths of a picture.

`data/district_maps.json` ships with the toolkit; `campaign data maps` writes it from the Census
Bureau's file. Each map lists arcs as `x y dx dy …` in whole units, which neighbors share, and each
place its rings as numbers of arcs (`~n`, which is `-n - 1`, is arc `n` from its end to its start).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from campaign import files, paths
from campaign.congress.district_lines import NewLines, have_changed
from campaign.errors import DatasetInvalid

#: The table's file, in the folder of shipped data and in that of refreshed tables.
FILE = "district_maps.json"
#: The name of the map of all states.
COUNTRY = "US"


@dataclass(frozen=True)
class Shape:
    """A place as an SVG path, with the point for its label and the room around that, in units.

    `box` is its left, top, right and bottom.
    """

    place: str
    path: str
    box: tuple[int, int, int, int]
    x: int
    y: int
    room: int


@dataclass(frozen=True)
class DistrictMap:
    """A picture of `width` by `height` units with the shapes of its places by id."""

    width: int
    height: int
    shapes: Mapping[str, Shape]


@dataclass(frozen=True)
class MapTable:
    """The maps of one Congress's district lines by state code, and `COUNTRY` with the states."""

    congress: int
    maps: Mapping[str, DistrictMap]

    def of_state(
        self, state: str, congress: int, new_lines: Sequence[NewLines] = ()
    ) -> DistrictMap | None:
        """Return the map of a state's districts, None if there is none for that Congress's lines.

        `new_lines` are the states whose lines have changed. Island areas have no map.
        """
        if have_changed(new_lines, state, self.congress, congress):
            return None
        return self.maps.get(state)


def read(path: Path) -> MapTable:
    """Return the maps in a table. Raises DatasetInvalid if it cannot be read."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return MapTable(
            int(table["congress"]), {name: _map(one) for name, one in table["maps"].items()}
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DatasetInvalid(f"{path} is not a table of district maps.") from error


@cache
def shipped() -> MapTable:
    """Return the shipped maps, read once."""
    return read(paths.data() / FILE)


@cache
def _own(path: Path, _changed: int) -> MapTable:
    return read(path)


def current(folder: Path) -> MapTable:
    """Return the maps that an operator has put into `folder`, or else the shipped ones."""
    try:
        return _own(folder / FILE, (folder / FILE).stat().st_mtime_ns)
    except (OSError, DatasetInvalid):
        return shipped()


def _map(table: Mapping[str, object]) -> DistrictMap:
    size, arcs, places = table["size"], table["arcs"], table["places"]
    assert isinstance(size, list)
    assert isinstance(arcs, list)
    assert isinstance(places, dict)
    lines = [[int(number) for number in arc.split()] for arc in arcs]
    width, height = size
    return DistrictMap(
        width, height, {place: _shape(place, shape, lines) for place, shape in places.items()}
    )


def _shape(place: str, shape: Mapping[str, Sequence[Any]], arcs: Sequence[Sequence[int]]) -> Shape:
    rings = [_ring(ring, arcs) for ring in shape["rings"]]
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    x, y, room = shape["label"]
    path = "".join(map(_path, rings))
    return Shape(place, path, (min(xs), min(ys), max(xs), max(ys)), x, y, room)


def _ring(numbers: Sequence[int], arcs: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the points of a ring of arcs, without the last, which repeats the first."""
    points: list[tuple[int, int]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number]
        line = list(zip(accumulate(arc[0::2]), accumulate(arc[1::2]), strict=True))
        points += line[:-1] if number >= 0 else line[:0:-1]
    return points


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """Return a ring as a closed subpath of relative lines, as short as SVG allows."""
    steps = [step for (x, y), (x2, y2) in pairwise(ring) for step in (x2 - x, y2 - y)]
    line = "".join(f" {step}" if step >= 0 else str(step) for step in steps).lstrip()
    return f"M{ring[0][0]} {ring[0][1]}l{line}z"


def write(path: Path, content: bytes) -> None:
    """Write a table, whole or not at all. Raises DatasetInvalid if the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content, mode=files.PUBLIC, durable=True)
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be written to.") from error
