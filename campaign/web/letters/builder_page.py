"""The page of the letter builder: the form with what is wrong or open in it, and the letters."""

from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response
from wtforms import Field

from campaign.congress.routing import Representation, route_zip
from campaign.errors import InvalidInput
from campaign.letters.print import document
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.forms import error_sentence
from campaign.web.core.representatives import is_open, notes, to_choose_from
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.letters import form_choices
from campaign.web.letters.call_round import as_round, in_order
from campaign.web.letters.compose import (
    WrittenLetters,
    asks_district,
    compared,
    representation_of,
    write,
)
from campaign.web.letters.known_recipients import called, known_recipient
from campaign.web.letters.letter_form import AUDIENCE_WORDS, MAX_POINTS, LetterForm
from campaign.web.petition.district_question import leads_nowhere, unlisted


def letters_of(form: LetterForm, pack: Pack, services: Services) -> WrittenLetters | None:
    """Return the letters of a form, or None, with what is wrong or open as errors of its fields."""
    if not form.validate():
        offer_names(form, services)
        return None
    try:
        answer = representation_of(form, services)
        offer_names(form, services, answer)
        if asks_district(form, answer, pack, services):
            _ask_place(form, answer, services)
            return None
        if len(answer.districts) == 1:
            form.settle(str(answer.districts[0]))
        return write(form, answer, pack, services)
    except InvalidInput as error:
        add_error(form, error)
        return None


def answer_with_letters(form: LetterForm, pack: Pack, services: Services) -> Response:
    """Answer with the form and its letters, or, with status 422, with what is wrong or open."""
    written = letters_of(form, pack, services)
    if written is None:
        return refuse(form, pack, services)
    return make_response(render(form, pack, services, compared(written, services)))


def refuse(form: LetterForm, pack: Pack, services: Services) -> Response:
    """Answer with the form and its errors, with status 422."""
    return make_response(render(form, pack, services), 422)


def add_error(form: LetterForm, error: InvalidInput) -> None:
    """Add an error to the field that it names, or to the personal paragraph."""
    _add_sentence(form, error.field, error_sentence(error))


def offer_names(form: LetterForm, services: Services, answer: Representation | None = None) -> None:
    """Let the person choose a member by name where the ZIP leaves the district open.

    Without an `answer`, names are offered only if the person chose by name before: otherwise the
    street may settle the district.
    """
    if answer is not None and is_open(answer):
        form.offer(to_choose_from(answer, form.state.data or "", services))
    elif form.chosen_district and form.zip.code is not None:
        by_zip = route_zip(services.congress, form.zip.code, services.today())
        if is_open(by_zip):
            form.offer(to_choose_from(by_zip, form.state.data or "", services))


def render(
    form: LetterForm, pack: Pack, services: Services, written: WrittenLetters | None = None
) -> str:
    """Return the page, with the letters if there are any."""
    texts = pack.text(languages.current())
    return render_template(
        "builder/show.html",
        **letter_values(form, pack, written),
        texts=texts,
        prompts=form_choices.prompts(texts),
        choices_made=form_choices.choices_made(form, written, pack),
        none_chosen=form_choices.none_chosen(),
        errors=bool(form.errors),
        edited=_edited(form, pack, services),
        chairs=bool(pack.targets.chairs),
        most_points=MAX_POINTS,
        audiences=AUDIENCE_WORDS,
    )


def _edited(form: LetterForm, pack: Pack, services: Services) -> dict[str, str]:
    """Return {id: name} of the recipients whose letters were edited by hand."""
    found = {key: known_recipient(key, pack, services) for key in form.edits}
    return {key: say(each.short) for key, each in found.items() if each is not None}


def letter_values(form: LetterForm, pack: Pack, written: WrittenLetters | None) -> dict[str, Any]:
    """Return the values for the part of the page that shows the letters."""
    letters = written.letters if written is not None else ()
    asked = (called(letter.recipient.id, pack, current_services()) for letter in letters)
    calls = in_order(each.recipient for each in asked if each is not None)
    return {
        "pack": pack,
        "form": form,
        "written": written,
        "document": document,
        "calls": calls,
        "round": as_round(calls),
    }


def _ask_place(form: LetterForm, answer: Representation, services: Services) -> None:
    """Add an error to the ZIP where it is not in use, or ask who represents the person."""
    by_zip = (
        None
        if form.zip.code is None
        else route_zip(services.congress, form.zip.code, services.today())
    )
    if form.zip.code is not None and by_zip is not None and leads_nowhere(by_zip):
        _add_sentence(form, "zip", say(unlisted(form.zip.code, by_zip)))
    else:
        _add_sentence(form, "district", " ".join(notes(answer)))


def _add_sentence(form: LetterForm, name: str, sentence: str) -> None:
    field: Field = form[name if name in form else "personal"]
    field.errors = (*field.errors, sentence)
