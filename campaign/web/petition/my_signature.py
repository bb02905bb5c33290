"""A signer's own page, opened by a mailed link: see, correct, withdraw or erase, and stop the mail.

As with the confirmation link, GET and HEAD change nothing; every change is a button. All of it
works as long as data is held, even when the campaign is closed, unpublished, broken or deleted. A
lost link is mailed again on request, to the address that is held.
"""

from dataclasses import replace

import orjson
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from campaign import civil_time
from campaign.congress import office_hours
from campaign.errors import InvalidInput, LinkUsed, PetitionClosed, PlaceUnknown, TokenRefused
from campaign.petition import agreement, corrections, erasure, mailed_links, own_data, share_credit
from campaign.petition.corrections import Correction
from campaign.petition.mailed_links import CLOSED
from campaign.store.signatures import Signature
from campaign.web.core import languages
from campaign.web.core.client_network import client_network
from campaign.web.core.forms import BoxesForm, CorrectionForm, FormSeal, MailboxForm, error_sentence
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.petition import district_question, thanks_ticket, used_links
from campaign.web.petition.district_question import Question

blueprint = Blueprint("my_signature", __name__)

# The purpose for which the token of the form that asks for links is made.
_ASKING = "own-links"


# -- Ask for the link again ------------------------------------------------------------------------


@blueprint.get("/me")
def ask_links() -> Response:
    """Ask for the address that was used to sign."""
    return _asking_page(current_services(), MailboxForm())


@blueprint.post("/me")
def send_links() -> AnyResponse:
    """Mail the links to the address that is held. The answer is the same for every address."""
    services = current_services()
    form = MailboxForm(request.form)
    seal = FormSeal(services.settings.keyring, now=services.now())
    if not form.validate() or form.is_to_ask():
        return _asking_page(services, form, 422)
    if not seal.is_good(form.token.data or "", _ASKING):
        notice = gettext("This page was open for a while. Press the button again.")
        return _asking_page(services, form, 422, notice)
    assert form.email.address is not None
    key = services.settings.keyring
    if services.limits.allow_link_request(client_network(), form.email.address, keyring=key):
        language = languages.current()
        own_data.ask_for_links(
            services.database, form.email.address, language=language, now=services.now()
        )
    return redirect(url_for("my_signature.links_sent"), 303)


@blueprint.get("/me/sent")
def links_sent() -> Response:
    """Say "check your email": the same page for everyone."""
    return keep_private(make_response(render_template("my_signature/links-sent.html")))


@blueprint.errorhandler(TokenRefused)
def _refused(error: TokenRefused) -> Response:
    """Say that a link is not valid, in the same way whatever is wrong with it, and offer a new one.

    A link that erased data says so.
    """
    if isinstance(error, LinkUsed):
        return used_links.page(error)
    return _asking_page(current_services(), MailboxForm(), 410)


def _asking_page(
    services: Services, form: MailboxForm, status: int = 200, notice: str = ""
) -> Response:
    form.token.data = FormSeal(services.settings.keyring, now=services.now()).make(_ASKING)
    body = render_template(
        "my_signature/links.html", form=form, errors=bool(form.errors), status=status, notice=notice
    )
    return keep_private(make_response(body, status))


# -- See and change --------------------------------------------------------------------------------


@blueprint.get("/me/<token>")
def show(token: str) -> Response:
    """Show everything that is kept about the signer, with a button for each change."""
    services = current_services()
    signature = _signature(services, token)
    return _own_page(services, token, signature)


