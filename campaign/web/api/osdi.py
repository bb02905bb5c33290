"""A campaign's signatures as an OSDI resource server gives them: HAL, read-only, 25 a page.

An Action Network client begins at the entry point and follows links. `next` carries where the page
ended, so that walking from page to page costs the same everywhere and misses nobody, even when
others leave meanwhile; a page asked for by number alone is found by counting. Only confirmed
signatures of people who were neither erased nor anonymised are there, each with its true consent.
"""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, url_for
from sqlalchemy import Row

from campaign.errors import CampaignUnknown, SignatureUnknown
from campaign.organising import osdi
from campaign.organising.osdi import Origin
from campaign.packs.pack import Pack
from campaign.petition import counting
from campaign.store import listing
from campaign.store.columns import as_text
from campaign.store.listing import After, Listed
from campaign.web.api import keys
from campaign.web.api.operations import answered, operation
from campaign.web.api.remembering import remembering
from campaign.web.api.schemas import (
    MOST_A_PAGE,
    EntryPoint,
    Listing,
    PageQuery,
    Person,
    Petition,
    Signature,
    SignaturesQuery,
)
from campaign.web.services import services

blueprint = Blueprint("osdi", __name__, url_prefix="/osdi")

HAL = "application/hal+json"

_SCOPE = "signatures:read"

# A signature is listed once nothing earlier can appear any more: a transaction that confirms ends
# within this long of the time that it writes.
_SETTLED = timedelta(seconds=15)

_CURIES = [
    {
        "name": "osdi",
        "href": "https://opensupporter.github.io/osdi-docs/{rel}.html",
        "templated": True,
    }
]


@blueprint.get("")
@operation(answer=EntryPoint, scope=_SCOPE, tag="osdi")
def osdi_entry_point() -> Response:
    """The entry point of OSDI: what there is, and where."""
    token = keys.current()
    return _hal(
        {
            "motd": "Welcome. Only confirmed signatures are listed, 25 a page.",
            "max_pagesize": MOST_A_PAGE,
            "vendor_name": "Campaign toolkit",
            "product_name": "Campaign toolkit",
            "osdi_version": "1.2.0",
            "namespace": osdi.NAMESPACE,
            "_links": {
                "curies": _CURIES,
                "self": _link("api.osdi.osdi_entry_point"),
                "osdi:petitions": _link("api.osdi.osdi_petitions"),
                "osdi:signatures": _link("api.osdi.osdi_signatures", name=token.campaign),
            },
        }
    )


@blueprint.get("/petitions")
@operation(answer=Listing, query=PageQuery, scope=_SCOPE, tag="osdi")
def osdi_petitions(query: PageQuery) -> Response:
    """The petitions of the key: one."""
    per_page = min(query.per_page, MOST_A_PAGE)
    shown = [_petition(keys.current().campaign)] if query.page == 1 else []
    links: dict[str, Any] = {
        "curies": _CURIES,
        "self": _paged("api.osdi.osdi_petitions", query.page, per_page),
        "osdi:petitions": [one["_links"]["self"] for one in shown],
    }
    if query.page > 1:
        links["previous"] = _paged("api.osdi.osdi_petitions", query.page - 1, per_page)
    return _hal(
        {
            "total_pages": 1,
            "per_page": per_page,
            "page": query.page,
            "total_records": 1,
            "_links": links,
            "_embedded": {"osdi:petitions": shown},
        }
    )


@blueprint.get("/petitions/<name>")
@operation(answer=Petition, scope=_SCOPE, may_be_missing=True, tag="osdi")
def osdi_petition(name: str) -> Response:
    """One petition."""
    return _hal(_petition(name))


@blueprint.get("/petitions/<name>/signatures")
@operation(answer=Listing, query=SignaturesQuery, scope=_SCOPE, may_be_missing=True, tag="osdi")
def osdi_signatures(name: str, query: SignaturesQuery) -> Response:
    """A page of the signatures, in the order of confirming; an empty one past the end.

    Follow `next` to read them all. A new signature is listed some seconds after it was confirmed.
    """
    house, memory = services(), remembering()
    per_page = min(query.per_page, MOST_A_PAGE)
    listed = Listed(name, until=house.now() - _SETTLED, since=query.since)
    which = (name, query.since, per_page)
    after = _after(query.after) or memory.places.get((*which, query.page))
    with house.database.reading() as connection:
        total = memory.totals.get(which[:2])
        if total is None:
            total = listing.count(connection, listed)
            memory.totals.put(which[:2], total)
        offset = 0 if after else (query.page - 1) * per_page
        # One more than is shown, to know whether there is a next page.
        found = (
            listing.page(connection, listed, limit=per_page + 1, offset=offset, after=after)
            if after or offset < total
            else ()
        )
        rows = found[:per_page]
        changed = listing.changed_at(connection, [row.id for row in rows])
    pages = ceil(total / per_page)
    more = {"name": name, "since": query.since.isoformat()} if query.since else {"name": name}

    def at(page: int, **place: str) -> dict[str, str]:
        return _paged("api.osdi.osdi_signatures", page, per_page, **more, **place)

    links: dict[str, Any] = {
        "curies": _CURIES,
        "self": at(query.page, **({"after": query.after} if query.after else {})),
        "osdi:signatures": [
            _link("api.osdi.osdi_signature", name=name, id=row.public_id) for row in rows
        ],
    }
    if len(found) > per_page:
        links["next"] = at(query.page + 1, after=_place(rows[-1]))
        memory.places.put((*which, query.page + 1), After(rows[-1].confirmed_at, rows[-1].id))
    if query.page > 1:
        links["previous"] = at(query.page - 1)
    origin = _origin(name)
    return _hal(
        {
            "total_pages": pages,
            "per_page": per_page,
            "page": query.page,
            "total_records": total,
            "_links": links,
            "_embedded": {
                "osdi:signatures": [
                    _signature(row, origin, changed.get(row.id), name) for row in rows
                ]
            },
        }
    )


