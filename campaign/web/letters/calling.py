"""Calling one office: phone numbers, local times, what to say, and the result of the call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from campaign import languages as catalogs
from campaign.congress.former_members import FormerMember
from campaign.congress.office_hours import WASHINGTON
from campaign.congress.places import ZipCode
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.errors import InvalidInput
from campaign.letters import followup
from campaign.letters.channels import Telephone, local_phones, phones_of
from campaign.letters.compose import Recipient, call_script, voicemail_script
from campaign.letters.followup import FollowUp
from campaign.letters.letter import PLACEHOLDER_CALLER
from campaign.letters.office_recipients import office_recipient
from campaign.letters.recipients import seat_recipient
from campaign.packs.pack import Pack
from campaign.petition.contact_reports import OUTCOMES
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.forms import FormSeal
from campaign.web.core.query_parameters import carries, one_of
from campaign.web.core.representatives import Home, is_open, represented
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.core.zip_form import ZipForm
from campaign.web.letters.call_round import read_round, round_text

blueprint = Blueprint("calling", __name__)

#: Offices answer best a little after they open.
_AFTER_OPENING = timedelta(hours=1)


def _zip(typed: str) -> str:
    """Return a ZIP that may be kept in a URL, or ""."""
    try:
        return str(ZipCode.parse(typed))
    except InvalidInput:
        return ""


@dataclass(frozen=True)
class PhoneLine:
    """A phone number and its local time, in the language of the page.

    `opens_on` and `opens_at` say when staff are next likely to answer, if they are not now;
    `opens_in_days` is that day's distance by the local calendar, 0 for today.
    """

    phone: Telephone
    time: str
    is_likely_open: bool
    opens_in_days: int
    opens_on: str
    opens_at: str


@dataclass(frozen=True)
class _Called:
    """Who is called, at which numbers; `holder` is None for a row of targets.csv."""

    recipient: Recipient
    phones: tuple[Telephone, ...]
    holder: SeatHolder | None = None


@blueprint.get("/c/<name>/call")
@carries(zip=_zip)
def start(name: str) -> Response:
    """Ask for the ZIP, and go on to the first of its offices, or to the question who they are."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = ZipForm(request.args)
    if "zip" not in request.args or not form.validate():
        body = render_template(
            "write/call-start.html",
            pack=pack,
            texts=pack.text(languages.current()),
            form=form,
            errors=bool("zip" in request.args and form.errors),
        )
        if "zip" in request.args:
            return make_response(body, 422)
        return send(Page.of(body))
    answer = represented(Home(zip=form.zip.code), services)
    ids = [
        held.member.bioguide
        for held in answer.holders
        if held.member and seat_recipient(services.congress, pack, held, services.today())
    ]
    if is_open(answer) or not ids:
        return redirect(url_for("members.show", name=name, zip=str(form.zip.code)))
    offices = round_text(",".join(ids)) or None
    return redirect(url_for("calling.show", name=name, bioguide=ids[0], offices=offices))