@blueprint.get("/me/<token>/download")
def download(token: str) -> Response:
    """Send everything that is kept about the signer, as JSON."""
    services = current_services()
    kept = own_data.download(services.database, token, **services.moment())
    response = Response(
        orjson.dumps(kept, option=orjson.OPT_INDENT_2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-signature.json"'
    return keep_private(response)


@blueprint.post("/me/<token>/correct")
def correct(token: str) -> AnyResponse:
    """Correct the name, ZIP and district: all of them, or nothing."""
    services = current_services()
    signature = _signature(services, token)
    form = CorrectionForm(district_question.with_zip(request.form))
    if not form.validate():
        return _own_page(services, token, signature, form=form, status=422)
    assert form.zip.code is not None
    correction = Correction(form.first_name.data or "", form.last_name.data or "")
    if not _is_about_the_name(signature, form):
        pack = services.campaigns.if_there_is(signature.campaign, services.now())
        try:
            place = district_question.settle(form.zip.code, request.form, pack, services)
        except PlaceUnknown as error:
            form.zip.errors = (error_sentence(error),)
            return _own_page(services, token, signature, form=form, status=422)
        if isinstance(place, Question):
            return _ask(services, token, signature, form, place)
        correction = replace(
            correction, zip=form.zip.code.five, state=place.state, district=place.district
        )
    try:
        corrections.correct_own(services.database, token, correction, **services.moment())
    except InvalidInput as error:
        form.first_name.errors = (*form.first_name.errors, error_sentence(error))
        return _own_page(services, token, signature, form=form, status=422)
    return _back(token, "correction")


@blueprint.post("/me/<token>/choices")
def choose(token: str) -> AnyResponse:
    """Save the two choices: show my name, send me news."""
    services = current_services()
    form = BoxesForm(request.form)
    own_data.set_preferences(
        services.database,
        token,
        show_name=form.show_name.data,
        mail_opt_in=form.mail_opt_in.data,
        **services.moment(),
    )
    return _back(token, "choices")


@blueprint.post("/me/<token>/credit")
def stop_credit(token: str) -> AnyResponse:
    """Name the signer in no link that they shared any more."""
    services = current_services()
    share_credit.stop(services.database, token, **services.moment())
    return _back(token, "credit")


@blueprint.post("/me/<token>/wording")
def agree(token: str) -> AnyResponse:
    """Record that the signer agrees to the current petition, which the page showed beside the
    signed one.
    """
    services = current_services()
    signature = _signature(services, token)
    pack = services.campaigns.if_there_is(signature.campaign, services.now())
    if pack is None:
        raise PetitionClosed(CLOSED)
    try:
        agreement.agree(
            services.database,
            pack,
            token,
            version=request.form.get("version", ""),
            **services.moment(),
        )
    except InvalidInput as error:
        return _own_page(services, token, signature, status=409, notice=error_sentence(error))
    return _back(token, "wording")


# -- Leave -----------------------------------------------------------------------------------------


@blueprint.get("/me/<token>/withdraw")
def ask_withdraw(token: str) -> Response:
    """Explain what withdrawing the signature means, with the button that does it."""
    return _page(
        "my_signature/withdraw.html",
        current_services(),
        _signature(current_services(), token),
        token=token,
    )


@blueprint.post("/me/<token>/withdraw")
def withdraw(token: str) -> AnyResponse:
    """Withdraw the signature."""
    services = current_services()
    mailed_links.withdraw(services.database, token, **services.moment())
    return _back(token, "withdrawn")


@blueprint.get("/me/<token>/erase")
def ask_erase(token: str) -> Response:
    """Explain what erasing means, with the button that does it."""
    return _page(
        "my_signature/erase.html",
        current_services(),
        _signature(current_services(), token),
        token=token,
    )


@blueprint.post("/me/<token>/erase")
def erase(token: str) -> Response:
    """Erase everything that is kept about the signer."""
    services = current_services()
    signature = _signature(services, token)
    done = erasure.erase(services.database, token, **services.moment())
    return _page("my_signature/erased.html", services, signature, is_in_exports=bool(done.exports))


@blueprint.get("/unsubscribe/<token>")
def ask_unsubscribe(token: str) -> Response:
    """Show the button that stops the mail."""
    services = current_services()
    signature = mailed_links.look_up(services.database, token, "unsubscribe", **services.moment())
    return _page("my_signature/unsubscribe.html", services, signature, token=token)


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """Unsubscribe; a mail program may press this for the person (RFC 8058). Pressing twice is
    harmless.
    """
    services = current_services()
    signature = own_data.unsubscribe(services.database, token, **services.moment())
    return _page("my_signature/unsubscribed.html", services, signature)


# -- Pages -----------------------------------------------------------------------------------------


def _signature(services: Services, token: str) -> Signature:
    return mailed_links.look_up(services.database, token, "me", **services.moment())


def _is_about_the_name(signature: Signature, form: CorrectionForm) -> bool:
    """Return True for a new name with the ZIP unchanged: the district is not asked again."""
    assert form.zip.code is not None
    is_same_name = (signature.first_name, signature.last_name) == (
        form.first_name.data,
        form.last_name.data,
    )
    return (
        form.zip.code.five == signature.zip and not is_same_name and not request.form.get("asked")
    )


def _back(token: str, done: str) -> AnyResponse:
    """Redirect to the signer's page, which says what was done."""
    return keep_private(redirect(url_for("my_signature.show", token=token, done=done), 303))


def _own_page(
    services: Services,
    token: str,
    signature: Signature,
    *,
    form: CorrectionForm | None = None,
    status: int = 200,
    notice: str = "",
) -> Response:
    held = ("first_name", "last_name", "zip")
    form = form or CorrectionForm(data={field: getattr(signature, field) for field in held})
    pack = services.campaigns.if_there_is(signature.campaign, services.now())
    offer = pack and agreement.find_offer(services.database, pack, signature, now=services.now())
    done = {
        "correction": gettext("Your corrections are saved."),
        "wording": gettext("You agreed to the new text. Your signature now counts for it."),
        "choices": gettext("Your choices are saved."),
        "credit": gettext("The links that you shared no longer name you."),
        "withdrawn": gettext("Your signature is withdrawn. It no longer counts."),
    }
    return _page(
        "my_signature/show.html",
        services,
        signature,
        status,
        token=token,
        form=form,
        errors=bool(form.errors),
        notice=notice,
        offer=offer,
        signer=thanks_ticket.make(services, signature)
        if share_credit.may_be_named(signature)
        else "",
        asked=pack.text(signature.language) if pack and offer else None,
        boxes=BoxesForm(
            data={"show_name": signature.show_name, "mail_opt_in": signature.mail_opt_in}
        ),
        done=done.get(request.args.get("done", ""), ""),
    )


def _ask(
    services: Services, token: str, signature: Signature, form: CorrectionForm, question: Question
) -> Response:
    return _page(
        "petition/district.html",
        services,
        signature,
        question.status,
        layout="_layout/base.html",
        action=url_for("my_signature.correct", token=token),
        verb=gettext("Save my corrections"),
        carried=form.carried(without="zip"),
        zip_field=form.zip,
        **question.page_values,
    )


def _page(
    template: str, services: Services, signature: Signature, status: int = 200, **values: object
) -> Response:
    pack = services.campaigns.if_there_is(signature.campaign, services.now())
    body = render_template(
        template,
        # The navigation is for a campaign that the public can see.
        pack=pack if pack is not None and pack.published else None,
        texts=None if pack is None else pack.text(languages.current()),
        organizer=None if pack is None else pack.organizer,
        title=signature.campaign if pack is None else pack.text(languages.current()).title,
        signature=signature,
        zone=office_hours.home_zone(
            signature.state,
            signature.zip,
            elsewhere=civil_time.WASHINGTON if pack is None else pack.zone,
        ),
        **values,
    )
    return keep_private(make_response(body, status))