@blueprint.get("/petitions/<name>/signatures/<id>")
@operation(answer=Signature, scope=_SCOPE, may_be_missing=True, tag="osdi")
def osdi_signature(name: str, id: str) -> Response:
    """One signature, with its signer."""
    row, changed = _one(name, id)
    return _hal(_signature(row, _origin(name), changed, name))


@blueprint.get("/people/<id>")
@operation(answer=Person, scope=_SCOPE, may_be_missing=True, tag="osdi")
def osdi_person(id: str) -> Response:
    """Who gave the signature of that id."""
    name = keys.current().campaign
    row, changed = _one(name, id)
    return _hal(_person(row, changed, name))


def _one(name: str, public_id: str) -> tuple[Row[Any], datetime | None]:
    house = services()
    with house.database.reading() as connection:
        row = listing.one(connection, Listed(name, until=house.now() - _SETTLED), public_id)
        if row is None:
            raise SignatureUnknown("No signature has this id.")
        return row, listing.changed_at(connection, [row.id]).get(row.id)


def _petition(name: str) -> dict[str, Any]:
    house = services()
    pack = _pack(name)
    texts = pack.text()
    return {
        "identifiers": [f"{osdi.NAMESPACE}:{name}"],
        "origin_system": _origin(name).system,
        "name": name,
        "title": texts.title,
        "description": texts.standfirst,
        "browser_url": _origin(name).website,
        "total_signatures": counting.count(house.database, name),
        "_links": {
            "self": _link("api.osdi.osdi_petition", name=name),
            "osdi:signatures": _link("api.osdi.osdi_signatures", name=name),
        },
    }


def _signature(
    row: Row[Any], origin: Origin, changed: datetime | None, name: str
) -> dict[str, Any]:
    helper = osdi.signature_helper(row, origin)
    helper.pop("person")
    helper.pop("add_tags")
    return {
        **helper,
        "created_date": as_text(row.confirmed_at),
        "modified_date": as_text(max(changed or row.confirmed_at, row.confirmed_at)),
        "_links": {
            "self": _link("api.osdi.osdi_signature", name=name, id=row.public_id),
            "osdi:petition": _link("api.osdi.osdi_petition", name=name),
            "osdi:person": _link("api.osdi.osdi_person", id=row.public_id),
        },
        "_embedded": {"osdi:person": _person(row, changed, name)},
    }


def _person(row: Row[Any], changed: datetime | None, name: str) -> dict[str, Any]:
    return {
        **osdi.person_with_consent(row),
        "created_date": as_text(row.confirmed_at),
        "modified_date": as_text(max(changed or row.confirmed_at, row.confirmed_at)),
        "_links": {
            "self": _link("api.osdi.osdi_person", id=row.public_id),
            "osdi:signatures": [_link("api.osdi.osdi_signature", name=name, id=row.public_id)],
        },
    }


def _pack(name: str) -> Pack:
    house = services()
    try:
        return house.shelf.even_unpublished(name, house.today())
    except CampaignUnknown:
        raise CampaignUnknown("There is no campaign of that name for this key.") from None


def _origin(name: str) -> Origin:
    return Origin.of(services().settings.base_url, name)


def _after(said: str | None) -> After | None:
    if said is None:
        return None
    seconds, _, row = said.partition("-")
    return After(datetime.fromtimestamp(int(seconds), UTC), int(row))


def _place(row: Row[Any]) -> str:
    return f"{int(row.confirmed_at.timestamp())}-{row.id}"


def _link(endpoint: str, **values: Any) -> dict[str, str]:
    return {"href": services().settings.base_url + url_for(endpoint, **values)}


def _paged(endpoint: str, page: int, per_page: int, **more: str) -> dict[str, str]:
    path = {key: more.pop(key) for key in ("name",) if key in more}
    query = urlencode({"page": page, "per_page": per_page, **more})
    return {"href": f"{_link(endpoint, **path)['href']}?{query}"}


def _hal(body: dict[str, Any]) -> Response:
    return answered(body, content_type=HAL)
