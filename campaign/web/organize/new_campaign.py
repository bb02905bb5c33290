"""Create a campaign from a few answers."""

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, Form, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional

from campaign.errors import InvalidInput
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.new_campaign import Answers
from campaign.packs.organizer import FOREIGN_PRINCIPAL_QUESTION, MAX_PAYER
from campaign.store import audit
from campaign.web.core.forms import CleanArea, CleanField
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.texts import blueprint


class CampaignForm(Form):
    """The name and the answers from which a new campaign's texts are made."""

    name = CleanField(
        "Name in URLs",
        limit=63,
        validators=[DataRequired("Enter a name for the campaign, such as clean-water.")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    title = CleanField("Title", limit=new_campaign.MAX_TITLE)
    asked = CleanField("Whom do you ask?", limit=new_campaign.MAX_ASKED, default="Congress")
    ask = CleanArea("What do you ask?", limit=new_campaign.MAX_ASK)
    organizer = CleanField("Who are you?", limit=new_campaign.MAX_ORGANIZER)
    paid_for_by = CleanField("Who pays for it?", limit=MAX_PAYER)
    foreign_principal = RadioField(
        FOREIGN_PRINCIPAL_QUESTION,
        choices=[SelectChoice("no", "No"), SelectChoice("yes", "Yes")],
        validators=[Optional()],
    )
    in_spanish = BooleanField("Also in Spanish (Español)")
    in_armenian = BooleanField("Also in Armenian (Հայերեն)")

    @property
    def answers(self) -> Answers:
        """The answers. Raises InvalidInput with the name of a field."""
        parsed = Answers.parse(
            title=self.title.data or "",
            ask=self.ask.data or "",
            asked=self.asked.data or "",
            organizer=self.organizer.data or "",
            paid_for_by=self.paid_for_by.data or "",
            foreign_principal=self.foreign_principal.data == "yes",
            languages=("es",) * self.in_spanish.data + ("hy",) * self.in_armenian.data,
        )
        if not self.foreign_principal.data:
            raise InvalidInput("Answer yes or no.", field="foreign_principal")
        return parsed


@blueprint.route("/organize/new", methods=["GET", "POST"])
@access.needs_account
def start() -> Response:
    """Create a campaign from a few answers; for owners and organizers of every campaign."""
    services = current_services()
    if not access.may_start_campaigns():
        abort(403)
    form = CampaignForm(request.form or None)
    if request.method == "POST" and form.validate():
        name = form.name.data or ""
        try:
            if name in packs.names(packs.folders(services.settings)):
                raise InvalidInput(
                    "A campaign already has this name. Choose another.", field="name"
                )
            new_campaign.create(name, services.settings.campaigns_folder, form.answers)
        except InvalidInput as error:
            blame(form, error)
        else:
            with services.database.writing() as connection:
                audit.record(
                    connection,
                    "campaign-started",
                    actor=access.actor(),
                    now=services.now(),
                    campaign=name,
                    details={},
                )
            services.campaigns.rescan()
            flash("The campaign is a draft. Read its texts and edit them.", "success")
            return redirect(url_for("texts.show", name=name), 303)
    return page("organize/campaign-new.html", form=form)
