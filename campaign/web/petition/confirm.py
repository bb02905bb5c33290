"""The mailed link that confirms a signature: its page, its button, and "this was not me".

Mail scanners follow links, so GET and HEAD change nothing; only a button does. The page shows
everything that was typed, because another person may have typed it, and lets the owner correct it
before it counts.
"""

from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from campaign.congress.places import District, ZipCode
from campaign.congress.routing import Representation
from campaign.errors import InvalidInput, PlaceUnknown
from campaign.letters.office_recipients import office_recipients
from campaign.letters.targets import asked_members, street_matters
from campaign.organizing import current_districts
from campaign.packs.pack import Pack
from campaign.petition import mailed_links, public_counts, share_credit
from campaign.petition.mailed_links import ConfirmedDetails
from campaign.petition.signing import SENTENCE
from campaign.store.signatures import Signature
from campaign.store.statuses import SignatureStatus
from campaign.web.core import languages
from campaign.web.core.forms import TWO_PEOPLE, ConfirmForm, error_sentence
from campaign.web.core.representatives import Home, notes, represented
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.letters.call_round import as_round, offices_to_call
from campaign.web.petition import district_question, public_stats, thanks_ticket
from campaign.web.petition.district_question import Question, Residence

blueprint = Blueprint("confirm", __name__)

# The page names the deadline when it is less than this far away.
_END_IS_NEAR = timedelta(days=7)


@blueprint.get("/confirm/<token>")
def ask(token: str) -> Response:
    """Show what was typed, with the buttons that confirm and delete it.

    A used link says what it did.
    """
    services = current_services()
    signature = mailed_links.look_up(services.database, token, "confirm", **services.moment())
    if signature.status != SignatureStatus.PENDING:
        return _used(services, signature)
    if _pack_if_shown(services, signature) is None:
        return _not_shown(services, token)
    return _ask(services, token, signature, _form(signature))


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> AnyResponse:
    """Count the signature with its owner's corrections, and redirect to the thank-you page.

    A post without the page's fields, such as from an earlier version's page, corrects nothing.
    """
    services = current_services()
    signature = mailed_links.look_up(services.database, token, "confirm", **services.moment())
    if signature.status != SignatureStatus.PENDING:
        return _used(services, signature)
    if _pack_if_shown(services, signature) is None:
        return _not_shown(services, token, 409)
    pack = _pack(services, signature)
    confirmed: ConfirmedDetails | None = None
    form = _form(signature, is_posted="first_name" in request.form)
    if "first_name" in request.form:
        if not form.validate():
            return _ask(services, token, signature, form, 422)
        assert form.zip.code is not None
        try:
            place = _place(services, signature, form.zip.code)
        except PlaceUnknown as error:
            form.zip.errors = (*form.zip.errors, error_sentence(error))
            return _ask(services, token, signature, form, 422)
        if isinstance(place, Question):
            return _ask_district(services, token, signature, form, place)
        confirmed = _confirmed(pack, form, place)
    try:
        signature = mailed_links.confirm(
            services.database, pack, token, confirmed=confirmed, **services.moment()
        )
    except InvalidInput as error:
        field = form.zip if error.field == "zip" else form.first_name
        field.errors = (*field.errors, error_sentence(error))
        return _ask(services, token, signature, form, 422)
    return keep_private(
        redirect(url_for("confirm.thanks", ticket=thanks_ticket.make(services, signature)), 303)
    )


@blueprint.get("/thanks/<ticket>")
def thanks(ticket: str) -> Response:
    """Show the signer's number, their members, and the way to write to them. Available for one
    day.
    """
    services = current_services()
    signature = thanks_ticket.open_ticket(services, ticket)
    pack = _pack(services, signature)
    count = public_counts.count(services.database, pack.name)
    answer = _represented(services, signature)
    holders = answer.holders if answer else ()
    asked = asked_members(pack.targets, services.congress, holders)
    return _page(
        "petition/confirmed.html",
        services,
        pack,
        signature=signature,
        count=count,
        goal=pack.goal_for(count),
        near=public_stats.signed_in_state(services, pack, signature.state),
        representation=answer,
        notes=notes(answer) if answer else (),
        asked=asked,
        asks_members=pack.targets.has_members,
        asks_place=answer is not None
        and bool(answer.need)
        and street_matters(pack.targets, services.congress, answer, signature.state),
        officials=office_recipients(
            services.congress,
            pack,
            zip_code=signature.zip,
            state=signature.state,
            executive=bool(answer) and not asked,
        ),
        round=as_round(offices_to_call(pack, answer, services, zip_code=signature.zip))
        if answer
        else "",
        page_url=services.settings.base_url + url_for("petition.show", name=pack.name),
        household=mailed_links.housemates(services.database, signature),
        is_open=pack.is_open(services.now()),
        signer=ticket if share_credit.may_be_named(signature) else "",
    )


