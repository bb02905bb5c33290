"""Signers: find them. Holds the blueprint of all pages about signers.

A search for a person is sent in the body of a form, never in a URL, because URLs are kept in logs
and histories.
"""

from dataclasses import fields, replace
from datetime import datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from campaign import text
from campaign.congress.contact import spoken_name
from campaign.congress.seat_holders import holder
from campaign.errors import (
    InvalidInput,
)
from campaign.petition import access_log
from campaign.petition import search as signer_search
from campaign.petition.search import SearchForm
from campaign.store import signers
from campaign.store.signers import Page
from campaign.store.statuses import SignatureStatus
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import local_time
from campaign.web.organize import access

blueprint = Blueprint("signers", __name__)

_PAGE_SIZE = 50
#: Search fields that may hold personal data; what is typed into them is not recorded.
_TYPED_FREELY = frozenset({"q", "domain", "flag"})

STATUS_WORDS = {
    SignatureStatus.PENDING: "not confirmed",
    SignatureStatus.CONFIRMED: "counts",
    SignatureStatus.WITHDRAWN: "withdrawn",
    SignatureStatus.INVALID: "struck",
    SignatureStatus.HELD: "set aside",
}

#: Flag of a sign-up -> what is unusual about it.
FLAG_WORDS = {
    "address-in-use": "on paper, with an email address that others signed with",
    "address-limit": "many attempts with one address",
    "counted-before": "on paper, with the name and ZIP of a counted signer",
    "disposable": "disposable email address",
    "domain-burst": "many from one email domain",
    "filled-by-program": "a hidden field was filled in",
    "network-burst": "many from one network at once",
    "network-sustained": "many from one network in a day",
    "unchallenged-burst": "many at once from browsers without scripts",
    "unchallenged-sustained": "many in a day from browsers without scripts",
}


@blueprint.get("/organize/<name>/signers")
@access.needs("signers")
def search(name: str) -> Response | str:
    """Show the newest signers, or those of a state, a status and so on."""
    asked = replace(SearchForm.of(request.args), q="")
    return _found(name, asked, request.args.get("after", ""), request.args.get("before", ""))


@blueprint.post("/organize/<name>/signers")
@access.needs("signers")
def find(name: str) -> Response | str:
    """Show the signers that match the search form."""
    asked = SearchForm.of(request.form)
    return _found(name, asked, request.form.get("after", ""), request.form.get("before", ""))


def _found(name: str, asked: SearchForm, after: str, before: str) -> Response | str:
    services = current_services()
    error: InvalidInput | None = None
    page, count = Page((), None, None), 0
    try:
        wanted = signer_search.parse(
            name, asked, services.congress, services.today(), zone=access.here().zone
        )
        with services.database.reading() as connection:
            page = signers.page(
                connection,
                wanted,
                size=_PAGE_SIZE,
                after=row_number(after),
                before=row_number(before),
            )
            count = signers.count(connection, wanted)
        note_read(
            "search", len(page.signers), name, even_if_empty=bool(asked.q), **_asked_in_words(asked)
        )
    except InvalidInput as refused:
        error = refused
    body = render_template(
        "organize/signers.html",
        asked=asked,
        error=error,
        errors=error is not None,
        page=page,
        count=count,
        max_counted=signers.MAX_COUNTED,
        statuses=[(status, STATUS_WORDS[status]) for status in SignatureStatus],
        words=STATUS_WORDS,
        member=_member_name(asked.member),
        flag_words=FLAG_WORDS,
        hour_in_words=hour_in_words,
        can_release=asked.status == SignatureStatus.HELD
        and count > 0
        and access.may("review", name),
        can_strike=asked.is_narrow and count > 0 and access.may("review", name),
    )
    return Response(body, 422 if error else 200, content_type="text/html; charset=utf-8")


def note_read(
    what: str, rows: int, name: str, *, even_if_empty: bool = False, **details: str
) -> None:
    """Record what the account reads, before it is shown."""
    services = current_services()
    access_log.note_read(
        services.database,
        what,
        rows=rows,
        actor=access.actor(),
        campaign=name,
        now=services.now(),
        details=details,
        even_if_empty=even_if_empty,
    )


def _asked_in_words(asked: SearchForm) -> dict[str, str]:
    """Return the filter of a search; of free text, only that it was used."""
    values = {field.name: str(getattr(asked, field.name)) for field in fields(asked)}
    given = {key: value for key, value in values.items() if value and value != "False"}
    return {key: "given" if key in _TYPED_FREELY else value for key, value in given.items()}


def row_number(given: str) -> int | None:
    """Return a row id that a form or a URL carries, or None for any other text."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def hour_in_words(hour: str) -> str:
    """Return `June 15, 2026, 8:00 a.m. EDT` for the hour `2026-06-15T12` of UTC in the campaign's
    zone; any other text is returned unchanged.
    """
    try:
        at = datetime.strptime(f"{hour}+0000", "%Y-%m-%dT%H%z")
    except ValueError:
        return hour
    return local_time(at, access.here().zone)


def _member_name(bioguide: str) -> str:
    """Return `Senator Daines` for the holder of a seat with that id, else ""."""
    services = current_services()
    member = services.congress.members.get(bioguide)
    if member is None:
        return ""
    for seat in services.congress.seats.values():
        held = holder(services.congress, seat, services.today())
        if held.member is not None and held.member.bioguide == bioguide:
            return str(spoken_name(seat, held.member))
    return ""


def reason_given() -> str:
    """Return the typed reason of a decision. Raises InvalidInput where there is none."""
    reason = text.line(request.form.get("reason", ""), limit=200, field="reason")
    if not reason:
        raise InvalidInput("Enter a reason: it is kept with the signature.", field="reason")
    return reason
