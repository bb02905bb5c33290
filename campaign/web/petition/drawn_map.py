"""Maps as pictures of a page: where each place, its label and its number are drawn."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.congress import district_maps
from campaign.congress.apportionment import congress_on
from campaign.congress.district_maps import DistrictMap, Shape
from campaign.web.core.services import Services
from campaign.web.core.template_filters import in_alphabet
from campaign.web.petition.place_figures import DistrictFigures, StateFigures

# The boxes of the places that are too small for a label, or have no shape, in a column to the right
# of the country's map: all in its units.
_BOX_WIDTH, _BOX_HEIGHT, _BOX_PITCH, _GUTTER = 132, 52, 66, 40
# A state's label needs this much room around its point, and so does a second line with its number.
_ROOM_FOR_CODE, _ROOM_FOR_NUMBER = 17, 34
# The size of a label as a share of the picture's longer side, of a state and close up, and the
# room that a digit needs.
_LABEL, _LABEL_CLOSE, _ROOM_PER_LABEL = 1 / 40, 1 / 26, 0.62
# How much of the surroundings a close-up of a district shows, as a share of its own extent, and its
# smallest extent as a share of the whole map.
_AROUND, _CLOSEST = 0.35, 1 / 24


@dataclass(frozen=True)
class DrawnState:
    """A state with its shape, or a box at `box_y`, or both; a label is drawn where it fits."""

    figures: StateFigures
    shape: Shape | None
    box_y: int | None

    @property
    def has_label(self) -> bool:
        """True if the code fits into the shape."""
        return self.box_y is None

    @property
    def has_number(self) -> bool:
        """True if the number fits below the code."""
        return self.has_label and self.shape is not None and self.shape.room >= _ROOM_FOR_NUMBER


@dataclass(frozen=True)
class CountryMap:
    """The map of the states with a column of boxes at `box_x`; sizes are in its units."""

    width: int
    height: int
    box_x: int
    states: tuple[DrawnState, ...]
    box_width: int = _BOX_WIDTH
    box_height: int = _BOX_HEIGHT


@dataclass(frozen=True)
class DrawnDistrict:
    """A district with its shape; `has_label` if its number fits into that.

    A close-up shows a district as a link only if most of it is in view.
    """

    figures: DistrictFigures
    shape: Shape
    has_label: bool
    is_link: bool


@dataclass(frozen=True)
class StateMap:
    """The map of a state's districts, or a part of it.

    `view` is left, top, width and height; `label` is the size of labels and `unit` that of a
    pattern, all in the map's units. `own` is the district to outline, by id.
    """

    view: tuple[int, int, int, int]
    label: int
    districts: tuple[DrawnDistrict, ...]
    own: Shape | None


def country(services: Services, figures: Iterable[StateFigures]) -> CountryMap:
    """Return the map of the country; states without room for a label get a box beside it."""
    drawn = _table(services).maps[district_maps.COUNTRY]
    by_name = sorted(figures, key=lambda state: in_alphabet(state.name))
    boxed = [one.code for one in by_name if not _fits(drawn.shapes.get(one.code))]
    boxes = {code: at * _BOX_PITCH + _GUTTER for at, code in enumerate(boxed)}
    return CountryMap(
        width=drawn.width + _GUTTER + _BOX_WIDTH,
        height=max(drawn.height, len(boxed) * _BOX_PITCH + _GUTTER),
        box_x=drawn.width + _GUTTER,
        states=tuple(
            DrawnState(one, drawn.shapes.get(one.code), boxes.get(one.code)) for one in by_name
        ),
    )


def _fits(shape: Shape | None) -> bool:
    return shape is not None and shape.room >= _ROOM_FOR_CODE


def state(
    services: Services, figures: Iterable[DistrictFigures], *, own: str = "", close: bool = False
) -> StateMap | None:
    """Return the map of a state's districts, with `own` outlined; `close` shows its surroundings.

    None where the lines of the current Congress are not known, and for the island areas.
    """
    rows = list(figures)
    number = congress_on(services.today())
    drawn = _table(services).of_state(rows[0].seat.state, number, services.congress.new_lines)
    if drawn is None or any(row.seat.id not in drawn.shapes for row in rows):
        return None
    view = (0, 0, drawn.width, drawn.height)
    outlined = drawn.shapes.get(own)
    if close and outlined is not None:
        view = _around(drawn, outlined)
    label = round(max(view[2], view[3]) * (_LABEL_CLOSE if close else _LABEL))
    return StateMap(
        view=view,
        label=label,
        districts=tuple(
            DrawnDistrict(
                row,
                shape,
                has_label=shape.room >= label * _ROOM_PER_LABEL,
                is_link=_is_in(shape.x, shape.y, view),
            )
            for row in rows
            if _overlap((shape := drawn.shapes[row.seat.id]), view)
        ),
        own=outlined,
    )


def _around(drawn: DistrictMap, shape: Shape) -> tuple[int, int, int, int]:
    """Return the part of the map around a shape, within the map."""
    left, top, right, bottom = shape.box
    least = max(drawn.width, drawn.height) * _CLOSEST
    width = max(right - left, least) * (1 + 2 * _AROUND)
    height = max(bottom - top, least) * (1 + 2 * _AROUND)
    # Neither a strip nor a tower.
    width, height = max(width, height * 0.9), max(height, width * 0.6)
    width, height = min(width, drawn.width), min(height, drawn.height)
    x = min(max((left + right - width) / 2, 0), drawn.width - width)
    y = min(max((top + bottom - height) / 2, 0), drawn.height - height)
    return round(x), round(y), round(width), round(height)


def _is_in(x: int, y: int, view: tuple[int, int, int, int]) -> bool:
    left, top, width, height = view
    return left < x < left + width and top < y < top + height


def _overlap(shape: Shape, view: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = shape.box
    x, y, width, height = view
    return left < x + width and right > x and top < y + height and bottom > y


def _table(services: Services) -> district_maps.MapTable:
    return district_maps.current(services.settings.congress_folder)
