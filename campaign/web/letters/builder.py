"""The letter builder: who you are, what to say, then letters to read and send.

What is typed is not stored: preview and files are made from the posted form by the same code, so
they hold the same words. Only when a letter is downloaded, printed or copied, a fingerprint of it
is stored (`campaign.petition.letter_fingerprints`).
"""

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput
from campaign.letters.formats import Format
from campaign.packs.pack import Pack
from campaign.web.core.caching import Page, send
from campaign.web.core.representatives import known_district
from campaign.web.core.services import Services, current_services
from campaign.web.letters import builder_page, download
from campaign.web.letters.compose import (
    WrittenLetters,
    asks_district,
    chairs,
    compared,
    record_fingerprints,
    representation_of,
    write,
)
from campaign.web.letters.letter_form import LetterForm

blueprint = Blueprint("builder", __name__)

# The fields that the confirmation page or the list of members may fill in.
_PREFILLED = ("first_name", "last_name", "street", "city", "state", "zip", "email", "recipient")


@blueprint.get("/c/<name>/write")
def show(name: str) -> Response:
    """Show the builder with an empty form."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = LetterForm.empty(pack, chairs(pack, services), services.congress)
    return send(Page.of(builder_page.render(form, pack, services)))


@blueprint.post("/c/<name>/write")
def make(name: str) -> Response:
    """Fill in the form, show the letters, or send them as a file, depending on `action`.

    An action may name a recipient, as in `pdf:D000618`.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    action, recipient_id = _action()
    if action == "start":
        return make_response(builder_page.render(_prefilled(pack, services), pack, services))
    form = LetterForm.read(request.form, pack, chairs(pack, services), services.congress)
    if action == "senators":
        form.to.data = ["senate"]
    if action == "again":
        form.start_again(recipient_id)
    if file_format := download.file_format(action):
        return _file(form, file_format, recipient_id, pack, services)
    return builder_page.answer_with_letters(form, pack, services)


@blueprint.post("/c/<name>/write/follow")
def follow(name: str) -> Response:
    """Answer with the letters for a preview that follows typing, or with an empty 204 response if
    there are none.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = LetterForm.read(request.form, pack, chairs(pack, services), services.congress)
    written = _without_lookup(form, pack, services)
    if written is None:
        return make_response("", 204)
    values = builder_page.letter_values(form, pack, compared(written, services))
    return make_response(render_template("builder/_letters.html", **values))


@blueprint.post("/c/<name>/write/taken")
def taken(name: str) -> Response:
    """Record that the browser printed or copied a letter; `action` names its recipient."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = LetterForm.read(request.form, pack, chairs(pack, services), services.congress)
    _, recipient_id = _action()
    written = _without_lookup(form, pack, services)
    if written is not None:
        record_fingerprints(written.to(recipient_id), services)
    return make_response("", 204)


def _action() -> tuple[str, str]:
    """Return the action of the pressed button, and the id of the recipient that it names."""
    action, _, recipient_id = request.form.get("action", "preview").partition(":")
    return action, recipient_id


def _prefilled(pack: Pack, services: Services) -> LetterForm:
    """Return the form for a person who comes from another page, with what that page knows."""
    posted = LetterForm(request.form)
    values = {name: str(posted[name].data or "") for name in _PREFILLED if name in request.form}
    district = known_district(request.form.get("district", ""), services)
    if district is not None:
        values = {"state": district.state, **values, "district": str(district)}
        values["district_zip"] = values.get("zip", "")
    form = LetterForm.empty(pack, chairs(pack, services), services.congress, **values)
    builder_page.offer_names(form, services)
    return form


def _file(
    form: LetterForm,
    file_format: Format,
    recipient_id: str,
    pack: Pack,
    services: Services,
) -> Response:
    """Send the letter to a recipient, or all letters, as a file, or show what is wrong."""
    written = builder_page.letters_of(form, pack, services)
    if written is None:
        return builder_page.refuse(form, pack, services)
    letters = written.to(recipient_id) or abort(404)
    try:
        response = download.send(letters, file_format, pack, services, prefixes=form.prefixes)
    except InvalidInput as error:
        builder_page.add_error(form, error)
        return builder_page.refuse(form, pack, services)
    record_fingerprints(letters, services)
    return response


def _without_lookup(form: LetterForm, pack: Pack, services: Services) -> WrittenLetters | None:
    """Return the letters that can be made without asking the geocoder, or None."""
    if not form.validate():
        return None
    try:
        answer = representation_of(form, services, by_street=False)
        return (
            None
            if asks_district(form, answer, pack, services)
            else write(form, answer, pack, services)
        )
    except InvalidInput:
        return None
