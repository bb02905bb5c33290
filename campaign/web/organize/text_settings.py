"""The settings of a campaign that change most often, as a form."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, Form, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional

from campaign import civil_time
from campaign.errors import InvalidInput, PackInvalid
from campaign.packs import editing
from campaign.packs.organizer import (
    FOREIGN_PRINCIPAL_QUESTION,
    MAX_DISCLOSURE,
    MAX_PAYER,
    disclosure_key,
)
from campaign.packs.pack import LANGUAGES, Pack
from campaign.web.core.forms import CleanArea, CleanField
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.texts import blueprint, current_text, save_text, saved_in_words

#: foreign_principal in campaign.toml -> the choice of the form.
_ANSWERS = {None: None, True: "yes", False: "no"}


class SettingsForm(Form):
    """The settings that change most often; the rest is edited as text."""

    goals = CleanField(
        "Goals",
        limit=400,
        validators=[DataRequired("Enter at least one goal, such as 500.")],
        render_kw={"autocomplete": "off"},
    )
    opens_on = DateField("First day of signing", validators=[Optional()])
    closes_on = DateField("Last day of signing", validators=[Optional()])
    time_zone = SelectField("Time zone", validate_choice=False)
    accent = CleanField("Color of buttons and links, such as #8c1c2b", limit=7)
    challenge = BooleanField(
        "Make each signer's browser solve a small computation, which slows bots down"
    )
    organizer_name = CleanField("Name", limit=120)
    organizer_email = CleanField("Email address for questions", limit=254)
    organizer_url = CleanField("Website", limit=300)
    organizer_address = CleanArea("Postal address", limit=400, multiline=True)
    paid_for_by = CleanField("Paid for by", limit=MAX_PAYER)
    foreign_principal = RadioField(
        FOREIGN_PRINCIPAL_QUESTION,
        choices=[SelectChoice("no", "No"), SelectChoice("yes", "Yes")],
        validators=[Optional()],
    )
    disclosure = CleanArea("Disclosure line", limit=MAX_DISCLOSURE)
    disclosure_es = CleanArea("Disclosure line in Spanish", limit=MAX_DISCLOSURE)
    disclosure_hy = CleanArea("Disclosure line in Armenian", limit=MAX_DISCLOSURE)

    def fit(self, pack: Pack) -> "SettingsForm":
        """Offer the time zones, including the campaign's."""
        zones = {pack.zone.key: pack.zone.key, **civil_time.IN_WORDS}
        self.time_zone.choices = [SelectChoice(zone, words) for zone, words in zones.items()]
        self.time_zone.data = self.time_zone.data or pack.zone.key
        return self

    @classmethod
    def of(cls, pack: Pack) -> "SettingsForm":
        """Return the form filled in from the campaign."""
        return cls(
            data={
                "goals": ", ".join(map(str, pack.goals)),
                "opens_on": pack.opens_on,
                "closes_on": pack.closes_on,
                "time_zone": pack.zone.key,
                "accent": pack.accent,
                "challenge": pack.challenge,
                "organizer_name": pack.organizer.name,
                "organizer_email": pack.organizer.email,
                "organizer_url": pack.organizer.url,
                "organizer_address": "\n".join(pack.organizer.postal_address),
                "paid_for_by": pack.funding.paid_for_by,
                "foreign_principal": _ANSWERS[pack.funding.foreign_principal],
                **{
                    disclosure_key(language): line
                    for language, line in pack.funding.disclosures.items()
                },
            }
        )

    def funding(self, *, is_public: bool) -> dict[str, Any] | None:
        """Return who pays and the answer about funding from abroad, None if nothing is filled in.

        Raises InvalidInput with its field for a yes without the line while the campaign is public.
        """
        answer = self.foreign_principal.data
        lines = {key: self[key].data or None for key in map(disclosure_key, LANGUAGES)}
        if not (answer or self.paid_for_by.data or any(lines.values())):
            return None
        if is_public and answer == "yes" and not lines["disclosure"]:
            raise InvalidInput(
                "Enter the disclosure line. Ask a lawyer what it has to say (22 USC 611-614).",
                field="disclosure",
            )
        return {
            "paid_for_by": self.paid_for_by.data or "",
            "foreign_principal": answer == "yes" if answer else None,
            **lines,
        }

    def settings(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the settings and the organizer. Raises InvalidInput with its field."""
        goals = [part.strip() for part in (self.goals.data or "").split(",")]
        if not all(goal.isascii() and goal.isdigit() and len(goal) < 9 for goal in goals if goal):
            raise InvalidInput("Enter the goals as numbers separated by commas.", field="goals")
        return (
            {
                "goals": [int(goal) for goal in goals if goal],
                "opens_on": self.opens_on.data,
                "closes_on": self.closes_on.data,
                "time_zone": self.time_zone.data,
                "accent": self.accent.data or "",
                "challenge": bool(self.challenge.data),
            },
            {
                "name": self.organizer_name.data or "",
                "email": self.organizer_email.data or "",
                "url": self.organizer_url.data or "",
                "postal_address": [
                    line for line in (self.organizer_address.data or "").splitlines() if line
                ],
            },
        )


@blueprint.route("/organize/<name>/texts/settings", methods=["GET", "POST"])
@access.needs("texts")
def settings(name: str) -> Response:
    """Set goals, dates, color and the organizer."""
    services = current_services()
    form = (
        SettingsForm(request.form) if request.method == "POST" else SettingsForm.of(access.here())
    ).fit(access.here())
    if request.method == "POST" and form.validate():
        try:
            values, organizer = form.settings()
            funding = form.funding(is_public=access.here().published)
            current = current_text(name, "campaign.toml")
            content = editing.with_settings(current, values, organizer, funding)
            saved = save_text(name, "campaign.toml", content)
        except (InvalidInput, PackInvalid) as error:
            blame(form, error)
        else:
            services.campaigns.rescan()
            flash(saved_in_words(saved, "The settings have been saved."), "success")
            return redirect(url_for("texts.show", name=name), 303)
    return page("organize/text-settings.html", form=form)
