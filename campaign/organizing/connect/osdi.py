"""Signatures in the OSDI format, which Action Network and similar tools exchange.

Used by the `osdi` export, the push to Action Network, webhooks, and the API. Fields are those of
the `record_signature_helper` of the Open Supporter Data Interface 1.2
(https://opensupporter.github.io/osdi-docs/).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from campaign.store.db.column_types import as_text

#: The prefix of our ids, which tells them from another system's.
NAMESPACE = "campaign"


class SignatureFields(Protocol):
    """The fields that OSDI needs; a database row and a `Signature` both have them."""

    @property
    def public_id(self) -> str:
        """Its public id."""

    @property
    def first_name(self) -> str:
        """The signer's first name."""

    @property
    def last_name(self) -> str:
        """The signer's last name."""

    @property
    def email(self) -> str | None:
        """The email address; None or "" if there is none."""

    @property
    def zip(self) -> str:
        """The ZIP."""

    @property
    def city(self) -> str:
        """The city, or "" if it is not stored."""

    @property
    def state(self) -> str:
        """The state, such as MT."""

    @property
    def comment(self) -> str:
        """The signer's comment."""

    @property
    def source(self) -> str:
        """The tag of the link that brought the signer."""

    @property
    def language(self) -> str:
        """The language of the page."""

    @property
    def mail_opt_in(self) -> bool:
        """True if the signer opted in to mail."""

    @property
    def created_at(self) -> datetime:
        """The time of the sign-up."""


@dataclass(frozen=True)
class Origin:
    """Where signatures come from: `system` is the site's host, `website` the petition's URL."""

    system: str
    website: str

    @classmethod
    def of(cls, base_url: str, campaign: str) -> "Origin":
        """Return the origin of a campaign's signatures on this site."""
        return cls(
            system=urlsplit(base_url).hostname or NAMESPACE, website=f"{base_url}/c/{campaign}/"
        )


def signature_helper(signed: SignatureFields, origin: Origin) -> dict[str, Any]:
    """Return the body of a `record_signature_helper` for that signature."""
    return {
        "person": person(signed),
        "identifiers": [identifier(signed)],
        "origin_system": origin.system,
        "action_date": as_text(signed.created_at),
        "comments": signed.comment,
        "referrer_data": referrer(signed, origin),
        "add_tags": [],
    }


def person(signed: SignatureFields) -> dict[str, Any]:
    """Return the signer. Paper signers may have no email address; we never ask for a phone."""
    return {
        "identifiers": [identifier(signed)],
        "given_name": signed.first_name,
        "family_name": signed.last_name,
        "email_addresses": [{"address": signed.email, "primary": True}] if signed.email else [],
        "phone_numbers": [],
        "postal_addresses": [
            {
                "primary": True,
                "address_lines": [],
                "locality": signed.city,
                "region": signed.state,
                "postal_code": signed.zip,
                "country": "US",
            }
        ],
        "languages_spoken": [signed.language],
    }


def person_with_consent(signed: SignatureFields) -> dict[str, Any]:
    """Return the signer, with the subscription status of each email address."""
    found = person(signed)
    status = "subscribed" if signed.mail_opt_in else "unsubscribed"
    found["email_addresses"] = [{**one, "status": status} for one in found["email_addresses"]]
    return found


def identifier(signed: SignatureFields) -> str:
    """Return the signature's id for other systems: `campaign:ID`."""
    return f"{NAMESPACE}:{signed.public_id}"


def referrer(signed: SignatureFields, origin: Origin) -> Mapping[str, str]:
    """Return the source tag of the signer's link, and the page where they signed."""
    return {"source": signed.source, "website": origin.website}
