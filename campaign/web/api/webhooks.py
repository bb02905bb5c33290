"""Webhooks: create, list, change, test and delete them, and read their log."""

from typing import Any

from flask import Blueprint, Response, url_for

from campaign.organizing.connect import connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.store.db.column_types import as_text
from campaign.store.endpoints import Endpoint
from campaign.web.api import keys
from campaign.web.api.operations import answered, operation
from campaign.web.api.schemas import (
    Deliveries,
    Queued,
    Webhook,
    WebhookChange,
    WebhookIn,
    WebhookMade,
    Webhooks,
)
from campaign.web.core.services import current_services

blueprint = Blueprint("webhooks", __name__, url_prefix="/campaigns/<name>/webhooks")

_SCOPE = "webhooks:manage"


@blueprint.get("")
@operation(answer=Webhooks, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def list_webhooks(name: str) -> Response:
    """List a campaign's webhooks."""
    found = connections.webhooks(current_services().database, name)
    return answered({"webhooks": [_shown(one) for one in found]})


@blueprint.post("")
@operation(
    answer=WebhookMade,
    status=201,
    body=WebhookIn,
    scope=_SCOPE,
    may_be_missing=True,
    tag="webhooks",
)
def add_webhook(name: str, body: WebhookIn) -> Response:
    """Add a webhook. The answer holds its secret, which is shown once."""
    services = current_services()
    wish = WebhookSettings.parse(
        body.url, body.shape, body.events, only_mail=body.only_mail, allow_plain=False
    )
    made, secret = connections.add_webhook(
        services.database, name, wish, actor=keys.actor(), **services.moment()
    )
    response = answered(_shown(made) | {"secret": secret}, status=201)
    response.headers["Location"] = url_for(
        ".show_webhook", name=name, webhook=made.public_id, _external=False
    )
    return response


@blueprint.get("/<webhook>")
@operation(answer=Webhook, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def show_webhook(name: str, webhook: str) -> Response:
    """Show one webhook."""
    return answered(_shown(connections.webhook(current_services().database, name, webhook)))


@blueprint.patch("/<webhook>")
@operation(answer=Webhook, body=WebhookChange, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def change_webhook(name: str, webhook: str, body: WebhookChange) -> Response:
    """Change a webhook, or switch it on or off. Fields that are left out stay."""
    services = current_services()
    by: dict[str, Any] = {"actor": keys.actor(), "now": services.now()}
    found = connections.webhook(services.database, name, webhook)
    wish = WebhookSettings.parse(
        found.url if body.url is None else body.url,
        body.shape or found.shape,
        found.events if body.events is None else body.events,
        only_mail=found.only_mail if body.only_mail is None else body.only_mail,
        allow_plain=found.url.startswith("http://"),
    )
    if body.model_fields_set - {"is_on"}:
        found = connections.update_webhook(services.database, name, webhook, wish, **by)
    if body.is_on is not None:
        found = connections.set_enabled(
            services.database, name, webhook, "webhook", is_on=body.is_on, **by
        )
    return answered(_shown(found))


@blueprint.delete("/<webhook>")
@operation(answer=None, status=204, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def delete_webhook(name: str, webhook: str) -> Response:
    """Delete a webhook, its log, and its queued messages."""
    services = current_services()
    connections.delete(
        services.database, name, webhook, "webhook", actor=keys.actor(), now=services.now()
    )
    return Response(status=204)


@blueprint.post("/<webhook>/secret")
@operation(answer=WebhookMade, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def renew_secret(name: str, webhook: str) -> Response:
    """Give a webhook a new secret, shown once. The previous one signs too for a day."""
    services = current_services()
    changed, secret = connections.renew_secret(
        services.database, name, webhook, actor=keys.actor(), **services.moment()
    )
    return answered(_shown(changed) | {"secret": secret})


@blueprint.post("/<webhook>/test")
@operation(answer=Queued, status=202, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def test_webhook(name: str, webhook: str) -> Response:
    """Send a test event without personal data. The log shows its result."""
    services = current_services()
    connections.send_test(services.database, name, webhook, actor=keys.actor(), now=services.now())
    return answered({"queued": True}, status=202)


@blueprint.get("/<webhook>/deliveries")
@operation(answer=Deliveries, scope=_SCOPE, may_be_missing=True, tag="webhooks")
def list_deliveries(name: str, webhook: str) -> Response:
    """List the latest attempts to reach a webhook, newest first. Bodies are not kept."""
    services = current_services()
    found = connections.webhook(services.database, name, webhook)
    return answered(
        {
            "deliveries": [
                {
                    "webhook_id": one.message_id,
                    "event": one.event,
                    "attempt": one.attempt,
                    "status_code": one.status_code,
                    "milliseconds": one.milliseconds,
                    "error": one.error,
                    "at": as_text(one.at),
                }
                for one in connections.recent_attempts(services.database, found)
            ]
        }
    )


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.public_id,
        "url": endpoint.url,
        "shape": endpoint.shape,
        "events": list(endpoint.events),
        "only_mail": endpoint.only_mail,
        "status": endpoint.status,
        "note": endpoint.note,
        "failing_since": as_text(endpoint.failing_since) if endpoint.failing_since else None,
        "created_at": as_text(endpoint.created_at),
    }
