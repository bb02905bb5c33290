"""Signatures by state and by district as the public may see them, with shades for a map."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from babel.numbers import format_compact_decimal
from flask_babel import format_decimal, get_locale

from campaign.congress import population
from campaign.congress.members import Seat
from campaign.congress.places import STATES
from campaign.congress.routing import SeatHolder, holder
from campaign.packs.pack import Pack
from campaign.petition import public_counts
from campaign.petition.disclosure_control import Breakdown, breakdown
from campaign.web.core.services import Services
from campaign.web.core.template_filters import in_alphabet, number, state_name
from campaign.web.petition import map_shades, tile_grid

#: What the color of the map and the order of the table are based on.
Measure = Literal["people", "count"]

#: From this many signatures on, a map is shaded by people. Below it a single family in a small
#: state would give that state the deepest shade.
ENOUGH_FOR_RATES = 1000

_PER = 100_000

# The rates from which fewer digits are shown after the decimal point.
_DIGITS = ((100, 0), (1, 1), (0.1, 2))


@dataclass(frozen=True)
class StateFigures:
    """A state or territory on the map: `count` is None where it is suppressed.

    `rate` is signatures per 100,000 people; `shade` is 0 without a count; `x` and `y` are the upper
    left corner of its tile, in units of the picture.
    """

    code: str
    name: str
    count: int | None
    rate: float | None
    is_few: bool
    shade: int
    x: int
    y: int

    def value(self, by: Measure) -> float | None:
        """The figure that the color is based on."""
        return self.rate if by == "people" else self.count


@dataclass(frozen=True)
class DistrictFigures:
    """A district with its representative; `count` is None where it is suppressed."""

    seat: Seat
    holder: SeatHolder
    count: int | None
    is_few: bool
    shade: int


def by_state(services: Services, pack: Pack) -> Breakdown:
    """Return the signatures by state, with small counts suppressed."""
    return breakdown(
        public_counts.by_state(services.database, pack.name),
        tuple(STATES),
        total=public_counts.count(services.database, pack.name),
    )


def states(published: Breakdown, by: Measure) -> list[StateFigures]:
    """Return every state, the largest value first, states without a value last, by name."""
    rates = {code: _rate(code, count) for code, count in published.shown.items()}
    shade = map_shades.shades(rates if by == "people" else published.shown)
    figures = [
        _state(
            code,
            published.shown.get(code),
            rates.get(code, 0.0),
            is_few=code in published.few,
            shade=shade.get(code, 0),
        )
        for code in tile_grid.CORNERS
    ]
    return sorted(figures, key=lambda state: (-(state.value(by) or 0), in_alphabet(state.name)))


def _rate(code: str, count: int | None) -> float:
    return (count or 0) / population.shipped()[code] * _PER


def _state(code: str, count: int | None, rate: float, *, is_few: bool, shade: int) -> StateFigures:
    x, y = tile_grid.CORNERS[code]
    shown = None if count is None else rate
    return StateFigures(code, state_name(code), count, shown, is_few, shade, x, y)


def one_state(services: Services, pack: Pack, code: str) -> StateFigures:
    """Return the figures of one state."""
    published = by_state(services, pack)
    count = published.shown.get(code)
    return _state(code, count, _rate(code, count), is_few=code in published.few, shade=0)


def districts(
    services: Services, pack: Pack, state: StateFigures
) -> tuple[list[DistrictFigures], Breakdown | None]:
    """Return a state's districts in order, and their breakdown if counts may be shown.

    A state whose own count is suppressed, or that has one district, has no breakdown.
    """
    seats = _house_seats(services, state.code)
    published = None
    if state.count is not None and len(seats) > 1:
        published = breakdown(
            public_counts.by_district(services.database, pack.name),
            tuple(seat.id for seat in seats),
            total=state.count,
        )
    if len(seats) == 1:
        # The state is the district.
        (seat,) = seats
        shade = 1 if state.count is not None else 0
        return [_district(services, seat, state.count, shade, is_few=state.is_few)], None
    if published is None:
        return [_district(services, seat, None, 0, is_few=state.is_few) for seat in seats], None
    shade_of = map_shades.shades(published.shown)
    return [
        _district(
            services,
            seat,
            published.shown.get(seat.id),
            shade_of.get(seat.id, 0),
            is_few=seat.id in published.few,
        )
        for seat in seats
    ], published


def _district(
    services: Services, seat: Seat, count: int | None, shade: int, *, is_few: bool
) -> DistrictFigures:
    held = holder(services.congress, seat, services.today())
    return DistrictFigures(seat, held, count, is_few, shade)


def _house_seats(services: Services, state: str) -> list[Seat]:
    seats: Iterable[Seat] = services.congress.seats.values()
    return sorted(seat for seat in seats if seat.chamber == "house" and seat.state == state)


def rate(value: float) -> str:
    """Return signatures per 100,000 people with as many digits as say something."""
    digits = next((digits for least, digits in _DIGITS if value >= least), 3)
    form = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, form))


def compact(value: int) -> str:
    """Return `12K` for 12,418, as short as a tile needs it, in the page's way of writing."""
    if value < 10_000:
        return number(value)
    return str(format_compact_decimal(value, locale=get_locale()))
