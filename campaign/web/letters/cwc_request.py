"""The request to send letters through Communicating With Congress, which mails the writer a link.

Letters are sent only after their writer opens the link, reads the exact texts, and presses the
button there (`campaign.web.letters.cwc_approval`).
"""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from limits.errors import StorageError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from campaign.congress.members import Seat
from campaign.errors import InvalidInput, TooManyAttempts
from campaign.letters.compose import Letter
from campaign.letters.cwc.codes import PREFIXES
from campaign.packs.pack import Pack
from campaign.petition import cwc_requests
from campaign.petition.cwc_requests import Request
from campaign.web.core import languages
from campaign.web.core.client_network import client_network
from campaign.web.core.forms import (
    AskedEmailForm,
    FormSeal,
    email_field,
    error_sentence,
    phone_field,
)
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.letters import builder_page
from campaign.web.letters.compose import (
    asks_district,
    chairs,
    record_fingerprints,
    representation_of,
    write,
)
from campaign.web.letters.cwc_offer import accepts_letters, listed_offices
from campaign.web.letters.cwc_page import page
from campaign.web.letters.letter_form import LetterForm

blueprint = Blueprint("cwc_request", __name__)

# The fields of this page's own form; all others belong to the letter builder and are carried along.
_OWN_FIELDS = frozenset({"prefix", "email", "phone", "answer", "token", "kept", "step", "action"})


class SendForm(AskedEmailForm):
    """What Communicating With Congress requires besides the letters."""

    prefix = SelectField(
        lazy_gettext("Title"),
        choices=[
            SelectChoice("", lazy_gettext("Choose one")),
            *(SelectChoice(each, each) for each in PREFIXES),
        ],
        validators=[DataRequired(lazy_gettext("Choose a title."))],
        validate_choice=False,
        render_kw={"autocomplete": "honorific-prefix"},
    )
    email = email_field()
    phone = phone_field()
    answer = RadioField(
        lazy_gettext("Do you want a reply?"),
        choices=[
            SelectChoice("yes", lazy_gettext("Yes, the office may reply to me")),
            SelectChoice("no", lazy_gettext("No reply is needed")),
        ],
        default="yes",
        validate_choice=False,
    )
    token = HiddenField()


@blueprint.post("/c/<name>/send")
def start(name: str) -> Response:
    """Ask for what is needed beside the letters, then store them and mail the link that approves
    them.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    is_asked = request.form.get("step") == "ask"
    posted = MultiDict(
        # This page asks for address and phone again and checks them with its own form.
        (key, value)
        for key, value in request.form.items(multi=True)
        if not (is_asked and key in _OWN_FIELDS)
    )
    letter_form = LetterForm.read(posted, pack, chairs(pack, services), services.congress)
    try:
        letters = _own_letters(letter_form, pack, services) if letter_form.validate() else ()
    except InvalidInput:
        letters = ()
    if not letters:
        # The builder shows what is wrong, or asks who represents the writer.
        whole_form = LetterForm.read(request.form, pack, chairs(pack, services), services.congress)
        return builder_page.answer_with_letters(whole_form, pack, services)
    if not is_asked:
        form = SendForm(data={"email": letter_form.email.data, "phone": letter_form.phone.data})
        return _ask_page(services, pack, form, letters)
    form = SendForm(request.form)
    if not form.validate() or form.is_to_ask():
        return _ask_page(services, pack, form, letters, 422)
    if not FormSeal(services.settings.keyring, now=services.now()).is_good(
        form.token.data or "", f"send:{pack.name}"
    ):
        form.form_errors = [gettext("This page was open for a while. Press the button again.")]
        return _ask_page(services, pack, form, letters, 422)
    _limit(services)
    try:
        _keep(services, pack, form, letters)
    except InvalidInput as error:
        return _refused(services, pack, form, letters, error)
    record_fingerprints([letter for letter, _ in letters], services)
    return keep_private(redirect(url_for("cwc_request.asked", name=pack.name), 303))


@blueprint.get("/c/<name>/sent")
def asked(name: str) -> Response:
    """Say that a link was mailed; the page is the same for everyone."""
    services = current_services()
    return page("cwc_request/asked.html", services, services.campaigns.get(name, services.now()))


def _limit(services: Services) -> None:
    """Raise TooManyAttempts if one network asks for more mail than a room full of people would."""
    network = client_network()
    try:
        if services.limits.allow_letter_request(network):
            return
    except StorageError:
        return  # While the counters are down, requests are accepted.
    raise TooManyAttempts(
        "There were too many attempts from here in a short time. Try again later.", retry_after=3600
    )


def _own_letters(
    form: LetterForm, pack: Pack, services: Services
) -> tuple[tuple[Letter, Seat], ...]:
    """Return the letters to the writer's own members whose offices take part, with their seats.

    Offices reply only to their own constituents, so committee chairs from elsewhere are left out.
    Raises InvalidInput.
    """
    answer = representation_of(form, services)
    if asks_district(form, answer, pack, services):
        return ()
    seats = {held.member.bioguide: held.seat for held in answer.holders if held.member}
    listed = listed_offices(services)
    return tuple(
        (letter, seats[letter.recipient.id])
        for letter in write(form, answer, pack, services).letters
        if letter.recipient.id in seats
        and accepts_letters(services, listed, seats[letter.recipient.id])
    )


def _keep(
    services: Services, pack: Pack, form: SendForm, letters: Sequence[tuple[Letter, Seat]]
) -> None:
    assert form.email.address is not None
    person = replace(
        letters[0][0].constituent,
        prefix=form.prefix.data or "",
        email=form.email.address.address,
        phone=form.phone.data or "",
    )
    ask = Request(
        person=person,
        email=form.email.address,
        letters=[(replace(letter, constituent=person), seat) for letter, seat in letters],
        wants_reply=form.answer.data != "no",
        language=languages.current(),
    )
    cwc_requests.ask(services.database, pack, ask, **services.moment())


def _refused(
    services: Services,
    pack: Pack,
    form: SendForm,
    letters: Sequence[tuple[Letter, Seat]],
    error: InvalidInput,
) -> Response:
    """Show a refusal beside its field, or above the form where it has no such field."""
    if error.field in form:
        field = form[error.field]
        field.errors = (*field.errors, error_sentence(error))
    else:
        form.form_errors = [error_sentence(error)]
    return _ask_page(services, pack, form, letters, 422)


def _ask_page(
    services: Services,
    pack: Pack,
    form: SendForm,
    letters: Sequence[tuple[Letter, Seat]],
    status: int = 200,
) -> Response:
    seal = FormSeal(services.settings.keyring, now=services.now())
    form.token.data = seal.make(f"send:{pack.name}")
    return page(
        "cwc_request/ask.html",
        services,
        pack,
        status,
        form=form,
        errors=bool(form.errors or form.form_errors),
        to=[letter.recipient.short for letter, _ in letters],
        carried=[
            (key, value)
            for key, value in request.form.items(multi=True)
            if key not in _OWN_FIELDS and value
        ],
    )
