"""One shape of a signature, for everything that speaks OSDI."""

from dataclasses import dataclass
from datetime import UTC, datetime

from campaign.organizing.connect import osdi
from campaign.organizing.connect.osdi import Origin

ORIGIN = Origin("petition.example.org", "https://petition.example.org/c/section-907/")


@dataclass(frozen=True)
class Signed:
    public_id: str = "06h0p3cgu2b0556otf885jg9vg"
    first_name: str = "Ani"
    last_name: str = "Petrosyan"
    email: str | None = "ani@example.org"
    zip: str = "59001"
    city: str = "Absarokee"
    state: str = "MT"
    comment: str = "For my aunt."
    source: str = "street"
    language: str = "en"
    mail_opt_in: bool = True
    created_at: datetime = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_the_helper_has_the_fields_that_action_network_takes() -> None:
    assert osdi.signature_helper(Signed(), ORIGIN) == {
        "person": {
            "identifiers": ["campaign:06h0p3cgu2b0556otf885jg9vg"],
            "given_name": "Ani",
            "family_name": "Petrosyan",
            "email_addresses": [{"address": "ani@example.org", "primary": True}],
            "phone_numbers": [],
            "postal_addresses": [
                {
                    "primary": True,
                    "address_lines": [],
                    "locality": "Absarokee",
                    "region": "MT",
                    "postal_code": "59001",
                    "country": "US",
                }
            ],
            "languages_spoken": ["en"],
        },
        "identifiers": ["campaign:06h0p3cgu2b0556otf885jg9vg"],
        "origin_system": "petition.example.org",
        "action_date": "2026-06-15T12:00:00Z",
        "comments": "For my aunt.",
        "referrer_data": {
            "source": "street",
            "website": "https://petition.example.org/c/section-907/",
        },
        "add_tags": [],
    }


def test_a_paper_signer_without_an_address_has_none() -> None:
    assert osdi.person_with_consent(Signed(email=None))["email_addresses"] == []


def test_mail_consent_is_in_the_person() -> None:
    [unwilling] = osdi.person_with_consent(Signed(mail_opt_in=False))["email_addresses"]

    assert unwilling["status"] == "unsubscribed"
