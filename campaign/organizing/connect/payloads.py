"""Bodies of webhooks and pushes, built when a message is sent, from the signature as it is then.

If the signature no longer matches the event (its signer withdrew, say), there is no body. A
withdrawal carries only the id, so that the other system can follow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from campaign.organizing.connect import osdi
from campaign.organizing.connect.osdi import Origin
from campaign.packs.pack import Pack
from campaign.store import endpoints, signatures, statuses
from campaign.store.db.column_types import as_text
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow
from campaign.store.signatures import Signature
from campaign.store.statuses import SignatureStatus


class PayloadWriter:
    """Builds the bodies of webhooks and pushes.

    `base_url` is the site's URL, `find_pack(name, now)` returns a campaign.
    """

    def __init__(self, base_url: str, find_pack: Callable[[str, datetime], Pack]) -> None:
        self._base_url = base_url
        self._find_pack = find_pack

    def body(
        self, connection: Connection, endpoint: Endpoint, row: OutboxRow, now: datetime
    ) -> bytes | None:
        """Return the body for an outbox row, or None if its event no longer applies.

        It does not apply if the signature is gone or has another status, or if its signer opted out
        of mail. Raises CampaignUnknown or PackInvalid if the campaign cannot be read.
        """
        event = str(row.payload.get("event", ""))
        if event == endpoints.TEST:
            payload: _Payload | None = _Payload(
                "sample", "test", _Sample(created_at=now, confirmed_at=now)
            )
        else:
            payload = _payload_of(connection, endpoint, row, event)
        if payload is None:
            return None
        if endpoint.kind == "actionnetwork":
            if payload.signature is None or not payload.signature.email:
                return None  # Action Network knows people by their address
            return orjson.dumps(
                osdi.signature_helper(
                    payload.signature, Origin.of(self._base_url, endpoint.campaign)
                )
            )
        if endpoint.shape == "actionnetwork":
            return orjson.dumps([self._wrapped(payload, endpoint, row, event, now)])
        return orjson.dumps(
            {
                "event": event,
                "event_id": row.message_id,
                "campaign": endpoint.campaign,
                **payload.flat(),
            }
        )

    def _wrapped(
        self, payload: "_Payload", endpoint: Endpoint, row: OutboxRow, event: str, now: datetime
    ) -> dict[str, Any]:
        """Return the format of Action Network's own webhooks, plus the event."""
        origin = Origin.of(self._base_url, endpoint.campaign)
        pack = self._find_pack(endpoint.campaign, now)
        return {
            "osdi:signature": payload.osdi(origin),
            "action_network:sponsor": {"title": pack.organizer.name, "url": origin.website},
            "campaign:event": event,
            "idempotency_key": row.message_id,
        }


@dataclass(frozen=True)
class _Sample:
    """A made-up signature for test messages."""

    created_at: datetime
    confirmed_at: datetime
    public_id: str = "sample"
    first_name: str = "Ani"
    last_name: str = "Sample"
    email: str = "ani.sample@example.org"
    zip: str = "59001"
    city: str = "Absarokee"
    state: str = "MT"
    district: str = "MT-2"
    comment: str = ""
    show_name: bool = False
    mail_opt_in: bool = True
    source: str = "test"
    language: str = "en"
    origin: str = statuses.Origin.ONLINE
    number: int = 1


@dataclass(frozen=True)
class _Payload:
    """What a message may contain: a whole signature, or only its id and status."""

    public_id: str
    status: str
    signature: "Signature | _Sample | None" = None

    def flat(self) -> dict[str, Any]:
        """Return every column of the generic export, or only id and status."""
        one = self.signature
        if one is None:
            return {"id": self.public_id, "status": self.status, "mail_opt_in": False}
        return {
            "id": one.public_id,
            "status": self.status,
            "first_name": one.first_name,
            "last_name": one.last_name,
            "email": one.email,
            "zip": one.zip,
            "city": one.city,
            "state": one.state,
            "district": one.district,
            "comment": one.comment,
            "show_name": one.show_name,
            "mail_opt_in": one.mail_opt_in,
            "source": one.source,
            "language": one.language,
            "origin": one.origin,
            "number": one.number or None,
            "signed_at": as_text(one.created_at),
            "confirmed_at": as_text(one.confirmed_at) if one.confirmed_at else None,
        }

    def osdi(self, origin: Origin) -> dict[str, Any]:
        """Return the OSDI signature helper with mail consent, or only identifier and status."""
        if self.signature is None:
            return {
                "identifiers": [f"{osdi.NAMESPACE}:{self.public_id}"],
                "origin_system": origin.system,
                "campaign:status": self.status,
            }
        return {
            **osdi.signature_helper(self.signature, origin),
            "person": osdi.person_with_consent(self.signature),
            "campaign:status": self.status,
        }


def _payload_of(
    connection: Connection, endpoint: Endpoint, row: OutboxRow, event: str
) -> _Payload | None:
    """Read the signature of a row, and decide what the message may contain."""
    public_id = str(row.payload.get("signature", ""))
    found = signatures.by_id(connection, row.signature_id) if row.signature_id is not None else None
    if event == "signature.withdrawn":
        if found is not None and found.is_confirmed:
            return None  # it was reinstated meanwhile
        reason = found.status if found else "erased"
        return _Payload(public_id, reason)
    if found is None or not found.is_confirmed or found.anonymised_at is not None:
        return None
    if endpoint.only_mail and not found.mail_opt_in:
        # The other system may still have the signer as subscribed: send the opt-out.
        return _Payload(public_id, "unsubscribed") if event == "signature.changed" else None
    return _Payload(public_id, SignatureStatus.CONFIRMED, found)
