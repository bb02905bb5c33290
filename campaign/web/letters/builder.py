"""The letter builder: who you are, what to say, then letters to read and send.

What is typed is not stored: preview and PDF are made from the posted form by the same call, so they
hold the same words. For a letter that is taken away, as a file, printed or copied, a fingerprint is
stored (`campaign.petition.letter_fingerprints`).
"""

from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response
from wtforms import Field

from campaign.congress.routing import Representation, route_zip
from campaign.errors import InvalidInput
from campaign.letters.print import document
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.forms import said
from campaign.web.core.representatives import is_open, known_district, notes, to_choose_from
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.letters import download
from campaign.web.letters.compose import (
    Written,
    asks_district,
    chairs,
    compared,
    find,
    keep_fingerprints,
    write,
)
from campaign.web.letters.letter_form import AUDIENCE_WORDS, MOST_POINTS, LetterForm
from campaign.web.petition.district_question import leads_nowhere, unlisted

blueprint = Blueprint("write", __name__)

# The fields that a person may bring along from the confirmation or from the list of members.
_BROUGHT = ("first_name", "last_name", "street", "city", "state", "zip", "email", "recipient")


@blueprint.get("/c/<name>/write")
def show(name: str) -> Response:
    """Show the builder with an empty form."""
    services = current_services()
    pack = services.shelf.get(name, services.now())
    return send(Page.of(_body(pack, LetterForm.empty(pack, chairs(pack, services)))))


@blueprint.post("/c/<name>/write")
def make(name: str) -> Response:
    """Start with what is known, show the letters, or send them as a file, as `action` says."""
    services = current_services()
    return respond(services.shelf.get(name, services.now()), services)


def respond(pack: Pack, services: Services) -> Response:
    """Answer a posted form with the builder's page, or with letters as a file."""
    action, _, whom = request.form.get("action", "preview").partition(":")
    if action == "start":
        return _page(pack, _started(pack, services))
    form = LetterForm.read(request.form, pack, chairs(pack, services))
    if action == "senators":
        form.to.data = ["senate"]
    if action == "again":
        form.start_again(whom)
    if not form.validate():
        _offer_names(form, services)
        return _page(pack, form, status=422)
    try:
        written = _write(form, pack, services)
        if written is None:
            return _page(pack, form, status=422)
        if download.is_file(action):
            chosen = written.to(whom) or abort(404)
            response = download.send(chosen, action, pack, services)
            keep_fingerprints(chosen, services)
            return response
    except InvalidInput as error:
        _add_error(form, error.field, said(error))
        return _page(pack, form, status=422)
    return _page(pack, form, written=compared(written, services))


@blueprint.post("/c/<name>/write/follow")
def follow(name: str) -> Response:
    """Answer with the letters, for a preview that follows typing, or with nothing where that fails.

    Nothing is sent to other services: an address is looked up only when the letters are requested.
    """
    services = current_services()
    pack = services.shelf.get(name, services.now())
    form = LetterForm.read(request.form, pack, chairs(pack, services))
    try:
        answer = find(form, services, by_street=False) if form.validate() else None
        if answer is None or asks_district(form, answer):
            return make_response("", 204)
        written = write(form, answer, pack, services)
    except InvalidInput:
        return make_response("", 204)
    shown = _shown(pack, form, compared(written, services))
    return make_response(render_template("write/_letters.html", **shown))


@blueprint.post("/c/<name>/write/taken")
def taken(name: str) -> Response:
    """Record that the browser printed or copied a letter; `action` names its recipient."""
    services = current_services()
    pack = services.shelf.get(name, services.now())
    form = LetterForm.read(request.form, pack, chairs(pack, services))
    _, _, whom = request.form.get("action", "").partition(":")
    try:
        answer = find(form, services, by_street=False) if form.validate() else None
        if answer is not None:
            keep_fingerprints(write(form, answer, pack, services).to(whom), services)
    except InvalidInput:
        pass  # It was copied all the same.
    return make_response("", 204)


def _write(form: LetterForm, pack: Pack, services: Services) -> Written | None:
    """Compose the letters, or return None, with the question in the form, for an open district.

    Raises InvalidInput where ZIP and state disagree.
    """
    answer = find(form, services)
    _offer_names(form, services, answer)
    if asks_district(form, answer):
        _ask_place(form, answer, services)
        return None
    if len(answer.districts) == 1:
        form.settle(str(answer.districts[0]))
    return write(form, answer, pack, services)


# -- The form --------------------------------------------------------------------------------------


def _started(pack: Pack, services: Services) -> LetterForm:
    """Return the form for a person who comes from another page, with what they brought along."""
    brought = LetterForm(request.form)
    given = {name: str(brought[name].data or "") for name in _BROUGHT if name in request.form}
    district = known_district(request.form.get("district", ""), services)
    if district is not None:
        given = {"state": district.state, **given, "district": str(district)}
        given["district_zip"] = given.get("zip", "")
    form = LetterForm.empty(pack, chairs(pack, services), **given)
    _offer_names(form, services)
    return form


def _ask_place(form: LetterForm, answer: Representation, services: Services) -> None:
    """Say beside the ZIP that it leads nowhere, or ask who represents the person."""
    by_zip = (
        None
        if form.zip.code is None
        else route_zip(services.congress, form.zip.code, services.today())
    )
    if form.zip.code is not None and by_zip is not None and leads_nowhere(by_zip):
        _add_error(form, "zip", say(unlisted(form.zip.code, by_zip)))
    else:
        _add_error(form, "district", " ".join(notes(answer)))


def _offer_names(
    form: LetterForm, services: Services, answer: Representation | None = None
) -> None:
    """Let the person choose a member by name where the ZIP leaves the district open.

    Without an open `answer`, only where they chose by name before: the street, which they type in
    any case, may settle it.
    """
    if answer is not None and is_open(answer):
        form.offer(to_choose_from(answer, form.state.data or "", services))
    elif form.chosen_district and form.zip.code is not None:
        by_zip = route_zip(services.congress, form.zip.code, services.today())
        if is_open(by_zip):
            form.offer(to_choose_from(by_zip, form.state.data or "", services))


def _add_error(form: LetterForm, name: str, sentence: str) -> None:
    field: Field = form[name if name in form else "personal"]
    field.errors = (*field.errors, sentence)


def _page(
    pack: Pack, form: LetterForm, *, written: Written | None = None, status: int = 200
) -> Response:
    """Answer one person; the page is not cached."""
    return make_response(_body(pack, form, written), status)


def _body(pack: Pack, form: LetterForm, written: Written | None = None) -> str:
    return render_template(
        "write/show.html",
        **_shown(pack, form, written),
        texts=pack.text(languages.current()),
        errors=bool(form.errors),
        members=current_services().congress.members,
        chairs=bool(pack.targets),
        most_points=MOST_POINTS,
        audiences=AUDIENCE_WORDS,
    )


def _shown(pack: Pack, form: LetterForm, written: Written | None) -> dict[str, Any]:
    """Return the values for the part of the page that shows the letters."""
    return {"pack": pack, "form": form, "written": written, "document": document}
