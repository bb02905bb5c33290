"""Report a wrong phone or office of a member: nothing about the person, held for the organizer."""

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from campaign import phone_numbers
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.errors import InvalidInput
from campaign.packs.pack import Pack
from campaign.petition import office_reports
from campaign.petition.office_reports import OfficeReport
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.client_network import client_network
from campaign.web.core.forms import CleanField, FormSeal
from campaign.web.core.services import Services, current_services

blueprint = Blueprint("office_report", __name__)

#: The office in Washington, as the form names it.
_WASHINGTON = "washington"
#: What may be wrong about an office -> its label.
FIELDS = {
    "phone": lazy_gettext("The phone number"),
    "address": lazy_gettext("The address"),
    "closed": lazy_gettext("The office has closed"),
}


class OfficeReportForm(Form):
    """Which office, what is wrong about it, and what is right as far as the person knows."""

    office = RadioField(
        lazy_gettext("Which office?"),
        validators=[InputRequired(lazy_gettext("Choose the office."))],
        validate_choice=False,
    )
    field = RadioField(
        lazy_gettext("What is wrong?"),
        choices=[SelectChoice(field, label) for field, label in FIELDS.items()],
        validators=[InputRequired(lazy_gettext("Choose what is wrong."))],
        validate_choice=False,
    )
    value = CleanField(lazy_gettext("What is right?"), limit=200)
    source = CleanField(lazy_gettext("How do you know?"), limit=200)
    token = HiddenField()

    def fit(self, holder: SeatHolder) -> "OfficeReportForm":
        """Offer the offices of a member."""
        assert holder.member is not None
        assert holder.term is not None
        address = holder.term.address
        places = [(_WASHINGTON, f"Washington: {address}" if address else "Washington")]
        for office in holder.member.offices:
            address = office.address
            places.append((office.id, f"{office.town}: {address}" if address else office.town))
        self.office.choices = [SelectChoice(*place) for place in places]
        return self

    def validate_office(self, field: Any) -> None:
        """Refuse an office that the member does not have, or has no more."""
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError(gettext("Choose the office."))

    def validate_field(self, field: Any) -> None:
        """Refuse a closed office in Washington: every member has one."""
        if field.data not in FIELDS:
            raise ValidationError(gettext("Choose what is wrong."))
        if field.data == "closed" and self.office.data == _WASHINGTON:
            raise ValidationError(
                gettext(
                    "Every member has an office in Washington. Choose the phone or the address."
                )
            )

    def validate_value(self, field: Any) -> None:
        """Refuse what is no phone number, and put a number into the usual form."""
        if self.field.data == "phone" and field.data:
            field.data = phone_numbers.normalize(field.data)
            if not phone_numbers.is_normal(field.data):
                raise ValidationError(
                    gettext("Write the phone number with its area code, such as 202-224-3121.")
                )

    def report(self, campaign: str, member: str) -> OfficeReport:
        """Return the valid form as a report."""
        office = "" if self.office.data == _WASHINGTON else str(self.office.data)
        return OfficeReport(
            campaign,
            member,
            office,
            str(self.field.data),
            self.value.data or "",
            self.source.data or "",
        )


@blueprint.get("/c/<name>/members/<bioguide>/report")
def show(name: str, bioguide: str) -> Response:
    """Show the form: the same for everyone."""
    services, pack, holder = _asked(name, bioguide)
    token = FormSeal(services.settings.keyring, now=services.now()).make(_purpose(pack))
    return send(Page.of(_body(pack, holder, OfficeReportForm(data={"token": token}).fit(holder))))


@blueprint.post("/c/<name>/members/<bioguide>/report")
def hold(name: str, bioguide: str) -> Response:
    """Hold the report for the organizer, and redirect to the thanks."""
    services, pack, holder = _asked(name, bioguide)
    form = OfficeReportForm(request.form).fit(holder)
    if not form.validate():
        return make_response(_body(pack, holder, form), 422)
    seal = FormSeal(services.settings.keyring, now=services.now())
    if not seal.is_good(form.token.data or "", _purpose(pack)):
        raise InvalidInput(
            "This page was open for a while. Go back, reload it, and press the button again."
        )
    office_reports.hold(
        services.database,
        form.report(pack.name, bioguide),
        network=client_network(),
        limits=services.limits,
        now=services.now(),
    )
    return redirect(url_for("office_report.thanks", name=name, bioguide=bioguide), 303)


@blueprint.get("/c/<name>/members/<bioguide>/reported")
def thanks(name: str, bioguide: str) -> Response:
    """Say that the organizer checks the report: the same page for everyone."""
    _, pack, holder = _asked(name, bioguide)
    body = render_template(
        "office_report/reported.html",
        pack=pack,
        texts=pack.text(languages.current()),
        holder=holder,
    )
    return send(Page.of(body))


def _purpose(pack: Pack) -> str:
    return f"office-report:{pack.name}"


def _asked(name: str, bioguide: str) -> tuple[Services, Pack, SeatHolder]:
    """Return the campaign and the member; aborts with 404 for one who holds no seat today."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    member = services.congress.members.get(bioguide)
    holder = seat_of(services.congress, member, services.today()) if member else None
    if holder is None or holder.member is None:
        abort(404)
    return services, pack, holder


def _body(pack: Pack, holder: SeatHolder, form: OfficeReportForm) -> str:
    return render_template(
        "office_report/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        holder=holder,
        form=form,
        errors=bool(form.errors),
    )
