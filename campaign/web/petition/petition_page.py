"""The petition's own pages: read it, sign it, see what happens next."""

import hashlib
import logging
from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import (
    PetitionClosed,
    PlaceUnknown,
    StoreUnavailable,
    TooManyAttempts,
)
from campaign.packs.pack import Pack
from campaign.petition import public_counts, signing
from campaign.petition.rate_limits import Challenge
from campaign.petition.signing import SENTENCE, Signup
from campaign.store import daily_counters
from campaign.web.core import languages
from campaign.web.core.assets import FOREVER
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.chart import Chart, chart
from campaign.web.core.client_network import client_network
from campaign.web.core.error_pages import RETRY_AFTER_S
from campaign.web.core.forms import FormSeal, SignForm, error_sentence, source_tag
from campaign.web.core.query_parameters import carries
from campaign.web.core.services import Services, current_services
from campaign.web.petition import (
    challenge,
    district_question,
    event_links,
    public_stats,
    waiting_page,
)
from campaign.web.petition.district_question import Question, Residence

blueprint = Blueprint("petition", __name__)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surface:
    """Where the form is shown: on the petition's own page, or in the widget that other sites frame.

    `page` is the template with the form; `layout` is what the following steps extend; `sign` and
    `signed` are the endpoints of the form and of its result. A framed page opens every other page
    outside of the frame.
    """

    page: str
    layout: str
    sign: str
    signed: str
    is_framed: bool = False
    #: The source tag of signatures whose link has none.
    source: str = ""


_OWN_PAGE = Surface(
    "petition/show.html", "_layout/base.html", sign="petition.sign", signed="petition.signed"
)

#: The number of public signers and of approved comments on a page.
_SIGNERS_SHOWN = 12
_COMMENTS_SHOWN = 6


# -- Read ------------------------------------------------------------------------------------------


@blueprint.get("/")
def home() -> AnyResponse:
    """Redirect to the campaign, or list the campaigns where several are published."""
    services = current_services()
    packs = services.campaigns.published(services.now())
    if len(packs) == 1:
        response = redirect(url_for("petition.show", name=packs[0].name), 302)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response
    return send(Page.of(render_template("petition/home.html", packs=packs)))


@blueprint.get("/c/<name>/")
@carries(source=source_tag, event=event_links.known_code)
def show(name: str) -> Response:
    """Show the petition with its form: the same bytes for everyone who reads one language."""
    source = source_tag(request.args.get("source", ""))
    page = read(name, _OWN_PAGE, source, event_links.known_code(request.args.get("event", "")))
    current_services().page_views.add(name, daily_counters.VIEW)
    return send(page)


def shown(name: str, source: str) -> Page:
    """Return the petition's own page; its signers are tagged `source`."""
    return read(name, _OWN_PAGE, source)


def read(name: str, surface: Surface, source: str, event: str = "") -> Page:
    """Return the petition's page for that surface; its signers are tagged `source`.

    Tags are made up freely, so a page with a tag never evicts one without from the cache. `event`
    is the code of an event of the campaign.
    """
    source = source or surface.source
    key = (surface, name, languages.current(), source, event)
    return pages().get(
        key, lambda: _rendered(name, surface, source, event), is_variant=source != surface.source
    )


def _rendered(name: str, surface: Surface, source: str, event: str) -> Page:
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = SignForm(data={"source": source, "event": event})
    _seal(services, pack, form)
    return Page.of(_render(services, pack, surface, form, _figures(services, pack)))


@blueprint.get("/c/<name>/theme.css")
def theme(name: str) -> Response:
    """Send the campaign's accent color for light and dark mode; the URL changes with the color."""
    services = current_services()
    response = Response(_theme(services.campaigns.get(name, services.now())), mimetype="text/css")
    response.headers["Cache-Control"] = FOREVER
    return response


def theme_version(pack: Pack) -> str:
    """Return the part of the theme's URL that changes with the color."""
    return hashlib.sha256(_theme(pack).encode()).hexdigest()[:8]


def _theme(pack: Pack) -> str:
    return f":root{{--act-light:{pack.accent};--act-dark:{pack.accent_dark}}}\n"


@dataclass(frozen=True)
class _Figures:
    """The page's figures; `count` is None while the database does not answer."""

    count: int | None
    goal: int
    paper: int = 0
    earlier: int = 0
    chart: Chart | None = None
    signers: tuple[public_counts.ShownSigner, ...] = ()
    comments: tuple[public_counts.ApprovedComment, ...] = ()


def _figures(services: Services, pack: Pack) -> _Figures:
    standing = public_counts.signature_counts(services.database, pack.name)
    return _Figures(
        count=standing.total,
        goal=pack.goal_for(standing.total),
        paper=standing.paper,
        earlier=public_stats.signed_earlier(services, pack),
        chart=chart(public_counts.by_day(services.database, pack.name), pack.on_date),
        signers=tuple(public_counts.shown_signers(services.database, pack.name, _SIGNERS_SHOWN)),
        comments=tuple(
            public_counts.approved_comments(services.database, pack.name, _COMMENTS_SHOWN)
        ),
    )


def _render(
    services: Services,
    pack: Pack,
    surface: Surface,
    form: SignForm,
    figures: _Figures,
    *,
    notice: str = "",
) -> str:
    return render_template(
        surface.page,
        surface=surface,
        pack=pack,
        texts=pack.text(languages.current()),
        form=form,
        errors=bool(form.errors),
        notice=notice,
        figures=figures,
        is_open=pack.is_open(services.now()),
        closes_soon=pack.closes_soon(services.now()),
        page_url=services.settings.base_url + url_for("petition.show", name=pack.name),
    )


