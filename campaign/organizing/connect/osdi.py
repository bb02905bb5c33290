"""A signature as OSDI has it: what Action Network and its kin take in, and read from us.

One shape for everything that speaks it: the `osdi` export, the push to Action Network, webhooks,
and the resources of the API. Fields are those of the signature helper of the Open Supporter Data
Interface 1.2 (`record_signature_helper`: https://opensupporter.github.io/osdi-docs/).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from campaign.store.db.column_types import as_text

#: Before an id, so that another system's ids are told from ours.
NAMESPACE = "campaign"


class SignatureFields(Protocol):
    """What the shape needs of a signature: a row of the table has it, and so has a Signature."""

    @property
    def public_id(self) -> str:
        """Its id for others."""

    @property
    def first_name(self) -> str:
        """The signer's first name."""

    @property
    def last_name(self) -> str:
        """The signer's last name."""

    @property
    def email(self) -> str | None:
        """The address, None or "" where there is none."""

    @property
    def zip(self) -> str:
        """The ZIP."""

    @property
    def city(self) -> str:
        """The town, "" where it is not kept."""

    @property
    def state(self) -> str:
        """The state, such as MT."""

    @property
    def comment(self) -> str:
        """What the signer added."""

    @property
    def source(self) -> str:
        """The tag of the link that brought the signer."""

    @property
    def language(self) -> str:
        """The language of the page."""

    @property
    def mail_opt_in(self) -> bool:
        """True where the signer agreed to mail."""

    @property
    def created_at(self) -> datetime:
        """When it was given."""


@dataclass(frozen=True)
class Origin:
    """Where signatures come from: this installation's name, and the page that they were given on.

    `system` is the site's host, such as "petition.example.org"; `website` the petition's address.
    """

    system: str
    website: str

    @classmethod
    def of(cls, base_url: str, campaign: str) -> "Origin":
        """Return where signatures of that campaign on this site come from."""
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
    """Return who signed. Paper signers may have no e-mail address, and nobody has a phone here."""
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
    """Return who signed, each address with whether it may be mailed: what readers must respect."""
    found = person(signed)
    status = "subscribed" if signed.mail_opt_in else "unsubscribed"
    found["email_addresses"] = [{**one, "status": status} for one in found["email_addresses"]]
    return found


def identifier(signed: SignatureFields) -> str:
    """Return the signature's id as other systems keep it: `campaign:ID`."""
    return f"{NAMESPACE}:{signed.public_id}"


def referrer(signed: SignatureFields, origin: Origin) -> Mapping[str, str]:
    """Return through what the person came, and where they signed."""
    return {"source": signed.source, "website": origin.website}
