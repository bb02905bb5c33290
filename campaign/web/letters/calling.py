"""Calling one office: phone numbers, local times, what to say, and the result of the call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from campaign import languages as catalogs
from campaign.congress.former_members import FormerMember
from campaign.congress.office_hours import WASHINGTON, Clock
from campaign.congress.places import ZipCode
from campaign.errors import InvalidInput
from campaign.letters import followup
from campaign.letters.channels import Telephone
from campaign.letters.compose import call_script, voicemail_script
from campaign.letters.followup import FollowUp
from campaign.letters.letter import PLACEHOLDER_CALLER
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.petition.contact_reports import OUTCOMES
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.forms import FormSeal
from campaign.web.core.query_parameters import carries, one_of
from campaign.web.core.representatives import Home, asks_place, represented
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.core.zip_form import ZipForm
from campaign.web.letters.call_round import as_round, offices_to_call, read_round, round_text
from campaign.web.letters.known_recipients import called, former_recipient

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
    """A phone number and its local time, in the language of the page; "" if that is unknown.

    `opens_on` and `opens_at` say when staff are next likely to answer, if they are not now;
    `opens_in_days` is that day's distance by the local calendar, 0 for today.
    """

    phone: Telephone
    time: str = ""
    is_likely_open: bool = False
    opens_in_days: int = 0
    opens_on: str = ""
    opens_at: str = ""


@blueprint.get("/c/<name>/call")
@carries(zip=_zip)
def start(name: str) -> Response:
    """Ask for the ZIP, and go on to the first of its offices, or to the question who they are."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    form = ZipForm(request.args)
    if "zip" not in request.args or not form.validate():
        body = render_template(
            "calling/start.html",
            pack=pack,
            texts=pack.text(languages.current()),
            form=form,
            errors=bool("zip" in request.args and form.errors),
        )
        if "zip" in request.args:
            return make_response(body, 422)
        return send(Page.of(body))
    assert form.zip.code is not None
    answer = represented(Home(zip=form.zip.code), services)
    to_call = offices_to_call(pack, answer, services, zip_code=form.zip.code.five)
    if asks_place(answer, pack, services) or not to_call:
        return redirect(url_for("members.show", name=name, zip=str(form.zip.code)))
    first, offices = to_call[0], as_round(to_call) or None
    return redirect(url_for("calling.show", name=name, bioguide=first.id, offices=offices))


@blueprint.get("/c/<name>/call/<bioguide>")
@carries(offices=round_text, marked=one_of(*OUTCOMES))
def show(name: str, bioguide: str) -> Response:
    """Show whom to call, the numbers, and what to say: the same for everyone.

    `bioguide` is a member's id, or that of an office outside Congress with a phone number.
    `?offices=` names the offices to call one after the other, and `?marked=` how the call before
    this one went.
    For a member whose term has ended, such as one of a reminder, the page leads to those of today.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    former = former_recipient(bioguide, services)
    if former is not None:
        return term_ended(pack, former)
    who = called(bioguide, pack, services) or abort(404)
    script = call_script(pack, who.recipient, PLACEHOLDER_CALLER, on_date=services.today())
    lines = phone_lines(who.phones, services.now())
    body = render_template(
        "calling/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        holder=who.holder,
        who=who.recipient,
        standing=pack.standings.get(bioguide),
        phone_lines=sorted(lines, key=lambda line: not line.is_likely_open),
        script=script,
        voicemail=voicemail_script(script, PLACEHOLDER_CALLER),
        round=read_round(request.args.get("offices", ""), who.recipient, pack, services),
        marked=one_of(*OUTCOMES)(request.args.get("marked", "")),
        token=marking_token(pack, services),
    )
    return send(Page.of(body))


@blueprint.get("/c/<name>/call/<bioguide>/reminder.ics")
def remind(name: str, bioguide: str) -> Response:
    """Send a reminder to call when the office opens next; a member's is the one in Washington.

    Where the time at an office is unknown, it is that of the campaign.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    who = called(bioguide, pack, services) or abort(404)
    at_home = Clock(pack.zone.key, Message(pack.zone.key))
    clock = WASHINGTON if who.holder else who.phones[0].clock or at_home
    base = services.settings.base_url
    reminder = FollowUp(
        campaign=f"{pack.name}.call",
        recipient_id=bioguide,
        title=gettext("Call %(name)s", name=say(who.recipient.short)),
        note=gettext("Phone numbers and what to say:"),
        url=base + url_for("calling.show", name=name, bioguide=bioguide),
        host=urlsplit(base).hostname or "",
        starts=clock.opens_next(services.now()) + _AFTER_OPENING,
        statement=pack.funding.statement(languages.current()),
    )
    made = followup.ics(reminder, day=pack.on_date)
    response = send(Page.of(made, f"{followup.MIMETYPE}; charset=utf-8"))
    response.headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return response


def phone_lines(phones: tuple[Telephone, ...], now: datetime) -> tuple[PhoneLine, ...]:
    """Return the numbers with the local time of each."""
    return tuple(_phone_line(phone, now) for phone in phones)


def _phone_line(phone: Telephone, now: datetime) -> PhoneLine:
    clock = phone.clock
    if clock is None:
        return PhoneLine(phone)
    opens = clock.opens_next(now)
    opens_day = clock.day(opens)
    return PhoneLine(
        phone=phone,
        time=catalogs.clock(clock.at(now).time(), languages.current()),
        is_likely_open=clock.is_likely_open(now),
        opens_in_days=(opens_day - clock.day(now)).days,
        opens_on=format_date(opens_day, "EEEE"),
        opens_at=catalogs.clock(opens.time(), languages.current()),
    )


def term_ended(pack: Pack, former: FormerMember) -> Response:
    """Return the page that says when a member's term ended, and asks for a ZIP."""
    body = render_template(
        "calling/term-ended.html",
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