def _seal(services: Services, pack: Pack, form: SignForm) -> None:
    """Give the form a fresh token."""
    seal = FormSeal(services.settings.keyring, now=services.now())
    form.token.data = seal.make(_purpose(pack))


def _is_sealed(services: Services, pack: Pack, form: SignForm) -> bool:
    seal = FormSeal(services.settings.keyring, now=services.now())
    return seal.is_good(form.token.data or "", _purpose(pack))


def _purpose(pack: Pack) -> str:
    return f"sign:{pack.name}"


# -- Sign ------------------------------------------------------------------------------------------


@blueprint.post("/c/<name>/sign")
def sign(name: str) -> AnyResponse:
    """Accept a signature; the answer is the same for a new and a known address."""
    return accept_signature(name, _OWN_PAGE)


def accept_signature(name: str, surface: Surface) -> AnyResponse:
    """Accept the signature that was posted from that surface, and answer there."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = SignForm(district_question.with_zip(request.form))
    if request.form.get("step") == "change":
        return _change(services, pack, surface, form)
    if not form.validate():
        return _again(services, pack, surface, form, 422)
    if not _is_sealed(services, pack, form):
        return _again(
            services,
            pack,
            surface,
            form,
            422,
            gettext("This page was open for a while. Press the button again."),
        )
    if form.is_to_ask():
        return _again(services, pack, surface, form, 422)
    assert form.zip.code is not None
    try:
        place = district_question.settle(form.zip.code, request.form, pack, services)
    except PlaceUnknown as error:
        form.zip.errors = (*form.zip.errors, error_sentence(error))
        return _again(services, pack, surface, form, 422)
    if isinstance(place, Question):
        return _ask(pack, surface, form, place)
    again = request.form.get("step") == "again"
    if again and (left := waiting_page.seconds_left(request.form, services.now())):
        return _waiting(waiting_page.page(pack, surface, form, place, state="early", left=left))
    try:
        signing.sign(
            services.database,
            pack,
            _signup(services, pack, form, place),
            limits=services.limits,
            challenge=_challenge(services, pack, form),
            **services.moment(),
        )
    except StoreUnavailable as error:
        _log.warning("sign-up refused, campaign %s: %s", pack.name, type(error).__name__)
        return _again(
            services,
            pack,
            surface,
            form,
            503,
            gettext(
                "We could not save your signature just now. What you typed is still here: "
                "press the button again in a minute."
            ),
            retry_after=RETRY_AFTER_S,
        )
    except TooManyAttempts as error:
        return _again(
            services, pack, surface, form, 429, error_sentence(error), retry_after=error.retry_after
        )
    except PetitionClosed as error:
        return _again(services, pack, surface, form, 409, error_sentence(error))
    # Not a redirect: the page shows the email address, which must not be in a URL.
    state: waiting_page.State = "again" if again else "first"
    return _waiting(waiting_page.page(pack, surface, form, place, state=state))


def _waiting(body: str) -> Response:
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/c/<name>/sign")
def sign_again(name: str) -> AnyResponse:
    """Redirect from the URL that forms post to, to the form."""
    return redirect(url_for("petition.show", name=name), 303)


@blueprint.get("/c/<name>/signed")
def signed(name: str) -> Response:
    """Say what happens next: the same page for everyone."""
    return send(next_step(name, _OWN_PAGE))


def next_step(name: str, surface: Surface) -> Page:
    """Return the page that says "check your email", without the address."""
    services = current_services()
    return Page.of(waiting_page.render(services.campaigns.get(name, services.now()), surface))


def _change(services: Services, pack: Pack, surface: Surface, form: SignForm) -> Response:
    """Return the petition's page with what was typed, and the focus on the email address."""
    form.email.render_kw = {**(form.email.render_kw or {}), "autofocus": True}
    return _again(services, pack, surface, form, 200)


def _again(
    services: Services,
    pack: Pack,
    surface: Surface,
    form: SignForm,
    status: int,
    notice: str = "",
    *,
    retry_after: int = 0,
) -> Response:
    """Return the petition's page with everything that was typed, and what to correct."""
    _seal(services, pack, form)
    form.altcha.data = ""  # it may be used up; the browser calculates another
    try:
        figures = _figures(services, pack)
    except StoreUnavailable:
        figures = _Figures(None, pack.goals[0])
    response = make_response(_render(services, pack, surface, form, figures, notice=notice), status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _ask(pack: Pack, surface: Surface, form: SignForm, question: Question) -> Response:
    """Return the second step, which asks for what the ZIP leaves open and keeps what was typed."""
    body = render_template(
        "petition/district.html",
        layout=surface.layout,
        action=url_for(surface.sign, name=pack.name),
        surface=surface,
        pack=pack,
        texts=pack.text(languages.current()),
        carried=form.carried(without="zip"),
        zip_field=form.zip,
        **question.page_values,
    )
    return make_response(body, question.status)


def _signup(services: Services, pack: Pack, form: SignForm, place: Residence) -> Signup:
    assert form.zip.code is not None
    assert form.email.address is not None
    event = event_links.code_of_now(form.event.data or "")
    return Signup(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        email=form.email.address,
        zip=form.zip.code.five,
        state=place.state,
        district=place.district,
        comment=form.comment.data or "",
        show_name=form.show_name.data,
        mail_opt_in=form.mail_opt_in.data,
        source=form.source_tag or event,
        is_at_event=bool(event),
        language=languages.current(),
        network=client_network(),
        sentence=pack.text(languages.current()).consent or SENTENCE,
        flags=("filled-by-program",) if form.filled_by_program else (),
    )


def _challenge(services: Services, pack: Pack, form: SignForm) -> Challenge | None:
    """Return the result of the campaign's challenge, or None where it uses none."""
    if not pack.challenge:
        return None
    return Challenge(challenge.solved(form.altcha.data or "", pack, **services.moment()))
