"""Integrations: API keys, webhooks with their log, and the push to Action Network."""

from datetime import date, datetime

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, DateField, Field, Form, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional, ValidationError

from campaign import civil_time
from campaign.errors import ConnectionUnknown, InvalidInput
from campaign.organizing.connect import api_keys, connections
from campaign.organizing.connect.api_keys import SCOPES
from campaign.organizing.connect.connections import WebhookSettings
from campaign.store.api_tokens import ApiToken
from campaign.store.endpoints import EVENTS, Endpoint, Kind
from campaign.web.core.forms import CleanField
from campaign.web.core.services import current_services
from campaign.web.letters.letter_form import CheckboxesField
from campaign.web.organize import access
from campaign.web.organize.form_page import page

blueprint = Blueprint("connect", __name__)

_EVENT_WORDS = {
    "signature.confirmed": "a signer confirmed a signature",
    "signature.changed": "a signer changed place or choices, or unsubscribed",
    "signature.withdrawn": "a signature no longer counts: withdrawn, struck or erased",
}
_SHAPE_WORDS = {
    "flat": "Flat: one object with plain fields, for no-code tools",
    "actionnetwork": "The format of Action Network's webhooks",
}


class _Chosen:
    """Requires at least one ticked box. (DataRequired would make browsers require every one.)"""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(self._sentence)


