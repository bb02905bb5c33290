"""Updates: news to signers who opted in: written, previewed, tested, sent, counted."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from campaign import civil_time
from campaign.congress.places import District
from campaign.errors import InvalidInput, TooManyAttempts, UpdateUnknown
from campaign.organizing import scheduled_updates, updates
from campaign.organizing.updates import Draft
from campaign.store import audit, wordings
from campaign.store import updates as store
from campaign.store.statuses import Origin, UpdateStatus
from campaign.store.updates import Update
from campaign.web.core.forms import CleanArea, CleanField, source_tag
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import local_time, states_by_name
from campaign.web.organize import access
from campaign.web.organize.form_page import blame, page

blueprint = Blueprint("updates", __name__)

#: Tests of one update; they go only to the organizer's own address.
_MAX_TESTS = 20

STATUS_WORDS = {
    UpdateStatus.DRAFT: "draft",
    UpdateStatus.SENDING: "being sent",
    UpdateStatus.SENT: "sent",
    UpdateStatus.STOPPED: "stopped",
}


class UpdateForm(Form):
    """The news, and the signers who get it."""

    subject = CleanField(
        "Subject",
        limit=150,
        validators=[DataRequired("Enter a subject.")],
        render_kw={"autocomplete": "off"},
    )
    body = CleanArea(
        "Text",
        limit=20_000,
        multiline=True,
        validators=[DataRequired("Enter the text of the update.")],
        render_kw={"rows": "14"},
    )
    state = SelectField(
        "State",
        choices=[
            SelectChoice("", "every state"),
            *(SelectChoice(*state) for state in states_by_name()),
        ],
        default="",
    )
    district = CleanField("District, such as CA-30", limit=10, render_kw={"autocomplete": "off"})
    source = CleanField("Source", limit=40, render_kw={"autocomplete": "off"})
    origin = SelectField(
        "Signed",
        choices=[
            SelectChoice("", "online or on paper"),
            SelectChoice(Origin.ONLINE, "online"),
            SelectChoice(Origin.PAPER, "on paper"),
        ],
        default="",
    )

    wording = SelectField(
        "Wording",
        choices=[
            SelectChoice("", "any wording"),
            SelectChoice("earlier", "an earlier wording than the current one"),
        ],
        default="",
    )

    about = SelectField(
        "Does it ask readers to write or call?",
        choices=[
            SelectChoice("", "no"),
            SelectChoice("bill", "yes, about a bill"),
            SelectChoice("executive", "yes, to the executive"),
            SelectChoice("other", "yes, about something else"),
        ],
        default="",
    )

    @classmethod
    def of(cls, update: Update) -> "UpdateForm":
        """Return the form as the draft was saved."""
        asked = {**update.audience, "wording": "earlier" if update.asks_again else ""}
        text = {"subject": update.subject, "body": update.body, "about": update.about}
        return cls(data={**text, **asked})

    def draft(self, version: str) -> Draft:
        """Return what was typed. Raises InvalidInput with its field.

        `version` is the petition's current wording.
        """
        district = self.district.data or ""
        if district:
            try:
                district = str(District.parse(district))
            except InvalidInput:
                raise InvalidInput("Enter the district, such as CA-30.", field="district") from None
        source = self.source.data or ""
        if source and not source_tag(source):
            raise InvalidInput("Enter the source tag, such as mail.", field="source")
        audience = {
            "state": self.state.data or "",
            "district": district,
            "source": source,
            "origin": self.origin.data or "",
            "wording": version if self.wording.data else "",
        }
        typed = (self.subject.data or "", self.body.data or "")
        return Draft.parse(*typed, audience, self.about.data or "")


@blueprint.get("/organize/<name>/updates")
@access.needs("updates")
def show(name: str) -> Response:
    """List the campaign's updates with their results."""
    with current_services().database.reading() as connection:
        found = store.of_campaign(connection, name)
    return page(
        "organize/updates.html",
        updates=found,
        words=STATUS_WORDS,
        blocked=updates.blocked_lately(current_services().database, name, current_services().now()),
    )


