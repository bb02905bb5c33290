"""A page of one district, to share with neighbors: how many signed, and who represents them."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from campaign.congress.places import DELEGATIONS, STATES, District, ZipCode, state_code
from campaign.congress.routing import route_zip
from campaign.errors import InvalidInput
from campaign.letters.targets import asked_members
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.forms import source_tag
from campaign.web.core.member_cards import cards
from campaign.web.core.query_parameters import carried, carries
from campaign.web.core.representatives import Home, known_district, represented
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import number, say
from campaign.web.letters.call_round import round_for
from campaign.web.petition import drawn_map, map_page, map_picture, place_figures, share
from campaign.web.petition.place_figures import DistrictFigures

blueprint = Blueprint("district", __name__)

#: The Census Bureau's number of a delegation, as some lists have it.
_BUREAU_DELEGATION = 98


@blueprint.get("/c/<name>/d")
def find(name: str) -> Response:
    """Lead from `?zip=` to the page of its district, or to the page that asks for the street."""
    services = current_services()
    services.campaigns.get(name, services.now())
    typed = request.args.get("zip", "")[:20]
    district = known_district(typed, services) or _of_zip(typed, services)
    if district is None:
        return redirect(url_for("members.show", name=name, zip=typed), 303)
    return redirect(url_for("district.show", name=name, place=str(district)), 303)


def _of_zip(typed: str, services: Services) -> District | None:
    """Return the only district in which a ZIP lies, or None."""
    try:
        answer = route_zip(services.congress, ZipCode.parse(typed), services.today())
    except InvalidInput:
        return None
    return answer.districts[0] if len(answer.districts) == 1 else None


@blueprint.get("/c/<name>/d/<place>")
@carries(source=source_tag)
def show(name: str, place: str) -> Response:
    """Show a district by its id, such as `CA-30` or `WY-0`; other spellings lead to that one.

    A state of several districts leads to its map, as do lines that are no longer those of today.
    """
    services = current_services()
    services.campaigns.get(name, services.now())
    if state_code(place) and place.upper() not in STATES:
        place = state_code(place)
    district = _parsed(place, services)
    if district is None:
        code = place[:2].upper()
        if code not in STATES or len(place) > 2:
            abort(404)
        return redirect(url_for("signature_map.state", name=name, state=code), 301)
    source = carried().get("source", "")
    if place != str(district):
        canonical = url_for("district.show", name=name, place=str(district), source=source or None)
        return redirect(canonical, 301)
    key = ("district", name, languages.current(), str(district), source)
    return send(pages().get(key, lambda: _page(name, district, source), is_variant=True))


def _parsed(place: str, services: Services) -> District | None:
    """Return the district that exists under a spelling such as `ca30`, `WY-AL` or `DC-98`."""
    found = known_district(place, services)
    if found is not None:
        return found
    state, _, number = place.partition("-")
    is_delegation = state.upper() in DELEGATIONS and number == str(_BUREAU_DELEGATION)
    return known_district(state, services) if is_delegation else None


def _page(name: str, district: District, source: str) -> Page:
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    state = place_figures.one_state(services, pack, district.state)
    districts, _ = place_figures.districts(services, pack, state)
    figures = _of(districts, district)
    (member,) = cards((figures.holder,), pack, services)
    page_url = services.settings.base_url + url_for("district.show", name=name, place=str(district))
    return map_page.render(
        "district/show.html",
        services,
        pack,
        district=district,
        figures=figures,
        card=member,
        round=_round(services, pack, district),
        district_card_url=services.settings.base_url
        + url_for(
            "district.card",
            name=name,
            place=str(district),
            v=None if figures.count is None else share.rounded(figures.count),
        ),
        is_asked=_is_asked(services, pack, figures),
        state=state,
        picture=map_picture.svg(
            pack,
            drawn_map.state(services, districts, own=str(district), close=True),
            gettext("The district and its neighbors"),
        ),
        page_url=page_url,
        share_text=_to_pass_on(pack, district, figures.count),
        source=source,
    )


def _round(services: Services, pack: Pack, district: District) -> str:
    """Return the round of calls to the district's representative and its senators."""
    home = Home(district=district)
    return round_for(home, represented(home, services), pack, services)


@blueprint.get("/c/<name>/d/<place>/card.png")
def card(name: str, place: str) -> Response:
    """Send the preview picture of a district's page, with its own count where that is shown."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    district = known_district(place, services)
    if district is None or place != str(district):
        abort(404)
    key = ("district-card", name, languages.current(), place)
    drawn = pages().get(key, lambda: _card(services, pack, district), is_variant=True)
    return share.send_card(drawn)


def _card(services: Services, pack: Pack, district: District) -> Page:
    figures = _figures(services, pack, district)
    title = say(district.title)
    return share.drawn(
        replace(
            share.card_of(services, pack, figures.count or 0, least=1),
            kicker=title[:1].upper() + title[1:],
            words=_card_words(figures.count, is_open=pack.is_open(services.now())),
            share=0.0,
        )
    )


def _card_words(count: int | None, *, is_open: bool) -> str:
    if count is None:
        return str(gettext("Sign with your neighbors")) if is_open else ""
    return str(ngettext("of your neighbors has signed", "of your neighbors have signed", count))


def _to_pass_on(pack: Pack, district: District, count: int | None) -> str:
    """Return the sentence that goes with a shared link: with the count where it is shown."""
    texts = pack.text(languages.current())
    if count is None:
        return texts.share
    return str(
        ngettext(
            "%(number)s person in %(district)s has signed: %(headline)s",
            "%(number)s people in %(district)s have signed: %(headline)s",
            count,
            number=number(count),
            district=say(district.title),
            headline=texts.headline,
        )
    )


def _figures(services: Services, pack: Pack, district: District) -> DistrictFigures:
    state = place_figures.one_state(services, pack, district.state)
    return _of(place_figures.districts(services, pack, state)[0], district)


def _of(districts: Iterable[DistrictFigures], district: District) -> DistrictFigures:
    return next(one for one in districts if one.seat.id == str(district))


def _is_asked(services: Services, pack: Pack, figures: DistrictFigures) -> bool:
    asked = asked_members(pack.targets, services.congress, (figures.holder,))
    member = figures.holder.member
    return member is not None and member.bioguide in asked
