"""Webhooks: add, change and test one, read its log, and renew its secret."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import InvalidInput
from campaign.organizing.connect import connections
from campaign.store.endpoints import Endpoint
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.connect_forms import EVENT_WORDS, WebhookForm
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.integrations import blueprint, show_page, webhook_of


@blueprint.post("/organize/<name>/connect/webhooks")
@access.needs("connect", fresh=True)
def add_webhook(name: str) -> Response:
    """Add a webhook, and show its secret once."""
    form = WebhookForm(request.form)
    if not form.validate():
        return show_page(name, webhook_form=form)
    services = current_services()
    try:
        made, secret = connections.add_webhook(
            services.database, name, form.wish(), actor=access.actor(), **services.moment()
        )
    except InvalidInput as error:
        blame(form, error)
        return show_page(name, webhook_form=form)
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
    found = webhook_of(name, public_id)
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
            blame(form, error)
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
        event_words=EVENT_WORDS,
    )


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
    found = webhook_of(name, public_id)
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
