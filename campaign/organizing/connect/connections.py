"""A campaign's connections to other programs: webhooks, and the push to Action Network.

A webhook's secret is shown once, when it is created. Every change is audited with its actor. A
connection is found only under its own campaign.
"""

import ipaddress
import re
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlsplit

from sqlalchemy import Connection

from campaign.errors import ConnectionUnknown, InvalidInput
from campaign.keys import Keyring
from campaign.store import audit, endpoint_log, endpoints
from campaign.store.db import encryption
from campaign.store.db.engine import Database
from campaign.store.endpoint_log import Attempt
from campaign.store.endpoints import EVENTS, Endpoint, Event, Kind, Shape
from campaign.store.statuses import EndpointStatus

#: Each event becomes an outbox row for each webhook, so their number is limited.
MAX_WEBHOOKS = 10

#: After a renewal, messages are signed with the old secret as well for this long.
OVERLAP = timedelta(hours=24)

_MAX_URL = 500
_MAX_KEY = 200
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")

_UNKNOWN = "This connection no longer exists. Reload the page."


@dataclass(frozen=True)
class WebhookSettings:
    """The valid settings of a webhook."""

    url: str
    shape: Shape
    events: tuple[Event, ...]
    only_mail: bool

    @classmethod
    def parse(
        cls, url: str, shape: str, events: Sequence[str], *, only_mail: bool, allow_plain: bool
    ) -> "WebhookSettings":
        """Parse a form's fields. Raises InvalidInput, which names the field.

        `allow_plain` accepts http:// as well, for development.
        """
        wanted = tuple(event for event in EVENTS if event in events)
        if not wanted or len(wanted) != len(set(events)):
            raise InvalidInput("Choose at least one event.", field="events")
        for known in get_args(Shape):
            if shape == known:
                return cls(parse_public_url(url, allow_plain=allow_plain), known, wanted, only_mail)
        raise InvalidInput("Choose one of the two formats.", field="shape")


def parse_public_url(typed: str, *, allow_plain: bool, field: str = "url") -> str:
    """Return a URL whose text allows sending to it: https, port 443, a public host name.

    The host's IP addresses are checked when it is connected to. Raises InvalidInput.
    """
    text = typed.strip()
    example = "Enter a URL such as https://hooks.example.org/signatures."
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > _MAX_URL:
        raise InvalidInput(example, field=field)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidInput(example, field=field) from None
    schemes = {"https", "http"} if allow_plain else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        raise InvalidInput("The URL must begin with https://.", field=field)
    if parts.username is not None or parts.fragment or "\\" in text:
        raise InvalidInput(
            "Remove the user name, the password and the # from the URL.", field=field
        )
    if port not in {None, 443} and not (allow_plain and port == 80):
        raise InvalidInput("Remove the port: messages are sent only to port 443.", field=field)
    _refuse_numbers(parts.hostname, field)
    return text


