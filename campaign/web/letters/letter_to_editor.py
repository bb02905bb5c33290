"""A letter to the editor: typed once, its words counted, downloaded as text or as a document."""

from flask import Blueprint, make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from campaign.congress import office_hours
from campaign.errors import InvalidInput
from campaign.letters import letter_to_editor
from campaign.letters.compose import Constituent
from campaign.letters.formats import MIMETYPES
from campaign.letters.letter_to_editor import MAX_WORDS, EditorLetter
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.forms import NameForm, city_field, error_sentence
from campaign.web.core.representatives import state_choices
from campaign.web.core.services import current_services
from campaign.web.letters.letter_form import personal_field

blueprint = Blueprint("letter_to_editor", __name__)

_BROUGHT = ("first_name", "last_name", "city", "state", "personal")


class EditorForm(NameForm):
    """What a newspaper prints: a name, a town, and the text. The site stores none of it."""

    city = city_field()
    state = SelectField(
        lazy_gettext("State"),
        choices=state_choices,
        validate_choice=False,
        render_kw={"autocomplete": "address-level1"},
    )
    personal = personal_field()

    def writer(self) -> Constituent:
        """Return the writer; a newspaper prints no street."""
        return Constituent(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            address1="",
            city=self.city.data or "",
            state=self.state.data or "",
            zip="",
        )


@blueprint.get("/c/<name>/editor")
def show(name: str) -> Response:
    """Show an empty form."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    return send(Page.of(_body(pack, EditorForm())))


@blueprint.post("/c/<name>/editor")
def make(name: str) -> Response:
    """Start with what the letters know, show the draft, or send it as a file, as `action` says.

    The letter builder's button sends `editor`: its form brings name, town and text along.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    action = request.form.get("action", "preview")
    form = EditorForm(request.form)
    if action == "editor":
        given = {field: str(form[field].data or "") for field in _BROUGHT}
        return make_response(_body(pack, EditorForm(data=given)))
    if not form.validate():
        return make_response(_body(pack, form), 422)
    try:
        writer = form.writer()
        day = office_hours.home_day(services.now(), writer.state, "", elsewhere=pack.zone)
        letter = letter_to_editor.draft(
            pack, writer, personal=form.personal.data or "", on_date=day
        )
    except InvalidInput as error:
        form.personal.errors = (*form.personal.errors, error_sentence(error))
        return make_response(_body(pack, form), 422)
    if action == "docx":
        return _file(letter_to_editor.word_document(letter), MIMETYPES["docx"], "docx")
    if action == "txt":
        return _file(
            letter_to_editor.wrapped_text(letter).encode(), "text/plain; charset=utf-8", "txt"
        )
    return make_response(_body(pack, form, letter))


def _file(made: bytes, mimetype: str, suffix: str) -> Response:
    response = make_response(made)
    response.headers["Content-Type"] = mimetype
    response.headers["Content-Disposition"] = (
        f'attachment; filename="letter-to-the-editor.{suffix}"'
    )
    return response


def _body(pack: Pack, form: EditorForm, letter: EditorLetter | None = None) -> str:
    return render_template(
        "letter_to_editor/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        form=form,
        errors=bool(form.errors),
        letter=letter,
        plain=letter_to_editor.plain_text(letter) if letter else "",
        most_words=MAX_WORDS,
    )
