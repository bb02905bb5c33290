"""Corrections: reports of wrong phones and offices to decide about, and what is corrected."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from campaign.congress.contact_corrections import CheckedCorrection
from campaign.congress.dataset import Congress
from campaign.errors import CampaignError
from campaign.organizing import office_corrections
from campaign.store import office_reports
from campaign.store.office_reports import HeldReport
from campaign.web.core.forms import CleanField
from campaign.web.core.query_parameters import carries
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.form_page import blame, page

blueprint = Blueprint("corrections", __name__)

#: A field of an office -> its label.
FIELD_WORDS: Mapping[str, str] = {
    "phone": "Phone",
    "address": "Address",
    "suite": "Suite",
    "building": "Building",
    "city": "City",
    "zip": "ZIP code",
    "closed": "Closed",
}
#: What a correction does with the data of today, in words.
STATUS_WORDS: Mapping[str, str] = {
    "applied": "In use",
    "agreed": "The source data agrees now; the next refresh drops it",
    "changed": "In use, but the source data has changed since",
    "gone": "Not in use: the data no longer has this member or office",
    "dropped": "Dropped, because the source data agrees",
}


class CorrectionForm(Form):
    """The right value of a phone or of a part of an office's address, with its source."""

    bioguide = CleanField("Member's id", limit=20, render_kw={"autocomplete": "off"})
    office = CleanField("Local office", limit=80, render_kw={"autocomplete": "off"})
    field = SelectField(
        "What is wrong", choices=[SelectChoice(*choice) for choice in FIELD_WORDS.items()]
    )
    value = CleanField("Right value", limit=200, render_kw={"autocomplete": "off"})
    source = CleanField("Source", limit=300, render_kw={"autocomplete": "off"})
    report = HiddenField()


def _number(given: str) -> str:
    return given if given.isascii() and given.isdigit() and len(given) < 16 else ""


@blueprint.get("/organize/<name>/corrections")
@access.needs("texts")
@carries(report=_number)
def show(name: str) -> Response:
    """Show the reports that wait, what is corrected, and a form; `?report=` fills the form in."""
    wanted = _number(request.args.get("report", ""))
    with current_services().database.reading() as connection:
        held = office_reports.held(connection, name)
    chosen = next((one.report for one in held if str(one.id) == wanted), None)
    if chosen is None:
        return _page(name, CorrectionForm())
    filled = {
        "bioguide": chosen.member,
        "office": chosen.office,
        "field": chosen.field,
        "value": "yes" if chosen.field == "closed" else chosen.value,
        "source": chosen.source,
        "report": wanted,
    }
    return _page(name, CorrectionForm(data=filled))


@blueprint.post("/organize/<name>/corrections")
@access.needs("texts")
def correct(name: str) -> Response:
    """Correct a value for every campaign here."""
    services = current_services()
    form = CorrectionForm(request.form)
    if not form.validate():
        return _page(name, form)
    fields = (form.bioguide, form.office, form.field, form.value, form.source)
    member, office, field, value, source = (str(each.data or "") for each in fields)
    try:
        made = office_corrections.correct(
            services.database,
            name,
            services.congress,
            services.settings.corrections_file,
            fields=(member, office, field, value, source),
            report=int(_number(form.report.data or "") or 0),
            actor=access.actor(),
            on_date=services.today(),
            now=services.now(),
        )
    except CampaignError as error:
        blame(form, error)
        return _page(name, form)
    services.congress_data.look_again()
    flash(f"Corrected: {FIELD_WORDS[made.field].lower()} is now {made.value or 'empty'}.")
    return redirect(url_for("corrections.show", name=name), 303)


@blueprint.post("/organize/<name>/corrections/dismiss")
@access.needs("texts")
def dismiss(name: str) -> Response:
    """Remove a report that is wrong."""
    services = current_services()
    found = office_corrections.dismiss(
        services.database,
        name,
        int(_number(request.form.get("report", "")) or 0),
        actor=access.actor(),
        now=services.now(),
    )
    flash("The report is dismissed." if found else "The report was decided about already.")
    return redirect(url_for("corrections.show", name=name), 303)


@blueprint.post("/organize/<name>/corrections/remove")
@access.needs("texts")
def remove(name: str) -> Response:
    """Remove a correction: the source data counts again."""
    services = current_services()
    member, office, field = (request.form.get(part, "") for part in ("member", "office", "field"))
    is_removed = office_corrections.take_back(
        services.database,
        name,
        services.settings.corrections_file,
        (member, office, field),
        actor=access.actor(),
        now=services.now(),
    )
    services.congress_data.look_again()
    flash("The correction is removed." if is_removed else "The correction was removed already.")
    return redirect(url_for("corrections.show", name=name), 303)


def _page(name: str, form: CorrectionForm) -> Response:
    services = current_services()
    congress = services.congress
    with services.database.reading() as connection:
        held = office_reports.held(connection, name)
        actors = [each.correction.who for each in congress.corrections]
        known = names(connection, actors)
    return page(
        "organize/corrections.html",
        form=form,
        reports=[_described(congress, one) for one in held],
        corrections=[
            (each, *_place(congress, each), who(each.correction.who, known))
            for each in congress.corrections
        ],
        field_words=FIELD_WORDS,
        status_words=STATUS_WORDS,
    )


def _described(congress: Congress, held: HeldReport) -> tuple[HeldReport, str, str, str]:
    """Return a report with the member's name, the office, and what the data has."""
    report = held.report
    member = congress.members.get(report.member)
    if member is None:
        return held, report.member, report.office or "Washington", ""
    for office in member.offices:
        if office.id == report.office:
            now = "" if report.field == "closed" else str(getattr(office, report.field, ""))
            return held, member.name.full, office.town, now
    if report.office:
        return held, member.name.full, report.office, ""
    return held, member.name.full, "Washington", str(getattr(member.terms[-1], report.field, ""))


def _place(congress: Congress, checked: CheckedCorrection) -> tuple[str, str]:
    """Return the name of a correction's member, and the office in words."""
    correction = checked.correction
    member = congress.members.get(correction.bioguide)
    name = member.name.full if member else correction.bioguide
    towns = {office.id: office.town for office in member.offices} if member else {}
    is_seat = correction.office in congress.seats
    return name, "Washington" if is_seat else towns.get(correction.office, correction.office)
