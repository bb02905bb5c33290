"""After a letter or call: record its result without a name, and show the next step."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.congress.dataset import Congress
from campaign.congress.former_members import FormerMember
from campaign.errors import InvalidInput
from campaign.letters import followup
from campaign.letters.channels import IN_WASHINGTON
from campaign.letters.compose import Recipient
from campaign.letters.followup import FollowUp
from campaign.packs.pack import Pack
from campaign.petition import contact_reports
from campaign.petition.contact_reports import OUTCOMES, Contact
from campaign.web.core import languages, query_parameters
from campaign.web.core.caching import Page, send
from campaign.web.core.client_network import client_network
from campaign.web.core.forms import FormSeal, source_tag
from campaign.web.core.query_parameters import carries, one_of
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.letters.call_round import MAX_OFFICES, read_round, round_text
from campaign.web.letters.calling import marking_purpose, term_ended
from campaign.web.letters.known_recipients import called, former_recipient, known_recipient

blueprint = Blueprint("contact_report", __name__)


@blueprint.post("/c/<name>/contacted/<recipient>")
def mark(name: str, recipient: str) -> Response:
    """Count the result of a letter or call, and redirect to the next step."""
    services, pack, who = _asked(name, recipient)
    member = who.bioguide if isinstance(who, FormerMember) else who.id
    outcome = request.form.get("outcome", "")
    if outcome not in OUTCOMES:
        abort(400)
    seal = FormSeal(services.settings.keyring, now=services.now())
    if not seal.is_good(request.form.get("token", ""), marking_purpose(pack)):
        raise InvalidInput(
            "This page was open for a while. Go back, reload it, and press the button again."
        )
    contact_reports.record(
        services.database,
        Contact(
            campaign=pack.name,
            member=member,
            outcome=outcome,
            office=_office(services.congress, member, request.form.get("office", "")),
            source=source_tag(request.form.get("source", "")),
            about=pack.ask_about(member),
        ),
        network=client_network(),
        limits=services.limits,
        now=services.now(),
    )
    offices = round_text(request.form.get("offices", ""))
    calls = (
        read_round(offices, who, pack, services)
        if offices and not isinstance(who, FormerMember)
        else None
    )
    if calls is not None and calls.next is not None:
        on = url_for(
            "calling.show",
            name=pack.name,
            bioguide=calls.next.id,
            offices=calls.text,
            marked=outcome,
        )
        return redirect(on, 303)
    after = url_for(
        "contact_report.show",
        name=pack.name,
        recipient=member,
        outcome=outcome,
        calls=len(calls.recipients) if calls else None,
    )
    return redirect(after, 303)


@blueprint.get("/c/<name>/contacted/<recipient>")
@carries(outcome=one_of(*OUTCOMES), calls=one_of(*map(str, range(2, MAX_OFFICES + 1))))
def show(name: str, recipient: str) -> Response:
    """Say thanks and show the next step: the same page for everyone."""
    services, pack, who = _asked(name, recipient)
    outcome = request.args.get("outcome", "")
    if outcome not in OUTCOMES:
        abort(404)
    if isinstance(who, FormerMember):
        return term_ended(pack, who)
    body = render_template(
        "contact_report/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        who=who,
        outcome=outcome,
        calls=query_parameters.carried().get("calls", ""),
        due=followup.reminder_day(pack.on_date),
        can_call=called(who.id, pack, services) is not None,
    )
    return send(Page.of(body))


@blueprint.get("/c/<name>/contacted/<recipient>/follow-up.ics")
def remind(name: str, recipient: str) -> Response:
    """Send the reminder to follow up in two weeks, for the person's own calendar."""
    services, pack, who = _asked(name, recipient)
    if isinstance(who, FormerMember):
        return term_ended(pack, who)
    page = (
        url_for("calling.show", name=pack.name, bioguide=who.id)
        if called(who.id, pack, services)
        else url_for("builder.show", name=pack.name)
    )
    reminder = FollowUp(
        campaign=pack.name,
        recipient_id=who.id,
        title=gettext(
            "Follow up with %(name)s about “%(campaign)s”",
            name=say(who.short),
            campaign=pack.text(languages.current()).title,
        ),
        note=gettext(
            "Has the office replied? If not, contact it again. Phone numbers and what to say:"
        ),
        url=services.settings.base_url + page,
        host=urlsplit(services.settings.base_url).hostname or "",
        statement=pack.funding.statement(languages.current()),
    )
    made = followup.ics(reminder, day=pack.on_date)
    response = send(Page.of(made, f"{followup.MIMETYPE}; charset=utf-8"))
    response.headers["Content-Disposition"] = 'attachment; filename="follow-up.ics"'
    return response


def _asked(name: str, recipient: str) -> tuple[Services, Pack, Recipient | FormerMember]:
    """Return whom the page is about; a page that was open at noon of January 3 still counts."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    who = known_recipient(recipient, pack, services) or former_recipient(recipient, services)
    if who is None:
        abort(404)
    return services, pack, who


def _office(congress: Congress, bioguide: str, given: str) -> str:
    """Return the office if it belongs to this recipient, else ""."""
    member = congress.members.get(bioguide)
    own = {office.id for office in member.offices} if member else set()
    return given if given in {*own, IN_WASHINGTON} else ""
