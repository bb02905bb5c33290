"""Webhooks, signed as Standard Webhooks (https://www.standardwebhooks.com, version 1).

The signature covers `ID.TIMESTAMP.BODY`; the id is the same in every attempt. While a new secret
replaces an old one, both sign. Any 2xx means success, and 410 disables the endpoint. Everything
else is tried again, including redirects, which could lead to internal machines.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from campaign.delivery.endpoint_sender import Verdict
from campaign.keys import Keyring
from campaign.store.db import encryption
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow

#: The kind of its rows in the outbox.
KIND = "webhook"


class WebhookProtocol:
    """Signs webhooks with the endpoint's secret."""

    def __init__(self, keyring: Keyring, agent: str) -> None:
        self._keyring = keyring
        self._agent = agent

    def headers(
        self, endpoint: Endpoint, row: OutboxRow, body: bytes, now: datetime
    ) -> Mapping[str, str]:
        """Return the headers of Standard Webhooks. Raises SecretLost."""
        secrets = [endpoint.secret]
        if endpoint.old_secret and endpoint.old_secret_until and now < endpoint.old_secret_until:
            secrets.append(endpoint.old_secret)
        text = body.decode("utf-8")
        return {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "webhook-id": row.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                Webhook(encryption.unseal(secret, self._keyring)).sign(
                    row.message_id, now.astimezone(UTC), text
                )
                for secret in secrets
            ),
        }

    def verdict(self, status: int) -> Verdict:
        """Return what a status means: 2xx is success, 410 disables, the others are tried again."""
        if 200 <= status < 300:
            return "done"
        return "stop" if status == 410 else "again"
