"""Push signers to Action Network: one `record_signature_helper` for each signer who agreed to mail.

The URL of the endpoint is that of the petition:
https://actionnetwork.org/api/v2/petitions/ID/signatures
(https://actionnetwork.org/docs/v2/record_signature_helper). Action Network finds the person by
email address, so a second attempt adds no second person.
"""

from collections.abc import Mapping
from datetime import datetime

from campaign.delivery.endpoint_sender import Verdict
from campaign.keys import Keyring
from campaign.store.db import encryption
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow

#: The kind of its rows in the outbox.
KIND = "actionnetwork"

# Temporary failures.
_PASSING = frozenset({408, 425, 429})
# The key is wrong or was revoked, so every row will fail.
_LOCKED_OUT = frozenset({401, 403})


class ActionNetworkProtocol:
    """Authenticates with the group's API key."""

    def __init__(self, keyring: Keyring, agent: str) -> None:
        self._keyring = keyring
        self._agent = agent

    def headers(
        self, endpoint: Endpoint, row: OutboxRow, body: bytes, now: datetime
    ) -> Mapping[str, str]:
        """Return the headers of a request. Raises SecretLost."""
        return {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "OSDI-API-Token": encryption.unseal(endpoint.secret, self._keyring),
        }

    def verdict(self, status: int) -> Verdict:
        """Return what a status means: 429 and 5xx are temporary, a wrong key stops the endpoint."""
        if 200 <= status < 300:
            return "done"
        if status in _LOCKED_OUT:
            return "stop"
        return "again" if status >= 500 or status in _PASSING else "never"
