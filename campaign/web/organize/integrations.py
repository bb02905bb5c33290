"""Integrations: what is connected; switch it on or off, or delete it. Holds their blueprint."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import ConnectionUnknown
from campaign.organizing.connect import api_keys, connections
from campaign.store.endpoints import Endpoint, Kind
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.connect_forms import EVENT_WORDS, KeyForm, WebhookForm
from campaign.web.organize.form_page import page

blueprint = Blueprint("integrations", __name__)


@blueprint.get("/organize/<name>/connect")
@access.needs("connect", fresh=True)
def show(name: str) -> Response:
    """Show what is connected, and how to connect more."""
    return show_page(name)


def show_page(
    name: str, *, key_form: KeyForm | None = None, webhook_form: WebhookForm | None = None
) -> Response:
    """Return the page, with the errors of a form that was sent."""
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
        event_words=EVENT_WORDS,
    )


def webhook_of(name: str, public_id: str) -> Endpoint:
    """Return a webhook of the campaign. Raises ConnectionUnknown."""
    return connections.webhook(current_services().database, name, public_id)


def action_network_of(name: str) -> Endpoint | None:
    """Return the campaign's push to Action Network, or None."""
    return connections.action_network(current_services().database, name)


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
    found = webhook_of(name, public_id) if kind == "webhook" else action_network_of(name)
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
