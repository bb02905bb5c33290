"""Sending letters by Communicating With Congress: ask, read the mail, read the letters, approve.

A letter is sent only after its writer opened the mailed link and pressed the button under the exact
text. As with every mailed link, GET and HEAD change nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, Flask, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from limits.errors import StorageError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from campaign import civil_time
from campaign.congress import office_hours
from campaign.congress.contact import spoken_name
from campaign.congress.members import Seat
from campaign.congress.seat_holders import seat_of
from campaign.delivery import cwc_hours, cwc_sender
from campaign.errors import (
    InvalidInput,
    LinkUsed,
    StoreUnavailable,
    TokenRefused,
    TooManyAttempts,
    WroteLately,
)
from campaign.letters.compose import Letter
from campaign.letters.cwc_codes import PREFIXES, chamber_of, office_code
from campaign.packs.pack import Pack
from campaign.petition import cwc_approval
from campaign.petition.cwc_approval import Delivery, PendingLetters, Request
from campaign.settings import Settings
from campaign.store import cwc_offices
from campaign.store.statuses import DeliveryStatus
from campaign.web.core import error_pages, languages
from campaign.web.core.client_network import client_network
from campaign.web.core.forms import AskedEmailForm, FormSeal, email_field, phone_field, said
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.letters import builder_page
from campaign.web.letters.compose import (
    asks_district,
    chairs,
    record_fingerprints,
    representation_of,
)
from campaign.web.letters.compose import write as compose_letters
from campaign.web.letters.letter_form import LetterForm
from campaign.web.petition import used_links

blueprint = Blueprint("sending", __name__)

#: Where a letter from this site goes: to offices, to a test system that no office reads, or into a
#: folder.
Reach = Literal["live", "test", "dry-run"]

# The fields of this page's own form; all others belong to the letter builder and are carried along.
_OWN_FIELDS = frozenset({"prefix", "email", "phone", "answer", "token", "kept", "step", "action"})


class SendForm(AskedEmailForm):
    """What Communicating With Congress requires beside the letters."""

    prefix = SelectField(
        lazy_gettext("How you are addressed"),
        choices=[
            SelectChoice("", lazy_gettext("Choose one")),
            *(SelectChoice(each, each) for each in PREFIXES),
        ],
        validators=[DataRequired(lazy_gettext("Choose how you are addressed."))],
        validate_choice=False,
        render_kw={"autocomplete": "honorific-prefix"},
    )
    email = email_field()
    phone = phone_field()
    answer = RadioField(
        lazy_gettext("Do you want an answer?"),
        choices=[
            SelectChoice("yes", lazy_gettext("Yes, the office may write to me")),
            SelectChoice("no", lazy_gettext("No answer is needed")),
        ],
        default="yes",
        validate_choice=False,
    )
    token = HiddenField()


@dataclass(frozen=True)
class Shown:
    """One letter on its page: its recipient, text and status."""

    letter: Delivery
    to: str
    seat: str
    free_again: datetime | None
    opens: datetime | None


def init_app(app: Flask) -> None:
    """Let templates ask which letters can be sent this way: `electronic(letters)`,
    `cwc_reach()`.
    """
    app.jinja_env.globals.update(electronic=_electronic, cwc_reach=_reach_here)


# -- Ask -------------------------------------------------------------------------------------------


@blueprint.post("/c/<name>/send")
def start(name: str) -> Response:
    """Ask for what is needed beside the letters; then store them, and mail the link to approve
    them.
    """
    services = current_services()
    pack = services.shelf.get(name, services.now())
    is_asked = request.form.get("step") == "ask"
    posted = MultiDict(
        # This page asks for address and phone again and checks them with its own form.
        (key, value)
        for key, value in request.form.items(multi=True)
        if not (is_asked and key in _OWN_FIELDS)
    )
    letter_form = LetterForm.read(posted, pack, chairs(pack, services))
    try:
        letters = _own_letters(letter_form, pack, services) if letter_form.validate() else ()
    except InvalidInput:
        letters = ()
    if not letters:
        # The builder shows what is wrong, or asks who represents the writer.
        whole_form = LetterForm.read(request.form, pack, chairs(pack, services))
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
        form.form_errors = [gettext("This page was open for too long. Press the button again.")]
        return _ask_page(services, pack, form, letters, 422)
    _limit(services)
    try:
        _keep(services, pack, form, letters)
    except InvalidInput as error:
        return _refused(services, pack, form, letters, error)
    record_fingerprints([letter for letter, _ in letters], services)
    return keep_private(redirect(url_for("sending.asked", name=pack.name), 303))


@blueprint.get("/c/<name>/sent")
def asked(name: str) -> Response:
    """Say that a link is in the mail: the same page for everyone."""
    services = current_services()
    return _page("sending/asked.html", services, services.shelf.get(name, services.now()))


def _limit(services: Services) -> None:
    """Raise TooManyAttempts where one network asks for more mail than people in a room would."""
    network = client_network()
    try:
        if services.limits.allow_letter_request(network):
            return
    except StorageError:
        return  # counters that cannot be reached keep nobody out
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
    if asks_district(form, answer):
        return ()
    seats = {held.member.bioguide: held.seat for held in answer.holders if held.member}
    listed = _listed(services)
    return tuple(
        (letter, seats[letter.recipient.id])
        for letter in compose_letters(form, answer, pack, services).letters
        if letter.recipient.id in seats
        and _is_offered(services.settings, listed, office_code(seats[letter.recipient.id]))
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
    cwc_approval.ask(services.database, pack, ask, **services.moment())


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
        field.errors = (*field.errors, said(error))
    else:
        form.form_errors = [said(error)]
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
    return _page(
        "sending/ask.html",
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


# -- Read and approve ------------------------------------------------------------------------------


@blueprint.get("/approve/<token>")
def show(token: str) -> Response:
    """Show the exact texts with the button that sends them; afterwards, the status of each
    letter.
    """
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
    except TokenRefused as error:
        return _gone(error)
    return _letters_page(services, token, asked)


@blueprint.post("/approve/<token>")
def approve(token: str) -> Response:
    """Record the approval and queue the letters, once."""
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        services.shelf.get(asked.request.campaign, services.now())  # it can be written for still
        cwc_approval.approve(
            services.database,
            token,
            sentence=consent(),
            read=request.form.get("read"),
            **services.moment(),
        )
    except TokenRefused as error:
        return _gone(error)
    except InvalidInput as error:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        return _letters_page(services, token, asked, 409, notice=said(error))
    except WroteLately as error:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        return _letters_page(services, token, asked, 409, notice=said(error))
    return keep_private(redirect(url_for("sending.show", token=token), 303))


@blueprint.post("/approve/<token>/disown")
def disown(token: str) -> Response:
    """Delete letters that wait for approval."""
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        cwc_approval.disown(services.database, token, **services.moment())
    except TokenRefused as error:
        return _gone(error)
    pack = services.shelf.if_there_is(asked.request.campaign, services.now())
    return _page("sending/disowned.html", services, pack)


def consent() -> str:
    """Return the sentence beside the button in the language of the page: what the writer agrees
    to.
    """
    return str(
        gettext(
            "I have read these letters. Send them in my name, with my name, address and e-mail, "
            "to the offices named above."
        )
    )


def _letters_page(
    services: Services, token: str, asked: PendingLetters, status: int = 200, *, notice: str = ""
) -> Response:
    sending = asked.request
    pack = services.shelf.if_there_is(sending.campaign, services.now())
    shown = [_shown(services, asked, letter) for letter in asked.letters]
    return _page(
        "sending/show.html",
        services,
        pack,
        status,
        token=token,
        sending=sending,
        person=cwc_sender.constituent(sending),
        letters=shown,
        mark=cwc_approval.content_mark(asked),
        can_send=pack is not None
        and pack.published
        and any(each.free_again is None for each in shown),
        consent=consent(),
        notice=notice,
        zone=office_hours.home_zone(
            sending.state,
            sending.zip,
            elsewhere=civil_time.WASHINGTON if pack is None else pack.zone,
        ),
    )


def _shown(services: Services, asked: PendingLetters, letter: Delivery) -> Shown:
    member = services.congress.members.get(letter.member)
    held = seat_of(services.congress, member, services.today()) if member else None
    waits = letter.status in {DeliveryStatus.WAITING, DeliveryStatus.TOO_SOON}
    is_closed = (
        letter.status == DeliveryStatus.QUEUED
        and reach(services.settings, letter.office) != "dry-run"
    )
    return Shown(
        letter=letter,
        to=say(spoken_name(held.seat, held.member)) if held and held.member else letter.office,
        seat=say(held.seat.title) if held else "",
        free_again=asked.free_again.get(letter.member) if waits else None,
        opens=cwc_hours.closed_until(chamber_of(letter.office), services.now())
        if is_closed
        else None,
    )


def _gone(error: TokenRefused) -> Response:
    if isinstance(error, LinkUsed):
        return used_links.page(error)
    return keep_private(error_pages.page(410, said(error)))


# -- Where letters go ------------------------------------------------------------------------------


def reach(settings: Settings, office: str = "") -> Reach:
    """Return where letters get by these settings.

    The Senate's system has no test system, so without an office the answer is the House's.
    """
    if not settings.cwc_api_key:
        return "dry-run"
    is_house = not office or chamber_of(office) == "house"
    return "test" if is_house and settings.cwc_is_test else "live"


def _reach_here() -> Reach:
    return reach(current_services().settings)


def _is_offered(settings: Settings, listed: frozenset[str], office: str) -> bool:
    """Return True where this site can deliver letters to that office.

    In development a dry run is offered too, for the people who run the site.
    """
    reaches = settings.env == "development" or reach(settings, office) == "live"
    return reaches and cwc_sender.takes_part(settings, listed, office)


def _electronic(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Return the letters whose recipients' offices take part in Communicating With Congress."""
    services = current_services()
    listed = _listed(services)
    found = []
    for letter in letters:
        member = services.congress.members.get(letter.recipient.id)
        held = seat_of(services.congress, member, letter.on_date) if member else None
        if (
            held is not None
            and letter.recipient.kind != "chair"
            and _is_offered(services.settings, listed, office_code(held.seat))
        ):
            found.append(letter)
    return tuple(found)


def _listed(services: Services) -> frozenset[str]:
    """Return the offices that take part, or none while the database does not answer."""
    if not services.settings.cwc_api_key:
        return frozenset()
    try:
        with services.database.reading() as connection:
            return cwc_offices.listed(connection)[0]
    except StoreUnavailable:
        return frozenset()


def _page(
    template: str, services: Services, pack: Pack | None, status: int = 200, **values: object
) -> Response:
    shown: Mapping[str, Any] = {
        # The navigation is for a campaign that the public can see.
        "pack": pack if pack is not None and pack.published else None,
        "texts": None if pack is None else pack.text(languages.current()),
        "reach": reach(services.settings),
        "text_days": cwc_approval.TEXT_DAYS,
        **values,
    }
    return keep_private(make_response(render_template(template, **shown), status))
