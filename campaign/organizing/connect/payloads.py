"""What an endpoint is told, written when it is sent, from the signature as it stands by then.

Whoever left in between is not told of: an event of a signature that does not stand as the event
says has no body. Events of leaving carry the id alone, so that the other side can follow.
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
from campaign.store import endpoints, signatures
from campaign.store.db.column_types import as_text
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow
from campaign.store.signatures import Signature


class PayloadWriter:
    """Writes the bodies of webhooks and of pushes.

    `base_url` is the site's, `find_pack` returns a campaign on a day.
    """

    def __init__(self, base_url: str, find_pack: Callable[[str, datetime], Pack]) -> None:
        self._base_url = base_url
        self._find_pack = find_pack

    def body(
        self, connection: Connection, endpoint: Endpoint, row: OutboxRow, now: datetime
    ) -> bytes | None:
        """Return what the endpoint is told by this row; None where there is nothing to tell any
        more: the signature is gone, stands otherwise, or its signer no longer agrees to mail.

        Raises CampaignUnknown or PackInvalid where the campaign cannot be read.
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
            if payload.signature is None:
                return None
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
        """The shape of Action Network's own webhooks, with the event beside it."""
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
    """A signature that nobody gave, for the test button."""

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
    origin: str = "online"
    number: int = 1


@dataclass(frozen=True)
class _Payload:
    """A signature as it may be told: whole, or by its id and what became of it."""

    public_id: str
    status: str
    signature: "Signature | _Sample | None" = None

    def flat(self) -> dict[str, Any]:
        """Every column of the generic export; or the id, and how it stands."""
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
        """The signature helper with the address's consent; or the identifier, and how it stands."""
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
    """Read the signature of a row and decide what of it may be told."""
    public_id = str(row.payload.get("signature", ""))
    found = signatures.by_id(connection, row.signature_id) if row.signature_id is not None else None
    if event == "signature.withdrawn":
        if found is not None and found.is_confirmed:
            return None  # it counts again meanwhile
        reason = found.status if found else "erased"
        return _Payload(public_id, reason)
    if found is None or not found.is_confirmed or found.anonymised_at is not None:
        return None
    if endpoint.only_mail and not found.mail_opt_in:
        # Who was told of as willing, and is no longer, has to be told of once more.
        return _Payload(public_id, "unsubscribed") if event == "signature.changed" else None
    return _Payload(public_id, "confirmed", found)
