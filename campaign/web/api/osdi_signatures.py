"""The signatures of a petition and their signers as OSDI lists: HAL, read-only, 25 a page.

`next` carries where the page ended, so that every page costs the same and no signature is missed,
even when others are withdrawn meanwhile; a page requested by number is found by counting. The lists
hold confirmed signatures of people who were neither erased nor anonymized, each with its consent. A
signer is a person under the id of the signature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Row

from campaign.errors import SignatureUnknown
from campaign.organizing.connect import osdi
from campaign.petition import access_log
from campaign.store import signature_pages
from campaign.store.db.column_types import as_text
from campaign.store.signature_pages import After, SignatureFilter
from campaign.web.api import hal, keys, osdi_filter
from campaign.web.api.hal import MAX_PAGE_SIZE, SCOPE
from campaign.web.api.list_cache import remembering
from campaign.web.api.operations import operation
from campaign.web.api.schemas import Listing, Person, Signature, SignaturesQuery
from campaign.web.core.services import current_services

blueprint = Blueprint("osdi_signatures", __name__)

#: A signature is listed once no earlier one can appear any more: a transaction that confirms ends
#: within this time after the time that it writes.
LISTED_AFTER = timedelta(seconds=15)


@dataclass(frozen=True)
class _Kind:
    """One of the two lists: its OSDI name, its URL, and the resource made of a row."""

    relation: str
    endpoint: str
    is_under_petition: bool
    resource: Callable[[Row[Any], datetime | None, str], dict[str, Any]]
    item: Callable[[Row[Any], str], dict[str, str]]


@blueprint.get("/petitions/<name>/signatures")
@operation(answer=Listing, query=SignaturesQuery, scope=SCOPE, may_be_missing=True, tag="osdi")
def osdi_signatures(name: str, query: SignaturesQuery) -> Response:
    """A page of the signatures, in the order of confirmation; empty past the end.

    Follow `next` to read them all. A new signature is listed some seconds after it was confirmed.
    """
    return _page(_SIGNATURES, name, query)


@blueprint.get("/people")
@operation(answer=Listing, query=SignaturesQuery, scope=SCOPE, tag="osdi")
def osdi_people(query: SignaturesQuery) -> Response:
    """A page of the people who signed, in the order of confirmation; empty past the end."""
    return _page(_PEOPLE, keys.current().campaign, query)


@blueprint.get("/petitions/<name>/signatures/<id>")
@operation(answer=Signature, scope=SCOPE, may_be_missing=True, tag="osdi")
def osdi_signature(name: str, id: str) -> Response:
    """One signature, with its signer."""
    row, changed = _one(name, id)
    return hal.answered(_signature(row, changed, name))


@blueprint.get("/people/<id>")
@operation(answer=Person, scope=SCOPE, may_be_missing=True, tag="osdi")
def osdi_person(id: str) -> Response:
    """The signer of the signature with that id."""
    name = keys.current().campaign
    row, changed = _one(name, id)
    return hal.answered(_person(row, changed, name))


@blueprint.get("/people/<id>/signatures")
@operation(answer=Listing, scope=SCOPE, may_be_missing=True, tag="osdi")
def osdi_person_signatures(id: str) -> Response:
    """The signatures of one person: one."""
    name = keys.current().campaign
    row, changed = _one(name, id)
    return hal.page(
        _SIGNATURES.relation,
        [_signature(row, changed, name)],
        [_signature_link(row, name)],
        self_link=hal.link("api.osdi.osdi_signatures.osdi_person_signatures", id=id),
    )


def _page(kind: _Kind, name: str, query: SignaturesQuery) -> Response:
    """Return a page of the list. Raises FilterUnsupported."""
    services, memory = current_services(), remembering()
    bounds = osdi_filter.parse(query.filter)
    per_page = min(query.per_page, MAX_PAGE_SIZE)
    listed = SignatureFilter(
        name, until=services.now() - LISTED_AFTER, since=query.since, bounds=bounds
    )
    selected = (name, query.since, bounds)
    after = _after(query.after) or memory.places.get((*selected, per_page, query.page))
    with services.database.reading() as connection:
        total = memory.totals.get(selected)
        if total is None:
            total = signature_pages.count(connection, listed)
            memory.totals.put(selected, total)
        offset = 0 if after else (query.page - 1) * per_page
        # One more than is shown, to know whether there is a next page.
        found = (
            signature_pages.page(connection, listed, limit=per_page + 1, offset=offset, after=after)
            if after or offset < total
            else ()
        )
        rows = found[:per_page]
        changed = signature_pages.changed_at(connection, [row.id for row in rows])
    _note(kind.relation, len(rows), name, page=query.page, **_filter(query))
    path = {"name": name} if kind.is_under_petition else {}
    asked = {"since": query.since.isoformat()} if query.since else {}
    if query.filter:
        asked["filter"] = query.filter

    def at(page: int, **place: str) -> dict[str, str]:
        return hal.paged(kind.endpoint, page, per_page, path=path, **asked, **place)

    following = None
    if len(found) > per_page:
        following = at(query.page + 1, after=_place(rows[-1]))
        place = After(rows[-1].confirmed_at, rows[-1].id)
        memory.places.put((*selected, per_page, query.page + 1), place)
    return hal.page(
        kind.relation,
        [kind.resource(row, changed.get(row.id), name) for row in rows],
        [kind.item(row, name) for row in rows],
        self_link=at(query.page, **({"after": query.after} if query.after else {})),
        next_link=following,
        previous_link=at(query.page - 1) if query.page > 1 else None,
        page=query.page,
        per_page=per_page,
        total_pages=ceil(total / per_page),
        total_records=total,
    )


def _one(name: str, public_id: str) -> tuple[Row[Any], datetime | None]:
    services = current_services()
    with services.database.reading() as connection:
        row = signature_pages.one(
            connection, SignatureFilter(name, until=services.now() - LISTED_AFTER), public_id
        )
        if row is None:
            raise SignatureUnknown("No signature has this id.")
        changed = signature_pages.changed_at(connection, [row.id]).get(row.id)
    _note("one signature", 1, name, signature=public_id)
    return row, changed


def _filter(query: SignaturesQuery) -> dict[str, str]:
    since = {"since": as_text(query.since)} if query.since else {}
    return since | ({"filter": query.filter} if query.filter else {})


def _note(what: str, rows: int, name: str, **details: object) -> None:
    """Record what the key reads, before it is sent."""
    services = current_services()
    access_log.note_read(
        services.database,
        what,
        rows=rows,
        actor=keys.actor(),
        campaign=name,
        now=services.now(),
        details=details,
    )


def _signature(row: Row[Any], changed: datetime | None, name: str) -> dict[str, Any]:
    helper = osdi.signature_helper(row, hal.origin(name))
    helper.pop("person")
    helper.pop("add_tags")
    return {
        **helper,
        "created_date": as_text(row.confirmed_at),
        "modified_date": as_text(max(changed or row.confirmed_at, row.confirmed_at)),
        "campaign:wording_version": row.wording_version,
        "_links": {
            "self": _signature_link(row, name),
            "osdi:petition": hal.link("api.osdi.osdi_petition", name=name),
            "osdi:person": _person_link(row, name),
        },
        "_embedded": {"osdi:person": _person(row, changed, name)},
    }


def _person(row: Row[Any], changed: datetime | None, name: str) -> dict[str, Any]:
    return {
        **osdi.person_with_consent(row),
        "created_date": as_text(row.confirmed_at),
        "modified_date": as_text(max(changed or row.confirmed_at, row.confirmed_at)),
        "_links": {
            "self": _person_link(row, name),
            "osdi:signatures": hal.link(
                "api.osdi.osdi_signatures.osdi_person_signatures", id=row.public_id
            ),
        },
    }


def _signature_link(row: Row[Any], name: str) -> dict[str, str]:
    return hal.link("api.osdi.osdi_signatures.osdi_signature", name=name, id=row.public_id)


def _person_link(row: Row[Any], name: str) -> dict[str, str]:
    return hal.link("api.osdi.osdi_signatures.osdi_person", id=row.public_id)


_SIGNATURES = _Kind(
    "osdi:signatures",
    "api.osdi.osdi_signatures.osdi_signatures",
    is_under_petition=True,
    resource=_signature,
    item=_signature_link,
)
_PEOPLE = _Kind(
    "osdi:people",
    "api.osdi.osdi_signatures.osdi_people",
    is_under_petition=False,
    resource=_person,
    item=_person_link,
)


def _after(cursor: str | None) -> After | None:
    if cursor is None:
        return None
    seconds, _, row = cursor.partition("-")
    return After(datetime.fromtimestamp(int(seconds), UTC), int(row))


def _place(row: Row[Any]) -> str:
    return f"{int(row.confirmed_at.timestamp())}-{row.id}"
