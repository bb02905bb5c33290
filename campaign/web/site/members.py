"""Your members: from a ZIP, a street address or a name to the people who represent you."""

from flask import Blueprint, make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import Form, SelectField
from wtforms.validators import DataRequired

from campaign.congress.places import STATES, District, ZipCode, state_code
from campaign.congress.routing import Representation, SeatHolder
from campaign.errors import InvalidInput
from campaign.letters.channels import office_phones
from campaign.letters.letter import Recipient
from campaign.letters.office_recipients import office_recipients
from campaign.letters.targets import asked_members, street_matters
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.forms import CleanField, ZipField, error_sentence
from campaign.web.core.member_cards import cards
from campaign.web.core.query_parameters import carries, one_of
from campaign.web.core.representatives import (
    Home,
    is_open,
    known_district,
    notes,
    represented,
    state_choices,
    to_choose_from,
)
from campaign.web.core.services import Services, current_services
from campaign.web.core.zip_form import ZipForm
from campaign.web.letters.call_round import round_for

blueprint = Blueprint("members", __name__)


class StreetForm(Form):
    """The street address, where a ZIP has several districts. Sent by POST, so that no URL holds
    it.
    """

    zip = ZipField(lazy_gettext("ZIP code"), limit=20)
    street = CleanField(
        lazy_gettext("Street address"),
        limit=100,
        validators=[
            DataRequired(
                lazy_gettext("Enter your house number and street, such as 421 8th Avenue.")
            )
        ],
        render_kw={"autocomplete": "address-line1"},
    )
    city = CleanField(lazy_gettext("City"), limit=100, render_kw={"autocomplete": "address-level2"})
    state = SelectField(
        lazy_gettext("State"),
        choices=state_choices,
        validate_choice=False,
        render_kw={"autocomplete": "address-level1"},
    )


def _place(typed: str) -> str:
    """Return a ZIP or district that may be kept in a URL, or "" for anything else."""
    for kind in (ZipCode, District):
        try:
            return str(kind.parse(typed))
        except InvalidInput:
            continue
    return ""


@blueprint.get("/c/<name>/members")
@carries(zip=_place, district=_place, state=one_of(*STATES))
def show(name: str) -> Response:
    """Show the form, or the members for `?zip=` or `?district=`, or seats to choose from."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = ZipForm(request.args)
    typed = request.args.get("zip", "")
    state = state_code(request.args.get("state", ""))
    # People who know their district may type it, such as CA-30, into the field for the ZIP.
    in_place_of_zip = known_district(typed, services)
    district = in_place_of_zip or known_district(request.args.get("district", ""), services)
    if district is None and "zip" not in request.args:
        return _page(services, pack, form)
    if in_place_of_zip is None and (typed or district is None) and not form.validate():
        return _page(services, pack, form, status=422)
    if district is not None:
        # A district implies its state; where the ZIP disagrees, the district is the field to
        # correct.
        state = "" if form.zip.code else district.state
    home = Home(zip=form.zip.code, district=district, state=state)
    return _page(services, pack, form, home=home)


@blueprint.post("/c/<name>/members")
def by_street(name: str) -> Response:
    """Show the members for a street address, or the candidates where it cannot be located."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = ZipForm(request.form)
    street = StreetForm(request.form)
    if not form.validate():
        return _page(services, pack, form, status=422)
    if not street.validate():
        return _page(services, pack, form, street, home=Home(zip=form.zip.code), status=422)
    home = Home(
        zip=form.zip.code,
        street=street.street.data or "",
        city=street.city.data or "",
        state=street.state.data or "",
    )
    return _page(services, pack, form, street, home=home)


def _page(
    services: Services,
    pack: Pack,
    form: ZipForm,
    street: StreetForm | None = None,
    *,
    home: Home | None = None,
    status: int = 200,
) -> Response:
    answer: Representation | None = None
    choices: tuple[SeatHolder, ...] = ()
    if home is not None:
        try:
            answer = represented(home, services)
        except InvalidInput as error:
            status = 422
            # Only the person knows which of the two is wrong; the one typed last is the one to
            # correct.
            if street is None:
                form.zip.errors = (error_sentence(error),)
                home = None
            else:
                street.state.errors = (error_sentence(error),)
                home = Home(zip=home.zip)
                answer = represented(home, services)
    matters = (
        home is not None
        and answer is not None
        and street_matters(pack.targets, services.congress, answer, home.state)
    )
    is_asking = matters and answer is not None and is_open(answer)
    if home is not None and answer is not None and is_asking:
        choices = to_choose_from(answer, home.state, services)
    five = home.zip.five if home and home.zip else ""
    officials = _officials(home, answer, is_asking, pack, services) if home and answer else ()
    body = render_template(
        "members/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        form=form,
        street_form=street or StreetForm(data={"zip": str(home.zip) if home and home.zip else ""}),
        errors=bool(form.errors or (street and street.errors)),
        home=home,
        answer=answer,
        is_open=is_asking,
        is_known=answer is not None and _is_known(answer),
        checks_street=answer is not None and answer.need == "residence" and matters,
        notes=_notes(answer, is_asking, pack) if answer else (),
        cards=cards(answer.holders, pack, services, five) if answer else (),
        asked=asked_members(pack.targets, services.congress, answer.holders) if answer else (),
        officials=officials,
        can_call={office.id for office in officials if office_phones(office)},
        round=round_for(home, answer, pack, services) if home and answer else "",
        choices=choices,
        states=state_choices(),
        meta=services.congress.meta,
    )
    return make_response(body, status)


def _is_known(answer: Representation) -> bool:
    return bool(answer.districts or answer.holders or answer.candidates)


def _notes(answer: Representation, is_asking: bool, pack: Pack) -> tuple[str, ...]:
    """Return the notes about the place, but none about members or streets that do not matter."""
    if _is_known(answer) and not is_asking and (is_open(answer) or not pack.targets.has_members):
        return ()
    return notes(answer)


def _officials(
    home: Home, answer: Representation, is_asking: bool, pack: Pack, services: Services
) -> tuple[Recipient, ...]:
    """Return the local targets who answer to the home; executive offices where no member is asked.

    Whoever has a member to write to is not led past them.
    """
    asked = asked_members(pack.targets, services.congress, answer.holders)
    return office_recipients(
        services.congress,
        pack,
        zip_code=home.zip.five if home.zip else "",
        state=answer.state or home.state,
        city=home.city,
        executive=not asked and not is_asking,
    )