@blueprint.get("/c/<name>/call/<bioguide>")
@carries(offices=round_text, marked=one_of(*OUTCOMES))
def show(name: str, bioguide: str) -> Response:
    """Show whom to call, the numbers, and what to say: the same for everyone.

    `bioguide` is a member's id, or that of a row of targets.csv with a phone number.
    `?offices=` names the offices to call one after the other, and `?marked=` how the call before
    this one went.
    For a member whose term has ended, such as one of a reminder, the page leads to those of today.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    former = former_recipient(bioguide, services)
    if former is not None:
        return term_ended(pack, former)
    called = _called(bioguide, pack, services)
    script = call_script(pack, called.recipient, PLACEHOLDER_CALLER, on_date=services.today())
    lines = sorted(
        phone_lines(called.phones, services.now()), key=lambda line: not line.is_likely_open
    )
    body = render_template(
        "write/call.html",
        pack=pack,
        texts=pack.text(languages.current()),
        holder=called.holder,
        who=called.recipient,
        standing=pack.standings.get(bioguide),
        phone_lines=sorted(lines, key=lambda line: not line.is_likely_open),
        script=script,
        voicemail=voicemail_script(script, PLACEHOLDER_CALLER),
        round=read_round(request.args.get("offices", ""), called.recipient, pack, services),
        marked=one_of(*OUTCOMES)(request.args.get("marked", "")),
        token=marking_token(pack, services),
    )
    return send(Page.of(body))


@blueprint.get("/c/<name>/call/<bioguide>/reminder.ics")
def remind(name: str, bioguide: str) -> Response:
    """Send a reminder to call when the office opens next; a member's is the one in Washington."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    called = _called(bioguide, pack, services)
    clock = WASHINGTON if called.holder else called.phones[0].clock
    base = services.settings.base_url
    reminder = FollowUp(
        campaign=f"{pack.name}.call",
        recipient_id=bioguide,
        title=gettext("Call %(name)s", name=say(called.recipient.short)),
        note=gettext("Phone numbers and what to say:"),
        url=base + url_for("calling.show", name=name, bioguide=bioguide),
        host=urlsplit(base).hostname or "",
        starts=clock.opens_next(services.now()) + _AFTER_OPENING,
    )
    made = followup.ics(reminder, day=pack.on_date)
    response = send(Page.of(made, f"{followup.MIMETYPE}; charset=utf-8"))
    response.headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


def _called(recipient_id: str, pack: Pack, services: Services) -> _Called:
    """Return whom a page of a call is about; there is none for an office without a number."""
    congress = services.congress
    office = office_recipient(pack, recipient_id)
    if office is not None and (phones := local_phones(office)):
        return _Called(office, phones)
    member = congress.members.get(recipient_id)
    held = seat_of(congress, member, services.today()) if member else None
    recipient = seat_recipient(congress, pack, held, services.today()) if held else None
    if held is None or held.member is None or recipient is None:
        abort(404)
    return _Called(recipient, phones_of(congress, held.member, on_date=services.today()), held)


def phone_lines(phones: tuple[Telephone, ...], now: datetime) -> tuple[PhoneLine, ...]:
    """Return the numbers with the local time of each."""
    return tuple(_phone_line(phone, now) for phone in phones)


def _phone_line(phone: Telephone, now: datetime) -> PhoneLine:
    opens = phone.clock.opens_next(now)
    opens_day = phone.clock.day(opens)
    return PhoneLine(
        phone=phone,
        time=catalogs.clock(phone.clock.at(now).time(), languages.current()),
        is_likely_open=phone.clock.is_likely_open(now),
        opens_in_days=(opens_day - phone.clock.day(now)).days,
        opens_on=format_date(opens_day, "EEEE"),
        opens_at=catalogs.clock(opens.time(), languages.current()),
    )


def known_recipient(recipient_id: str, pack: Pack, services: Services) -> Recipient | None:
    """Return the campaign's recipient with that id, or None.

    That is a member who holds a seat now, an executive office, or a row of targets.csv.
    """
    congress = services.congress
    office = office_recipient(pack, recipient_id)
    if office is not None:
        return office
    member = congress.members.get(recipient_id)
    held = seat_of(congress, member, services.today()) if member else None
    return seat_recipient(congress, pack, held, services.today()) if held else None


def former_recipient(bioguide: str, services: Services) -> FormerMember | None:
    """Return a member who held a seat before today and is not known to hold one, or None."""
    former = services.congress.former_member(bioguide)
    if former is None or former.ended > services.today():
        return None
    member = services.congress.members.get(bioguide)
    is_sitting = member and seat_of(services.congress, member, services.today())
    return None if is_sitting else former


def term_ended(pack: Pack, former: FormerMember) -> Response:
    """Return the page that says when a member's term ended, and asks for a ZIP."""
    body = render_template(
        "write/term-ended.html",
        pack=pack,
        texts=pack.text(languages.current()),
        former=former,
        form=ZipForm(),
    )
    return send(Page.of(body))


def marking_purpose(pack: Pack) -> str:
    """Return the purpose of a token with which a contact of this campaign can be recorded."""
    return f"mark:{pack.name}"


def marking_token(pack: Pack, services: Services) -> str:
    """Return the token of the forms that record a call or a letter."""
    return FormSeal(services.settings.keyring, now=services.now()).make(marking_purpose(pack))