class KeyForm(Form):
    """What a key is for, what it may do, and when it ends."""

    name = CleanField(
        "Purpose",
        limit=60,
        validators=[DataRequired("Enter the purpose of the key, such as the program's name.")],
        render_kw={"autocomplete": "off"},
    )
    scopes = CheckboxesField(
        "Permissions",
        choices=[SelectChoice(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        validators=[_Chosen("Choose at least one permission.")],
    )
    expires = DateField("Last day", validators=[Optional()])


class WebhookForm(Form):
    """Where a webhook posts to, and which events."""

    url = CleanField(
        "URL",
        limit=500,
        validators=[DataRequired("Enter a URL such as https://hooks.example.org/in.")],
        render_kw={"type": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    events = CheckboxesField(
        "Events",
        choices=[SelectChoice(event, _EVENT_WORDS[event]) for event in EVENTS],
        default=["signature.confirmed"],
        validators=[_Chosen("Choose at least one event.")],
    )
    shape = RadioField(
        "Format of messages",
        choices=[SelectChoice(shape, words) for shape, words in _SHAPE_WORDS.items()],
        default="flat",
    )
    everybody = BooleanField("Also send signers who did not ask for news")

    def wish(self) -> WebhookSettings:
        """Return the requested webhook. Raises InvalidInput."""
        return WebhookSettings.parse(
            self.url.data or "",
            self.shape.data or "",
            self.events.data or (),
            only_mail=not self.everybody.data,
            allow_plain=_allow_plain(),
        )


class ActionNetworkForm(Form):
    """A petition at Action Network, and the key that opens it."""

    url = CleanField(
        "The petition's API endpoint",
        limit=500,
        validators=[
            DataRequired("Enter the API endpoint that Action Network shows for the petition.")
        ],
        render_kw={"type": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    key = PasswordField("API key of the group", render_kw={"autocomplete": "off"})


def _allow_plain() -> bool:
    return current_services().settings.env == "development"


# -- the page --------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/connect")
@access.needs("connect", fresh=True)
def show(name: str) -> Response:
    """Show what is connected, and how to connect more."""
    return _show(name)


def _show(
    name: str, *, key_form: KeyForm | None = None, webhook_form: WebhookForm | None = None
) -> Response:
    services = current_services()
    db, now = services.database, services.now()
    return page(
        "organize/connect.html",
        here=name,
        form=key_form if key_form and key_form.errors else webhook_form,
        key_form=key_form or KeyForm(),
        webhook_form=webhook_form or WebhookForm(),
        tokens=[(token, token.is_good(now)) for token in api_keys.of_campaign(db, name)],
        webhooks=connections.webhooks(db, name),
        action_network=connections.action_network(db, name),
        event_words=_EVENT_WORDS,
    )


# -- keys ------------------------------------------------------------------------------------------


@blueprint.post("/organize/<name>/connect/keys")
@access.needs("connect", fresh=True)
def make_key(name: str) -> Response:
    """Make an API key, and show it once."""
    form = KeyForm(request.form)
    if not form.validate():
        return _show(name, key_form=form)
    services = current_services()
    try:
        made, key = api_keys.create(
            services.database,
            name,
            name=form.name.data or "",
            scopes=form.scopes.data or (),
            expires_at=_end_of(form.expires.data),
            actor=access.actor(),
            now=services.now(),
        )
    except InvalidInput as error:
        _blame(form, error)
        return _show(name, key_form=form)
    return page(
        "organize/connect-shown.html",
        here=name,
        what=f"The key “{made.name}”",
        secret=key,
        back=url_for(".show", name=name),
    )


def _end_of(day: date | None) -> datetime | None:
    """Return the end of the chosen day in the campaign's time zone."""
    return None if day is None else civil_time.end_of(day, access.here().zone)


@blueprint.route("/organize/<name>/connect/keys/<public_id>/revoke", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def revoke_key(name: str, public_id: str) -> AnyResponse:
    """Revoke a key, after a confirmation page."""
    services = current_services()
    token = _key(name, public_id)
    if request.method == "POST":
        api_keys.revoke(
            services.database, name, public_id, actor=access.actor(), now=services.now()
        )
        flash(f"The key “{token.name}” has been revoked.", "success")
        return redirect(url_for(".show", name=name))
    return page(
        "organize/sure.html",
        here=name,
        title="Revoke this key?",
        text=f"Programs that use the key “{token.name}” lose access at once. "
        "This cannot be undone; you can create a new key instead.",
        action=url_for(".revoke_key", name=name, public_id=public_id),
        label="Revoke the key",
        back=url_for(".show", name=name),
    )


def _key(name: str, public_id: str) -> ApiToken:
    tokens = api_keys.of_campaign(current_services().database, name)
    found = next((token for token in tokens if token.public_id == public_id), None)
    return found or abort(404)


# -- webhooks --------------------------------------------------------------------------------------


@blueprint.post("/organize/<name>/connect/webhooks")
@access.needs("connect", fresh=True)
def add_webhook(name: str) -> Response:
    """Add a webhook, and show its secret once."""
    form = WebhookForm(request.form)
    if not form.validate():
        return _show(name, webhook_form=form)
    services = current_services()
    try:
        made, secret = connections.add_webhook(
            services.database, name, form.wish(), actor=access.actor(), **services.moment()
        )
    except InvalidInput as error:
        _blame(form, error)
        return _show(name, webhook_form=form)
    return _shown_once(name, made, secret)


def _shown_once(name: str, webhook: Endpoint, secret: str) -> Response:
    return page(
        "organize/connect-shown.html",
        here=name,
        what="The webhook's secret",
        secret=secret,
        back=url_for(".webhook", name=name, public_id=webhook.public_id),
    )


@blueprint.route("/organize/<name>/connect/webhooks/<public_id>", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def webhook(name: str, public_id: str) -> AnyResponse:
    """Show a webhook with its log, and change it."""
    services = current_services()
    found = _endpoint(name, public_id)
    form = WebhookForm(
        request.form or None,
        url=found.url,
        events=list(found.events),
        shape=found.shape,
        everybody=not found.only_mail,
    )
    if request.method == "POST" and form.validate():
        try:
            connections.update_webhook(
                services.database,
                name,
                public_id,
                form.wish(),
                actor=access.actor(),
                now=services.now(),
            )
        except InvalidInput as error:
            _blame(form, error)
        else:
            flash("The webhook has been saved.", "success")
            return redirect(url_for(".webhook", name=name, public_id=public_id))
    return page(
        "organize/connect-webhook.html",
        here=name,
        form=form,
        webhook=found,
        log=connections.recent_attempts(services.database, found),
        both_sign=found.old_secret_until is not None and services.now() < found.old_secret_until,
        event_words=_EVENT_WORDS,
    )


def _endpoint(name: str, public_id: str) -> Endpoint:
    return connections.webhook(current_services().database, name, public_id)


def _pushing(name: str) -> Endpoint | None:
    return connections.action_network(current_services().database, name)


@blueprint.post("/organize/<name>/connect/webhooks/<public_id>/test")
@access.needs("connect", fresh=True)
def test_webhook(name: str, public_id: str) -> AnyResponse:
    """Queue a test message."""
    services = current_services()
    try:
        connections.send_test(
            services.database, name, public_id, actor=access.actor(), now=services.now()
        )
    except InvalidInput as error:
        flash(error.sentence, "error")
    else:
        flash("The test is being sent. Reload the page in a moment to see the response.", "success")
    return redirect(url_for(".webhook", name=name, public_id=public_id))


@blueprint.route("/organize/<name>/connect/webhooks/<public_id>/secret", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def renew_secret(name: str, public_id: str) -> AnyResponse:
    """Give a webhook a new secret, after a confirmation page, and show it once."""
    services = current_services()
    found = _endpoint(name, public_id)
    if request.method == "POST":
        _, secret = connections.renew_secret(
            services.database, name, public_id, actor=access.actor(), **services.moment()
        )
        return _shown_once(name, found, secret)
    return page(
        "organize/sure.html",
        here=name,
        title="Make a new secret?",
        text="Messages are signed with the old secret and the new one for 24 hours, "
        "then only with the new one. Enter it in the other system within that time.",
        action=url_for(".renew_secret", name=name, public_id=public_id),
        label="Make a new secret",
        back=url_for(".webhook", name=name, public_id=public_id),
    )


# -- either kind of endpoint -----------------------------------------------------------------------


def _kind(word: str) -> Kind:
    """Return the kind of connection that the URL names, or abort with 404."""
    kinds: dict[str, Kind] = {"webhooks": "webhook", "action-network": "actionnetwork"}
    if word not in kinds:
        abort(404)
    return kinds[word]


def _page_of(name: str, kind: Kind, public_id: str) -> str:
    if kind == "webhook":
        return url_for(".webhook", name=name, public_id=public_id)
    return url_for(".action_network", name=name)


@blueprint.post("/organize/<name>/connect/<word>/<public_id>/switch")
@access.needs("connect", fresh=True)
def switch(name: str, word: str, public_id: str) -> AnyResponse:
    """Switch a connection on or off."""
    services = current_services()
    kind = _kind(word)
    is_on = request.form.get("on") == "yes"
    connections.set_enabled(
        services.database,
        name,
        public_id,
        kind,
        is_on=is_on,
        actor=access.actor(),
        now=services.now(),
    )
    flash(
        "Switched on." if is_on else "Switched off. Events from now on are not sent later.",
        "success",
    )
    return redirect(_page_of(name, kind, public_id))


@blueprint.post("/organize/<name>/connect/<word>/<public_id>/again")
@access.needs("connect", fresh=True)
def send_again(name: str, word: str, public_id: str) -> AnyResponse:
    """Send a message in the log again."""
    services = current_services()
    kind = _kind(word)
    try:
        connections.resend(
            services.database,
            name,
            public_id,
            kind,
            request.form.get("message", "")[:200],
            actor=access.actor(),
            now=services.now(),
        )
    except ConnectionUnknown as error:
        flash(error.sentence, "error")
    else:
        flash("The message is being sent again, with the same id.", "success")
    return redirect(_page_of(name, kind, public_id))


@blueprint.route("/organize/<name>/connect/<word>/<public_id>/delete", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def delete(name: str, word: str, public_id: str) -> AnyResponse:
    """Delete a connection, after a confirmation page."""
    services = current_services()
    kind = _kind(word)
    found = _endpoint(name, public_id) if kind == "webhook" else _pushing(name)
    if found is None or found.public_id != public_id:
        abort(404)
    if request.method == "POST":
        connections.delete(
            services.database, name, public_id, kind, actor=access.actor(), now=services.now()
        )
        flash("The connection has been deleted.", "success")
        return redirect(url_for(".show", name=name))
    return page(
        "organize/sure.html",
        here=name,
        title="Delete this connection?",
        text="This also deletes its log and its queued messages. "
        "The other system keeps what it has already received.",
        action=url_for(".delete", name=name, word=word, public_id=public_id),
        label="Delete the connection",
        back=_page_of(name, kind, public_id),
    )


# -- Action Network --------------------------------------------------------------------------------


@blueprint.route("/organize/<name>/connect/action-network", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def action_network(name: str) -> AnyResponse:
    """Push signers who opted in to mail to a petition at Action Network."""
    services = current_services()
    found = _pushing(name)
    form = ActionNetworkForm(request.form or None, url=found.url if found else "")
    if request.method == "POST" and form.validate():
        try:
            connections.connect_action_network(
                services.database,
                name,
                url=form.url.data or "",
                key=form.key.data or "",
                allow_plain=_allow_plain(),
                actor=access.actor(),
                **services.moment(),
            )
        except InvalidInput as error:
            _blame(form, error)
        else:
            flash("From now on, signers who ask for news are sent to Action Network.", "success")
            return redirect(url_for(".action_network", name=name))
    return page(
        "organize/connect-action-network.html",
        here=name,
        form=form,
        endpoint=found,
        log=connections.recent_attempts(services.database, found) if found else (),
    )


def _blame(form: Form, error: InvalidInput) -> None:
    """Show an error beside its field, or beside the first field."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, error.sentence]
