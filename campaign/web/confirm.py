"""The mailed link that confirms: a page with a button, the button, and "this was not me".

Mail programs follow links to look for harm, so GET and HEAD change nothing; only a button does.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from campaign.congress.places import District, ZipCode
from campaign.congress.routing import Representation
from campaign.errors import InvalidInput, PlaceUnknown, TokenRefused
from campaign.packs.pack import Pack
from campaign.petition import counting, links
from campaign.store import signatures
from campaign.store.signatures import Signature
from campaign.web import languages
from campaign.web.representing import Home, represented
from campaign.web.security import keep_private
from campaign.web.services import Services, services

blueprint = Blueprint("confirm", __name__)

# How long the page of thanks can be loaded again, in seconds.
_TICKET_LASTS_S = 24 * 3600


@blueprint.get("/confirm/<token>")
def ask(token: str) -> Response:
    """Show the button that confirms, and the one that deletes."""
    house = services()
    signature = links.look_up(house.database, token, "confirm", **house.moment())
    return _page("petition/confirm.html", house, _pack(house, signature), token=token)


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> AnyResponse:
    """Count the signature, and lead to its page of thanks, which can be loaded again."""
    house = services()
    pack = _pack(house, links.look_up(house.database, token, "confirm", **house.moment()))
    signature = links.confirm(house.database, pack, token, **house.moment())
    ticket = _tickets(house).dumps(signature.public_id)
    return keep_private(redirect(url_for("confirm.thanks", ticket=ticket), 303))


@blueprint.get("/thanks/<ticket>")
def thanks(ticket: str) -> Response:
    """Show the signer's number and own members, with the way to write to them. For one day."""
    house = services()
    signature = _by_ticket(house, ticket)
    pack = _pack(house, signature)
    count = counting.count(house.database, pack.name)
    return _page(
        "petition/confirmed.html",
        house,
        pack,
        signature=signature,
        count=count,
        goal=pack.goal_for(count),
        representation=_represented(house, signature),
        page_url=house.settings.base_url + url_for("petition.show", name=pack.name),
    )


@blueprint.post("/confirm/<token>/disown")
def disown(token: str) -> Response:
    """Delete what somebody typed in another's name."""
    house = services()
    pack = _pack(house, links.look_up(house.database, token, "confirm", **house.moment()))
    links.disown(house.database, token, **house.moment())
    return _page("petition/disowned.html", house, pack)


def _tickets(house: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(house.settings.secret_key, salt="campaign.thanks")


def _by_ticket(house: Services, ticket: str) -> Signature:
    """Return the confirmed signature that the ticket was made for.

    Raises TokenRefused for a ticket that is false or older than a day.
    """
    try:
        public_id = _tickets(house).loads(ticket, max_age=_TICKET_LASTS_S)
    except BadData:
        raise TokenRefused("This page can no longer be shown.") from None
    with house.database.reading() as connection:
        signature = signatures.by_public_id(connection, public_id)
    if signature is None or signature.status != "confirmed":
        raise TokenRefused("This page can no longer be shown.")
    return signature


def _pack(house: Services, signature: Signature) -> Pack:
    return house.shelf.get(signature.campaign, house.now())


def _represented(house: Services, signature: Signature) -> Representation | None:
    """Return who represents the signer, None where neither district nor ZIP says so any more."""
    try:
        home = (
            Home(district=District.parse(signature.district))
            if signature.district
            else Home(zip=ZipCode.parse(signature.zip))
        )
        return represented(home, house)
    except (InvalidInput, PlaceUnknown):
        return None


def _page(template: str, house: Services, pack: Pack, **values: object) -> Response:
    body = render_template(template, pack=pack, texts=pack.text(languages.current()), **values)
    return keep_private(make_response(body))