@blueprint.get("/organize/<name>/updates/new")
@access.needs("updates")
def new(name: str) -> Response:
    """Show an empty update."""
    return _editor(name, UpdateForm(), None)


@blueprint.post("/organize/<name>/updates/new")
@access.needs("updates")
def create(name: str) -> Response:
    """Save a new draft, and show it as signers will see it."""
    form = UpdateForm(request.form)
    public_id = _kept(name, form, "")
    if public_id is None:
        return _editor(name, form, None)
    return redirect(url_for("updates.one", name=name, public_id=public_id), 303)


@blueprint.post("/organize/<name>/updates/ask-again")
@access.needs("updates")
def ask_again(name: str) -> Response:
    """Write a draft that asks signers of an earlier wording whether they agree to the current
    one.
    """
    services = current_services()
    public_id = updates.draft_new_wording(
        services.database, access.here(), actor=access.actor(), now=services.now()
    )
    return redirect(url_for("updates.one", name=name, public_id=public_id), 303)


@blueprint.get("/organize/<name>/updates/<public_id>")
@access.needs("updates")
def one(name: str, public_id: str) -> Response:
    """Show a draft with its preview, or a sent update with its figures."""
    found = updates.find(current_services().database, name, public_id)
    if found.is_draft:
        return _editor(name, UpdateForm.of(found), found)
    return page(
        "organize/update.html",
        one=found,
        words=STATUS_WORDS,
        preview=updates.preview(found),
    )


@blueprint.post("/organize/<name>/updates/<public_id>")
@access.needs("updates")
def act(name: str, public_id: str) -> Response:
    """Save a draft, test it, or go on to send it, by the button."""
    services = current_services()
    found = updates.find(services.database, name, public_id)
    what = request.form.get("act", "save")
    if what == "delete" and request.form.get("sure") != "yes":
        return _sure(
            found,
            title="Delete the draft",
            text=f"“{found.subject}” has not been sent. A deleted draft cannot be restored.",
            label="Delete the draft",
            action=url_for("updates.act", name=name, public_id=public_id),
            act="delete",
        )
    if what == "delete":
        with services.database.writing() as connection:
            gone = store.delete(connection, found)
        flash(
            "The draft has been deleted." if gone else "This update has already been sent.",
            "success",
        )
        return redirect(url_for("updates.show", name=name), 303)
    form = UpdateForm(request.form)
    if _kept(name, form, public_id) is None:
        return _editor(name, form, found)
    if what == "test":
        _try_out(updates.find(services.database, name, public_id))
    elif what == "send":
        return redirect(url_for("updates.confirm", name=name, public_id=public_id), 303)
    return redirect(url_for("updates.one", name=name, public_id=public_id), 303)


@blueprint.get("/organize/<name>/updates/<public_id>/send")
@access.needs("updates")
def confirm(name: str, public_id: str) -> Response:
    """Show the confirmation page, with the number of recipients and the mail as they get it."""
    found = updates.find(current_services().database, name, public_id)
    if not found.is_draft:
        return redirect(url_for("updates.one", name=name, public_id=public_id), 303)
    return _send_page(found)


@blueprint.post("/organize/<name>/updates/<public_id>/send")
@access.needs("updates")
def send(name: str, public_id: str) -> Response:
    """Send it: the worker takes over."""
    services = current_services()
    try:
        found = updates.find(services.database, name, public_id)
        updates.send(services.database, found, actor=access.actor(), now=services.now())
    except (InvalidInput, TooManyAttempts, UpdateUnknown) as error:
        flash(str(error), "error")
    else:
        flash("The update is being sent, a few hundred messages a minute.", "success")
    return redirect(url_for("updates.one", name=name, public_id=public_id), 303)


