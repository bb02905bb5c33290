"""Maps of districts as SVG, drawn once for the same figures."""

from dataclasses import dataclass, field
from functools import lru_cache

from flask import render_template

from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.petition.drawn_map import StateMap


@dataclass(frozen=True)
class _Wanted:
    """A picture by everything that it shows; `map` holds the same as values."""

    language: str
    campaign: str
    title: str
    view: tuple[int, int, int, int]
    places: tuple[tuple[str, int | None, bool, int], ...]
    own: str
    map: StateMap = field(compare=False)


def svg(pack: Pack, drawn: StateMap | None, title: str) -> str:
    """Return a map of districts as safe markup, each a link to its page; "" without a map."""
    if drawn is None:
        return ""
    return _rendered(
        _Wanted(
            language=languages.current(),
            campaign=pack.name,
            title=title,
            view=drawn.view,
            places=tuple(
                (one.shape.path, one.figures.count, one.figures.is_few, one.figures.shade)
                for one in drawn.districts
            ),
            own=drawn.own.path if drawn.own else "",
            map=drawn,
        )
    )


@lru_cache(maxsize=128)
def _rendered(wanted: _Wanted) -> str:
    return render_template(
        "signature_map/_districts.html", map=wanted.map, name=wanted.campaign, label=wanted.title
    )
