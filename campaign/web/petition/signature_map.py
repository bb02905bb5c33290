"""The signature map: signatures by state on a map and in a table, and each state's districts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from babel.numbers import format_compact_decimal
from flask import Blueprint, Flask, Response, abort, render_template, request
from flask_babel import format_decimal, get_locale

from campaign.congress import population
from campaign.congress.members import Seat
from campaign.congress.places import STATES
from campaign.congress.routing import SeatHolder, holder
from campaign.packs.pack import Pack
from campaign.petition import public_counts
from campaign.petition.disclosure_control import Breakdown, breakdown
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.query_parameters import carries, one_of
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import number, state_name
from campaign.web.petition import tile_grid

blueprint = Blueprint("map", __name__)

#: What the color of the map and the order of the table are based on.
Measure = Literal["people", "count"]

_PER = 100_000

# The rates from which fewer digits are shown after the decimal point.
_DIGITS = ((100, 0), (1, 1), (0.1, 2))


@blueprint.record_once
def _give_templates_the_filters(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.filters.update(rate=rate, compact=compact)


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
    """A district with its representative, as the state's page shows it."""

    seat: Seat
    holder: SeatHolder
    count: int | None
    is_few: bool


# -- The map ---------------------------------------------------------------------------------------


@blueprint.get("/c/<name>/map")
@carries(by=one_of("count"))
def show(name: str) -> Response:
    """Show the states as a map and a table, by rate (`?by=people`) or by count."""
    by: Measure = "count" if request.args.get("by") == "count" else "people"
    key = ("map", name, languages.current(), by)
    return send(pages().get(key, lambda: _map(name, by)))


def _map(name: str, by: Measure) -> Page:
    services, pack = _open(name)
    published = _by_state(services, pack)
    states = _figures(published, by)
    values = {state.code: value for state in states if (value := state.value(by)) is not None}
    return Page.of(
        render_template(
            "map/show.html",
            pack=pack,
            texts=pack.text(languages.current()),
            by=by,
            breakdown=published,
            states=states,
            tiles=sorted(states, key=lambda state: (state.y, state.x)),
            legend=tile_grid.legend(values),
            tile=tile_grid.SIZE,
            width=tile_grid.WIDTH,
            height=tile_grid.HEIGHT,
        )
    )


def _by_state(services: Services, pack: Pack) -> Breakdown:
    return breakdown(
        public_counts.by_state(services.database, pack.name),
        tuple(STATES),
        total=public_counts.count(services.database, pack.name),
    )


def _figures(published: Breakdown, by: Measure) -> list[StateFigures]:
    """Return every state, the largest value first, states without a value last, by name."""
    residents = population.shipped()
    rates = {code: count / residents[code] * _PER for code, count in published.shown.items()}
    shades = tile_grid.shades(rates if by == "people" else published.shown)
    states = [
        StateFigures(
            code=code,
            name=plain_name(code),
            count=published.shown.get(code),
            rate=rates.get(code),
            is_few=code in published.few,
            shade=shades.get(code, 0),
            x=x,
            y=y,
        )
        for code, (x, y) in tile_grid.CORNERS.items()
    ]
    return sorted(states, key=lambda state: (-(state.value(by) or 0), state.name))


# -- One state -------------------------------------------------------------------------------------


@blueprint.get("/c/<name>/map/<state>")
def state(name: str, state: str) -> Response:
    """Show a state's signatures by district, each with its representative."""
    if state not in STATES:
        abort(404)
    key = ("map", name, languages.current(), state)
    return send(pages().get(key, lambda: _state(name, state)))


def _state(name: str, state: str) -> Page:
    services, pack = _open(name)
    published = _by_state(services, pack)
    (figures,) = (each for each in _figures(published, "people") if each.code == state)
    seats = _house_seats(services, state)
    districts = None
    if figures.count is not None and len(seats) > 1:
        districts = breakdown(
            public_counts.by_district(services.database, pack.name),
            tuple(seat.id for seat in seats),
            total=figures.count,
        )
    return Page.of(
        render_template(
            "map/state.html",
            pack=pack,
            texts=pack.text(languages.current()),
            state=figures,
            breakdown=districts,
            rows=_districts(services, seats, districts),
            is_open=pack.is_open(services.now()),
        )
    )


def _house_seats(services: Services, state: str) -> list[Seat]:
    return sorted(
        seat
        for seat in services.congress.seats.values()
        if seat.chamber == "house" and seat.state == state
    )


def _districts(
    services: Services, seats: Iterable[Seat], published: Breakdown | None
) -> list[DistrictFigures]:
    return [
        DistrictFigures(
            seat=seat,
            holder=holder(services.congress, seat, services.today()),
            count=published.shown.get(seat.id) if published else None,
            is_few=published is not None and seat.id in published.few,
        )
        for seat in seats
    ]


# -- Words -----------------------------------------------------------------------------------------


def _open(name: str) -> tuple[Services, Pack]:
    services = current_services()
    return services, services.campaigns.get(name, services.now())


def plain_name(code: str) -> str:
    """Return `District of Columbia` for `DC`: the name as a table or a list has it."""
    return state_name(code)


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