@blueprint.post("/organize/<name>/updates/<public_id>/schedule")
@access.needs("updates")
def schedule(name: str, public_id: str) -> Response:
    """Let it be sent at the chosen time, or cancel that, by the button."""
    services = current_services()
    found = updates.find(services.database, name, public_id)
    by: dict[str, Any] = {"actor": access.actor(), "now": services.now()}
    back = redirect(url_for("updates.one", name=name, public_id=public_id), 303)
    if request.form.get("act") == "cancel":
        if scheduled_updates.cancel(services.database, found, **by):
            flash("The update is no longer scheduled. It is a draft again.", "success")
        return back
    try:
        day, clock = request.form.get("day", ""), request.form.get("clock", "")
        at = scheduled_updates.parse_time(day, clock, access.here(), now=services.now())
        scheduled_updates.schedule(services.database, found, at=at, **by)
    except InvalidInput as error:
        return _send_page(found, wrong=error)
    except UpdateUnknown as error:
        flash(str(error), "error")
        return back
    flash(f"The update will be sent on {local_time(at, access.here().zone)}.", "success")
    return back


@blueprint.post("/organize/<name>/updates/<public_id>/stop")
@access.needs("updates")
def stop(name: str, public_id: str) -> Response:
    """Stop the messages that were not sent yet, after a confirmation page."""
    services = current_services()
    found = updates.find(services.database, name, public_id)
    if request.form.get("sure") != "yes":
        return _sure(
            found,
            title="Stop this update",
            text=f"Queued messages of “{found.subject}” will not be sent: "
            f"{found.figures.waiting:,} at this moment. A stopped update cannot be resumed; write "
            "a new one instead.",
            label="Stop the update",
            action=url_for("updates.stop", name=name, public_id=public_id),
        )
    kept = updates.stop(services.database, found, actor=access.actor(), now=services.now())
    flash(
        f"Stopped. {kept:,} {'message' if kept == 1 else 'messages'} will not be sent.", "success"
    )
    return redirect(url_for("updates.one", name=name, public_id=public_id), 303)


def _send_page(update: Update, *, wrong: InvalidInput | None = None) -> Response:
    """Show the page that sends a draft now or at a time, with what was typed if that is wrong."""
    services = current_services()
    response = page(
        "organize/update-send.html",
        one=update,
        reach=updates.reach(services.database, update, services.now()),
        preview=updates.preview(update),
        day=request.form.get("day", ""),
        clock=request.form.get("clock", ""),
        wrong=wrong,
        today=access.here().on_date,
        zone_in_words=civil_time.IN_WORDS.get(access.here().zone.key, access.here().zone.key),
    )
    if wrong is not None:
        response.status_code = 422
    return response


def _sure(update: Update, **words: Any) -> Response:
    """Show the confirmation page of an irreversible step."""
    back = url_for("updates.one", name=update.campaign, public_id=update.public_id)
    return page("organize/sure.html", back=back, **words)


def _kept(name: str, form: UpdateForm, public_id: str) -> str | None:
    """Save what was typed as a draft; return None where something must be corrected first."""
    services = current_services()
    if not form.validate():
        return None
    pack = access.here()
    try:
        if form.wording.data:
            wordings.ensure_recorded(services.database, pack, now=services.now())
        return updates.save(
            services.database,
            name,
            public_id,
            form.draft(pack.wording_version),
            actor=access.actor(),
            now=services.now(),
        )
    except InvalidInput as error:
        blame(form, error)
        return None


def _try_out(update: Update) -> None:
    services = current_services()
    account = access.account_here().account
    with services.database.reading() as connection:
        tests = sum(
            record.details.get("update") == update.public_id
            for record in audit.records(
                connection, action="update-test", campaign=update.campaign, limit=200
            )
        )
    if tests >= _MAX_TESTS:
        flash("Twenty tests of this update were sent. Send it, or write a new one.", "error")
        return
    updates.send_test(
        services.database,
        update,
        to=account.email,
        language="en",
        actor=access.actor(),
        now=services.now(),
    )
    flash(f"A test is on its way to {account.email}.", "success")


def _editor(name: str, form: UpdateForm, update: Update | None) -> Response:
    return page(
        "organize/update-edit.html",
        form=form,
        one=update,
        preview=updates.preview(update) if update else None,
        reach=updates.reach(current_services().database, update, current_services().now())
        if update
        else None,
    )
