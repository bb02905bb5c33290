"""The campaign's texts: edited, previewed for all recipients, kept in versions with their
editors.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional

from campaign import civil_time
from campaign.errors import CampaignError, InvalidInput, PackInvalid, Problem, TextsChanged
from campaign.messages import counted
from campaign.organizing import texts
from campaign.organizing.accounts import roles
from campaign.organizing.texts import SaveResult, TextPreview
from campaign.packs import editing, new_campaign
from campaign.packs import pack as packs
from campaign.packs.ledger import Fact
from campaign.packs.letter_headings import RecipientKind
from campaign.packs.new_campaign import Answers
from campaign.packs.pack import Pack
from campaign.store import audit
from campaign.store.texts import Version
from campaign.web.core.forms import CleanArea, CleanField
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.form_page import page
from campaign.web.organize.security_datastore import User

blueprint = Blueprint("texts", __name__)

_FACT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_STATUSES = {
    "verified": "verified: we read the source",
    "attributed": "attributed: the source says it",
    "disputed": "disputed: do not use",
    "stale": "stale: check it again",
}


# The recipients of the previewed letters.
_RECIPIENTS: dict[RecipientKind, str] = {
    "senator": "a senator",
    "representative": "a representative",
    "delegate": "a delegate",
    "resident-commissioner": "the Resident Commissioner",
    "committee": "a member of a committee",
    "chair": "the chair of a committee",
    "president": "the President",
    "secretary": "the Secretary of State",
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
    organizer_name = CleanField("Organizer", limit=120)
    organizer_email = CleanField("Email address for questions", limit=254)
    organizer_url = CleanField("Website", limit=300)
    organizer_address = CleanArea("Postal address", limit=400, multiline=True)

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
            }
        )

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


class CampaignForm(Form):
    """The name and the five answers from which a new campaign's texts are made."""

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
    in_spanish = BooleanField("Also in Spanish (Español)")
    in_armenian = BooleanField("Also in Armenian (Հայերեն)")

    @property
    def answers(self) -> Answers:
        """The answers. Raises InvalidInput with the name of a field."""
        return Answers.parse(
            title=self.title.data or "",
            ask=self.ask.data or "",
            asked=self.asked.data or "",
            organizer=self.organizer.data or "",
            languages=("es",) * self.in_spanish.data + ("hy",) * self.in_armenian.data,
        )


# -- All texts -------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/texts")
@access.needs("texts")
def show(name: str) -> str:
    """List the campaign's texts, their problems, and their last editors."""
    services = current_services()
    folder = texts.folder(services.settings, name)
    review = packs.review_at(folder, services.now())
    return render_template(
        "organize/texts.html",
        files=[(file, editing.title(file)) for file in editing.files(folder)],
        review=review,
        versions=_named(texts.history(services.database, name)[:10]),
        title_of=editing.title,
        usable=len(review.pack.usable_facts()) if review.pack else 0,
        standing=texts.signers_by_wording(services.database, review.pack or access.here()),
        may_ask=access.may("updates", name),
    )


@blueprint.post("/organize/<name>/texts/publish")
@access.needs("texts")
def publish(name: str) -> Response:
    """Publish the campaign, or unpublish it."""
    services = current_services()
    is_public = request.form.get("public") == "yes"
    try:
        saved = texts.publish(
            services.database,
            services.settings,
            name,
            is_public,
            actor=access.actor(),
            now=services.now(),
        )
    except (PackInvalid, InvalidInput) as error:
        first = error.problems[0] if isinstance(error, PackInvalid) and error.problems else error
        flash(f"The campaign cannot be published yet. {first}", "error")
    else:
        services.shelf.rescan()
        told = "The campaign is public." if is_public else "The campaign is now a draft."
        flash(_kept_words(saved, told), "success")
    return redirect(url_for("texts.show", name=name), 303)


# -- One text --------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/texts/edit/<path:file>")
@access.needs("texts")
def edit(name: str, file: str) -> Response:
    """Show a text in the editor."""
    current = _current(name, file)
    return _editor(name, file, current, seen=texts.fingerprint(current))


