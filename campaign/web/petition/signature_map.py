"""The signature map: signatures by state on a map and in a table, and each state's districts."""

from flask import Blueprint, Flask, Response, abort, request
from flask_babel import gettext

from campaign.congress.places import DELEGATIONS, STATES
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.query_parameters import carried, carries, one_of
from campaign.web.core.representatives import known_district
from campaign.web.core.services import Services, current_services
from campaign.web.petition import (
    drawn_map,
    map_page,
    map_picture,
    map_shades,
    place_figures,
    tile_grid,
)
from campaign.web.petition.place_figures import ENOUGH_FOR_RATES, Measure

blueprint = Blueprint("signature_map", __name__)


@blueprint.record_once
def _give_templates_the_filters(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.filters.update(rate=place_figures.rate, compact=place_figures.compact)


# -- The country -----------------------------------------------------------------------------------


@blueprint.get("/c/<name>/map")
@carries(by=one_of("count", "people"))
def show(name: str) -> Response:
    """Show the states as a map and a table, by rate (`?by=people`) or by count (`?by=count`).

    Without a choice it is by count until there are enough signatures for rates to say something.
    """
    by = carried().get("by", "")
    key = ("map", name, languages.current(), by)
    return send(pages().get(key, lambda: _map(name, by)))


def _map(name: str, chosen: str) -> Page:
    services, pack = _open(name)
    published = place_figures.by_state(services, pack)
    by: Measure = "people" if published.total >= ENOUGH_FOR_RATES else "count"
    if chosen:
        by = "people" if chosen == "people" else "count"
    states = place_figures.states(published, by)
    values = {state.code: value for state in states if (value := state.value(by)) is not None}
    return map_page.render(
        "signature_map/show.html",
        services,
        pack,
        by=by,
        breakdown=published,
        states=states,
        country=drawn_map.country(services, states),
        tiles=sorted(states, key=lambda state: (state.y, state.x)),
        legend=map_shades.legend(values),
        tile=tile_grid.SIZE,
        width=tile_grid.WIDTH,
        height=tile_grid.HEIGHT,
    )


# -- One state -------------------------------------------------------------------------------------


def district_number(text: str) -> str:
    """Return the number in a query that outlines a district, such as `30`, or "" for any other."""
    return text if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) else ""


@blueprint.get("/c/<name>/map/<state>")
@carries(district=district_number)
def state(name: str, state: str) -> Response:
    """Show a state's districts as a map and a table; `?district=30` outlines the reader's own."""
    if state not in STATES:
        abort(404)
    services = current_services()
    typed = district_number(request.args.get("district", ""))
    own = known_district(f"{state}-{typed}", services) if typed else None
    key = ("map", name, languages.current(), state, own)
    return send(
        pages().get(
            key, lambda: _state(name, state, str(own) if own else ""), is_variant=own is not None
        )
    )


def _state(name: str, state: str, own: str) -> Page:
    services, pack = _open(name)
    figures = place_figures.one_state(services, pack, state)
    districts, published = place_figures.districts(services, pack, figures)
    return map_page.render(
        "signature_map/state.html",
        services,
        pack,
        state=figures,
        breakdown=published,
        rows=districts,
        own=own,
        picture=map_picture.svg(
            pack,
            drawn_map.state(services, districts, own=own),
            gettext("Districts of %(state)s", state=figures.name),
        ),
        is_drawn_anywhere=state not in DELEGATIONS or state in {"DC", "PR"},
    )


def _open(name: str) -> tuple[Services, Pack]:
    services = current_services()
    return services, services.campaigns.get(name, services.now())