@blueprint.post("/confirm/<token>/disown")
def disown(token: str) -> Response:
    """Delete what another person typed in the owner's name."""
    services = current_services()
    signature = mailed_links.look_up(services.database, token, "confirm", **services.moment())
    if signature.status != SignatureStatus.PENDING:
        return _used(services, signature)
    mailed_links.disown(services.database, token, **services.moment())
    return _page("petition/disowned.html", services, _pack_if_shown(services, signature))


# -- What was typed --------------------------------------------------------------------------------


def _form(signature: Signature, *, is_posted: bool = False) -> ConfirmForm:
    """Return the form of the confirmation page: as posted, or filled in from the signature."""
    form = ConfirmForm(
        request.form if is_posted else None,
        data={
            "first_name": signature.first_name,
            "last_name": signature.last_name,
            "zip": signature.zip,
            "comment": signature.comment,
            "show_name": signature.show_name,
            "mail_opt_in": signature.mail_opt_in,
        },
    )
    if signature.earlier:
        earlier = f"{signature.earlier['first_name']} {signature.earlier['last_name']}"
        form.ask_for_people(f"{signature.first_name} {signature.last_name}", earlier)
    return form


def _place(services: Services, signature: Signature, zip_code: ZipCode) -> Residence | Question:
    """Return where the signer lives: as stated at sign-up, unless the ZIP was corrected."""
    if zip_code.five == signature.zip:
        return Residence(signature.state, signature.district)
    pack = _pack(services, signature)
    return district_question.settle(zip_code, request.form, pack, services)


def _confirmed(pack: Pack, form: ConfirmForm, place: Residence) -> ConfirmedDetails:
    assert form.zip.code is not None
    return ConfirmedDetails(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        zip=form.zip.code.five,
        state=place.state,
        district=place.district,
        comment=form.comment.data or "",
        show_name=form.show_name.data,
        mail_opt_in=form.mail_opt_in.data,
        sentence=_sentence(pack),
        is_second_person=form.people.data == TWO_PEOPLE,
    )


def _sentence(pack: Pack) -> str:
    """Return the sentence that says what a signature means."""
    return pack.text(languages.current()).consent or SENTENCE


# -- Pages -----------------------------------------------------------------------------------------


def _ask(
    services: Services, token: str, signature: Signature, form: ConfirmForm, status: int = 200
) -> Response:
    others = mailed_links.housemates(services.database, signature)
    pack = _pack(services, signature)
    end = pack.confirms_until
    return _page(
        "petition/confirm.html",
        services,
        pack,
        status,
        is_late=end is not None and end <= services.now(),
        ends_soon=end is not None and end - services.now() <= _END_IS_NEAR,
        token=token,
        signature=signature,
        form=form,
        errors=bool(form.errors),
        other=next((one for one in others if one.is_confirmed), None),
    )


def _ask_district(
    services: Services, token: str, signature: Signature, form: ConfirmForm, question: Question
) -> Response:
    return _page(
        "petition/district.html",
        services,
        _pack(services, signature),
        question.status,
        layout="_layout/base.html",
        action=url_for("confirm.confirm", token=token),
        verb=gettext("Confirm my signature"),
        carried=form.carried(without="zip"),
        zip_field=form.zip,
        **question.page_values,
    )


def _not_shown(services: Services, token: str, status: int = 200) -> Response:
    """Say that nothing can be confirmed while the campaign is not public, and offer to delete
    the data.
    """
    return _page("petition/confirm-not-shown.html", services, None, status, token=token)


def _used(services: Services, signature: Signature) -> Response:
    """Say what happened to a signature whose link was used, or on which an organizer decided."""
    is_recent = (
        signature.confirmed_at is not None
        and (services.now() - signature.confirmed_at).total_seconds() < thanks_ticket.LASTS_S
    )
    ticket = thanks_ticket.make(services, signature) if signature.is_confirmed and is_recent else ""
    return _page(
        "petition/used.html",
        services,
        _pack_if_shown(services, signature),
        status_word=signature.status,
        ticket=ticket,
    )


def _pack(services: Services, signature: Signature) -> Pack:
    return services.campaigns.get(signature.campaign, services.now())


def _pack_if_shown(services: Services, signature: Signature) -> Pack | None:
    """Return the campaign where it is public; the result can be shown without it."""
    pack = services.campaigns.if_there_is(signature.campaign, services.now())
    return pack if pack is not None and pack.published else None


def _represented(services: Services, signature: Signature) -> Representation | None:
    """Return who represents the signer, or None where neither district nor ZIP tells any more."""
    district = current_districts.district_of(services.congress, signature, services.now())
    try:
        home = (
            Home(district=District.parse(district))
            if district
            else Home(zip=ZipCode.parse(signature.zip))
        )
        return represented(home, services)
    except (InvalidInput, PlaceUnknown):
        return None


def _page(
    template: str, services: Services, pack: Pack | None, status: int = 200, **values: object
) -> Response:
    texts = None if pack is None else pack.text(languages.current())
    return keep_private(
        make_response(render_template(template, pack=pack, texts=texts, **values), status)
    )
