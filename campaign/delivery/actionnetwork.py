"""Push to Action Network: one `record_signature_helper` a signer who agreed to mail.

The endpoint's address is the petition's own: https://actionnetwork.org/api/v2/petitions/ID/signatures
(https://actionnetwork.org/docs/v2/record_signature_helper). The helper finds the person by address,
so that a second try of the same row adds nobody twice.
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

# Not of this row but of this moment.
_PASSING = frozenset({408, 425, 429})
# The key is wrong or was withdrawn: no row will fare better.
_LOCKED_OUT = frozenset({401, 403})


class ActionNetworkProtocol:
    """Shows the group's key."""

    def __init__(self, keyring: Keyring, agent: str) -> None:
        self._keyring = keyring
        self._agent = agent

    def headers(
        self, endpoint: Endpoint, row: OutboxRow, body: bytes, now: datetime
    ) -> Mapping[str, str]:
        """Return the headers that Action Network asks for. Raises SecretLost."""
        return {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "OSDI-API-Token": encryption.unseal(endpoint.secret, self._keyring),
        }

    def verdict(self, status: int) -> Verdict:
        """429 and 5xx pass; any other refusal is final, and a wrong key ends the pushing."""
        if 200 <= status < 300:
            return "done"
        if status in _LOCKED_OUT:
            return "stop"
        return "again" if status >= 500 or status in _PASSING else "never"