@blueprint.post("/organize/<name>/texts/edit/<path:file>")
@access.needs("texts")
def change(name: str, file: str) -> Response:
    """Preview the text or save it, by the button. What was typed is never lost."""
    services = current_services()
    _current(name, file)
    typed = request.form.get("text", "").replace("\r\n", "\n")
    seen = request.form.get("seen", "")
    try:
        cleaned = editing.clean_text(typed)
        if request.form.get("act") == "preview":
            reading = texts.preview(
                services.database,
                services.settings,
                name,
                {file: cleaned},
                services.congress,
                services.now(),
            )
            return _editor(name, file, cleaned, seen=seen, reading=reading)
        saved = texts.save(
            services.database,
            services.settings,
            name,
            {file: cleaned},
            seen={file: seen},
            why=request.form.get("why", ""),
            actor=access.actor(),
            now=services.now(),
        )
    except PackInvalid as error:
        return _editor(name, file, typed, seen=seen, problems=error.problems)
    except TextsChanged as error:
        now = _current(name, file)
        return _editor(
            name,
            file,
            typed,
            seen=texts.fingerprint(now),
            refused=str(error),
            difference=texts.difference(now, typed),
        )
    except InvalidInput as error:
        return _editor(name, file, typed, seen=seen, refused=str(error))
    services.shelf.rescan()
    flash(_kept_words(saved, f"Saved: {editing.title(file)}."), "success")
    return redirect(url_for("texts.show", name=name), 303)


def _current(name: str, file: str) -> str:
    """Return the current text; 404 for a name that is no text of a campaign."""
    if not editing.is_file(file):
        abort(404)
    return editing.read(texts.folder(current_services().settings, name), file)


def _editor(
    name: str,
    file: str,
    text: str,
    *,
    seen: str,
    reading: TextPreview | None = None,
    problems: tuple[Problem, ...] = (),
    refused: str = "",
    difference: tuple[str, ...] = (),
) -> Response:
    problems = problems or (reading.review.problems if reading else ())
    body = render_template(
        "organize/text-edit.html",
        file=file,
        title_of=editing.title,
        text=text,
        seen=seen,
        reading=reading,
        signed=_signed(file),
        problems=problems,
        refused=refused,
        difference=difference,
        errors=bool(problems or refused),
        why=request.form.get("why", ""),
        recipient_words=_RECIPIENTS,
    )
    status = 422 if problems or refused else 200
    return Response(body, status, content_type="text/html; charset=utf-8")


def _signed(file: str) -> int:
    """Return how many people signed the wording that an edit of this file would change, 0 for
    none.
    """
    if not file.startswith("petition."):
        return 0
    return texts.signers_by_wording(current_services().database, access.here()).current


# -- Settings and facts ----------------------------------------------------------------------------


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
            current = _current(name, "campaign.toml")
            saved = _keep(name, "campaign.toml", editing.with_settings(current, values, organizer))
        except (InvalidInput, PackInvalid) as error:
            _blame(form, error)
        else:
            services.shelf.rescan()
            flash(_kept_words(saved, "The settings have been saved."), "success")
            return redirect(url_for("texts.show", name=name), 303)
    return page("organize/text-settings.html", form=form)


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
    if _FACT_ID.fullmatch(fact_id) is None:
        abort(404)
    known = access.here().facts.get(fact_id)
    form = FactForm(request.form) if request.method == "POST" else _fact_form(known)
    if request.method == "POST" and form.validate():
        try:
            current = _current(name, "facts.toml")
            saved = _keep(name, "facts.toml", editing.with_fact(current, fact_id, form.values()))
        except (InvalidInput, PackInvalid) as error:
            _blame(form, error)
        else:
            services.shelf.rescan()
            flash(_kept_words(saved, f"The fact “{fact_id}” has been saved."), "success")
            return redirect(url_for("texts.facts", name=name), 303)
    return page("organize/text-fact.html", form=form, fact_id=fact_id, known=known)