def _refuse_numbers(host: str, field: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if _HOST.fullmatch(host) and not host.rpartition(".")[2].isdigit():
            return
    raise InvalidInput(
        "Enter the public host name of the other system, such as hooks.example.org.", field=field
    )


# -- webhooks --------------------------------------------------------------------------------------


def webhooks(db: Database, campaign: str) -> tuple[Endpoint, ...]:
    """Return a campaign's webhooks. Raises StoreUnavailable."""
    with db.reading() as connection:
        return endpoints.of_campaign(connection, campaign, "webhook")


def webhook(db: Database, campaign: str, public_id: str) -> Endpoint:
    """Return one webhook of a campaign. Raises ConnectionUnknown, StoreUnavailable."""
    with db.reading() as connection:
        return _find(connection, campaign, public_id, "webhook")


def add_webhook(
    db: Database,
    campaign: str,
    settings: WebhookSettings,
    *,
    actor: str,
    now: datetime,
    keyring: Keyring,
) -> tuple[Endpoint, str]:
    """Add a webhook; return it, and its secret, which cannot be shown again.

    Raises InvalidInput if there are too many, StoreUnavailable.
    """
    secret = new_secret()
    with db.writing() as connection:
        if len(endpoints.of_campaign(connection, campaign, "webhook")) >= MAX_WEBHOOKS:
            raise InvalidInput(
                f"A campaign has {MAX_WEBHOOKS} webhooks, the maximum. Delete one first.",
                field="url",
            )
        made = endpoints.add(
            connection,
            "webhook",
            campaign=campaign,
            url=settings.url,
            shape=settings.shape,
            events=settings.events,
            only_mail=settings.only_mail,
            secret=encryption.seal(secret, keyring),
            created_by=actor,
            now=now,
        )
        details = {"endpoint": made.public_id, "everybody": not settings.only_mail}
        _record(connection, "webhook-made", campaign, actor, now, **details)
    return made, secret


def new_secret() -> str:
    """Return a new secret in the format of Standard Webhooks: `whsec_` and 32 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode("ascii")


def update_webhook(
    db: Database,
    campaign: str,
    public_id: str,
    settings: WebhookSettings,
    *,
    actor: str,
    now: datetime,
) -> Endpoint:
    """Update a webhook. Raises ConnectionUnknown, StoreUnavailable."""
    values = {
        "url": settings.url,
        "shape": settings.shape,
        "events": " ".join(settings.events),
        "only_mail": settings.only_mail,
    }
    details = {"everybody": not settings.only_mail}
    return _change(
        db, campaign, public_id, "webhook", values, "webhook-changed", actor, now, **details
    )


def set_enabled(
    db: Database,
    campaign: str,
    public_id: str,
    kind: Kind,
    *,
    is_on: bool,
    actor: str,
    now: datetime,
) -> Endpoint:
    """Switch a connection on, even one that was disabled after failures, or off.

    Events while it is off are not sent later. Raises ConnectionUnknown, StoreUnavailable.
    """
    values = {
        "status": EndpointStatus.ON if is_on else EndpointStatus.OFF,
        "note": "",
        "failing_since": None,
    }
    action = f"{kind}-on" if is_on else f"{kind}-off"
    return _change(db, campaign, public_id, kind, values, action, actor, now)


def renew_secret(
    db: Database, campaign: str, public_id: str, *, actor: str, now: datetime, keyring: Keyring
) -> tuple[Endpoint, str]:
    """Give a webhook a new secret, and return it; the old one stays valid for `OVERLAP`.

    Raises ConnectionUnknown, StoreUnavailable.
    """
    secret = new_secret()
    with db.writing() as connection:
        found = _find(connection, campaign, public_id, "webhook")
        values = {
            "secret": encryption.seal(secret, keyring),
            "old_secret": found.secret,
            "old_secret_until": now + OVERLAP,
        }
        changed = endpoints.change(connection, public_id, values)
        assert changed is not None
        _record(connection, "webhook-secret-renewed", campaign, actor, now, endpoint=public_id)
    return changed, secret


def delete(
    db: Database, campaign: str, public_id: str, kind: Kind, *, actor: str, now: datetime
) -> None:
    """Delete a connection with its log and its queued messages.

    Raises ConnectionUnknown, StoreUnavailable.
    """
    with db.writing() as connection:
        endpoints.delete(connection, _find(connection, campaign, public_id, kind))
        _record(connection, f"{kind}-deleted", campaign, actor, now, endpoint=public_id)


def send_test(db: Database, campaign: str, public_id: str, *, actor: str, now: datetime) -> None:
    """Queue a test message for a webhook that is on.

    Raises ConnectionUnknown, InvalidInput if it is off, StoreUnavailable.
    """
    with db.writing() as connection:
        found = _find(connection, campaign, public_id, "webhook")
        if not found.is_on:
            raise InvalidInput("This webhook is off. Switch it on first.", field="test")
        endpoints.queue_test(connection, found, now=now)
        _record(connection, "webhook-tested", campaign, actor, now, endpoint=public_id)


def recent_attempts(db: Database, endpoint: Endpoint, *, limit: int = 50) -> tuple[Attempt, ...]:
    """Return the latest attempts to reach a connection, newest first. Raises StoreUnavailable."""
    with db.reading() as connection:
        return endpoint_log.recent(connection, endpoint.id, limit=limit)


def resend(
    db: Database,
    campaign: str,
    public_id: str,
    kind: Kind,
    message_id: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Queue a message of a connection's log again, with the same id.

    Raises ConnectionUnknown if it does not exist, is still queued, or was deleted meanwhile;
    StoreUnavailable.
    """
    with db.writing() as connection:
        found = _find(connection, campaign, public_id, kind)
        if not endpoint_log.send_again(connection, public_id, found.id, message_id, now=now):
            raise ConnectionUnknown(
                "This message is already queued, or is no longer stored. Reload the page."
            )
        _record(connection, "message-sent-again", campaign, actor, now, endpoint=public_id)


# -- Action Network --------------------------------------------------------------------------------


def action_network(db: Database, campaign: str) -> Endpoint | None:
    """Return a campaign's push to Action Network, or None. Raises StoreUnavailable."""
    with db.reading() as connection:
        found = endpoints.of_campaign(connection, campaign, "actionnetwork")
    return found[0] if found else None


def connect_action_network(
    db: Database,
    campaign: str,
    *,
    url: str,
    key: str,
    allow_plain: bool,
    actor: str,
    now: datetime,
    keyring: Keyring,
) -> Endpoint:
    """Push signers who opted in to mail to a petition at Action Network, from now on.

    An existing connection gets the new URL, and the new key if one is given. Raises InvalidInput,
    StoreUnavailable.
    """
    address = parse_public_url(url, allow_plain=allow_plain)
    given = key.strip()
    if not given.isascii() or not given.isprintable() or " " in given or len(given) > _MAX_KEY:
        raise InvalidInput("Enter the key as Action Network shows it.", field="key")
    with db.writing() as connection:
        there = endpoints.of_campaign(connection, campaign, "actionnetwork")
        if not there and not given:
            raise InvalidInput("Enter the key as Action Network shows it.", field="key")
        if there:
            values: dict[str, Any] = {"url": address, "status": EndpointStatus.ON, "note": ""}
            values["failing_since"] = None
            if given:
                values["secret"] = encryption.seal(given, keyring)
            made = endpoints.change(connection, there[0].public_id, values)
            assert made is not None
        else:
            made = endpoints.add(
                connection,
                "actionnetwork",
                campaign=campaign,
                url=address,
                shape="actionnetwork",
                # A signer may opt in to mail with a later change.
                events=("signature.confirmed", "signature.changed"),
                only_mail=True,
                secret=encryption.seal(given, keyring),
                created_by=actor,
                now=now,
            )
        _record(connection, "actionnetwork-set", campaign, actor, now, endpoint=made.public_id)
    return made


# -- in common -------------------------------------------------------------------------------------


def _find(connection: Connection, campaign: str, public_id: str, kind: Kind) -> Endpoint:
    found = endpoints.find(connection, public_id)
    if found is None or found.campaign != campaign or found.kind != kind:
        raise ConnectionUnknown(_UNKNOWN)
    return found


def _change(
    db: Database,
    campaign: str,
    public_id: str,
    kind: Kind,
    values: dict[str, Any],
    action: str,
    actor: str,
    now: datetime,
    **details: Any,
) -> Endpoint:
    with db.writing() as connection:
        _find(connection, campaign, public_id, kind)
        changed = endpoints.change(connection, public_id, values)
        assert changed is not None
        _record(connection, action, campaign, actor, now, endpoint=public_id, **details)
    return changed


def _record(
    connection: Connection, action: str, campaign: str, actor: str, now: datetime, **details: Any
) -> None:
    audit.record(connection, action, actor=actor, now=now, campaign=campaign, details=details)
