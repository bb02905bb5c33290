"""The facts of a campaign: listed by their review days, and edited one at a time."""

import re
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from campaign.errors import InvalidInput, PackInvalid
from campaign.packs import editing
from campaign.packs.ledger import Fact
from campaign.web.core.forms import CleanArea, CleanField
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.texts import blueprint, current_text, save_text, saved_in_words

#: The id of a fact, as it may be typed.
FACT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_STATUSES = {
    "verified": "verified: we read the source",
    "attributed": "attributed: the source says it",
    "disputed": "disputed: do not use",
    "stale": "stale: check it again",
}


class FactForm(Form):
    """One fact of the ledger."""

    claim = CleanArea("Claim, in the past tense", limit=1000, multiline=True)
    event_date = CleanField("When it happened", limit=60)
    attribution = CleanField("According to", limit=200)
    publisher = CleanField("Publisher", limit=200)
    url = CleanField("URL of the source", limit=500, render_kw={"type": "url"})
    source_date = CleanField("Date of the source", limit=60)
    verified_on = DateField("Last checked on", validators=[Optional()])
    review_by = DateField("Review by", validators=[Optional()])
    status = SelectField(
        "Status", choices=[SelectChoice(value, label) for value, label in _STATUSES.items()]
    )

    def values(self) -> dict[str, str | date | None]:
        """Return the fields as the ledger stores them."""
        return {
            field.name: (field.data or None) if isinstance(field, DateField) else field.data or ""
            for field in self
        }


@blueprint.get("/organize/<name>/texts/facts")
@access.needs("texts")
def facts(name: str) -> str:
    """List the facts by their review days, the nearest first."""
    pack = access.here()
    found = sorted(pack.facts.values(), key=lambda fact: (fact.review_by or date.max, fact.id))
    return render_template("organize/text-facts.html", facts=found, today=access.here().on_date)


@blueprint.route("/organize/<name>/texts/facts/<fact_id>", methods=["GET", "POST"])
@access.needs("texts")
def fact(name: str, fact_id: str) -> Response:
    """Edit a fact, or write a new one with that id."""
    services = current_services()
    if FACT_ID.fullmatch(fact_id) is None:
        abort(404)
    known = access.here().facts.get(fact_id)
    form = FactForm(request.form) if request.method == "POST" else _fact_form(known)
    if request.method == "POST" and form.validate():
        try:
            current = current_text(name, "facts.toml")
            saved = save_text(
                name, "facts.toml", editing.with_fact(current, fact_id, form.values())
            )
        except (InvalidInput, PackInvalid) as error:
            blame(form, error)
        else:
            services.campaigns.rescan()
            flash(saved_in_words(saved, f"The fact “{fact_id}” has been saved."), "success")
            return redirect(url_for("texts.facts", name=name), 303)
    return page("organize/text-fact.html", form=form, fact_id=fact_id, known=known)


@blueprint.post("/organize/<name>/texts/facts")
@access.needs("texts")
def new_fact(name: str) -> Response:
    """Redirect to the form for a fact with a new id."""
    fact_id = request.form.get("id", "").strip().lower()
    if FACT_ID.fullmatch(fact_id) is None:
        flash("Enter an id of lowercase letters, digits and hyphens, such as gao-2022.", "error")
        return redirect(url_for("texts.facts", name=name), 303)
    return redirect(url_for("texts.fact", name=name, fact_id=fact_id), 303)


def _fact_form(known: Fact | None) -> FactForm:
    if known is None:
        return FactForm(data={"status": "stale"})
    return FactForm(obj=known)