@blueprint.post("/organize/<name>/texts/facts")
@access.needs("texts")
def new_fact(name: str) -> Response:
    """Redirect to the form for a fact with a new id."""
    fact_id = request.form.get("id", "").strip().lower()
    if _FACT_ID.fullmatch(fact_id) is None:
        flash("Enter an id of lowercase letters, digits and hyphens, such as gao-2022.", "error")
        return redirect(url_for("texts.facts", name=name), 303)
    return redirect(url_for("texts.fact", name=name, fact_id=fact_id), 303)


def _fact_form(known: Fact | None) -> FactForm:
    if known is None:
        return FactForm(data={"status": "stale"})
    return FactForm(obj=known)


def _kept_words(saved: SaveResult, told: str) -> str:
    """Say what was saved, and how many people signed another wording than the current one."""
    if not (saved.earlier and saved.files):
        return told
    stay = "they stay" if saved.earlier > 1 else "that signature stays"
    return (
        f"{told} {counted(saved.earlier, 'person', 'people')} signed an earlier wording of the "
        f"petition; {stay} counted and printed under the words that were signed."
    )


def _keep(name: str, file: str, content: str) -> SaveResult:
    services = current_services()
    return texts.save(
        services.database,
        services.settings,
        name,
        {file: content},
        seen={file: texts.fingerprint(_current(name, file))},
        why="",
        actor=access.actor(),
        now=services.now(),
    )


def _blame(form: Form, error: CampaignError) -> None:
    """Show an error beside its field, or at the top of the form."""
    if isinstance(error, InvalidInput) and error.field in form:
        field: Any = form[error.field]
        field.errors = (*field.errors, str(error))
        return
    problems = error.problems if isinstance(error, PackInvalid) else (error,)
    form.form_errors = [str(problem) for problem in problems]


# -- Versions --------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/texts/history")
@access.needs("texts")
def history(name: str) -> str:
    """List the versions, of one text where the query names it."""
    file = request.args.get("file", "")
    if file and not editing.is_file(file):
        abort(404)
    return render_template(
        "organize/text-history.html",
        versions=_named(texts.history(current_services().database, name, file)),
        file=file,
        title_of=editing.title,
    )


@blueprint.get("/organize/<name>/texts/versions/<int:number>")
@access.needs("texts")
def version(name: str, number: int) -> str:
    """Show a version, and the lines in which it differs from the one before."""
    found, difference = _version(name, number)
    return render_template(
        "organize/text-version.html",
        version=_named((found,))[0],
        difference=difference,
        title_of=editing.title,
        is_now=_current(name, found.file) == found.text,
    )


@blueprint.post("/organize/<name>/texts/versions/<int:number>/restore")
@access.needs("texts")
def restore(name: str, number: int) -> Response:
    """Restore a version, as a new version."""
    services = current_services()
    found, _ = _version(name, number)
    try:
        saved = _keep(name, found.file, found.text)
    except (PackInvalid, InvalidInput) as error:
        first = error.problems[0] if isinstance(error, PackInvalid) and error.problems else error
        flash(f"This version cannot be restored. {first}", "error")
    else:
        services.shelf.rescan()
        flash(_kept_words(saved, "The version has been restored."), "success")
    return redirect(url_for("texts.version", name=name, number=number), 303)


def _named(versions: Sequence[Version]) -> list[Version]:
    """Return the versions with their editors' names."""
    with current_services().database.reading() as connection:
        known = names(connection, (one.actor for one in versions))
    return [replace(one, actor=who(one.actor, known) if one.actor else "") for one in versions]


def _version(name: str, number: int) -> tuple[Version, tuple[str, ...]]:
    # No database holds a larger number.
    found = texts.version(current_services().database, name, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found


# -- Another campaign ------------------------------------------------------------------------------


@blueprint.route("/organize/new", methods=["GET", "POST"])
@access.needs_account
def start() -> Response:
    """Start a campaign from a few answers; only for owners of every campaign."""
    services = current_services()
    if not _owns_all(access.account_here()):
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
            _blame(form, error)
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
            services.shelf.rescan()
            flash("The campaign is a draft. Read its texts and edit them.", "success")
            return redirect(url_for("texts.show", name=name), 303)
    return page("organize/campaign-new.html", form=form)


def _owns_all(user: User) -> bool:
    return user.grants.get(roles.EVERY_CAMPAIGN) == "owner"
