"""Signatures that other programs hand in: confirmed by their signers, and telling nothing."""

from typing import Any

import pytest
import sqlalchemy as sa
from limits import RateLimitItemPerMinute
from werkzeug.test import TestResponse

from campaign.packs.pack import Pack
from campaign.petition import rate_limits
from campaign.store import models
from tests.web.api.conftest import NAME, bearer, make_key
from tests.web.whole_site import Site

PLACE = f"/api/v1/osdi/petitions/{NAME}/signatures"


def body(**more: Any) -> dict[str, Any]:
    """A signature as a program hands it in; `more` replaces fields of the person."""
    return {
        "person": {
            "given_name": "ANI",
            "family_name": "PETROSYAN",
            "email_addresses": [{"address": "ani@example.org"}],
            "postal_addresses": [{"postal_code": "59001"}],
            **more,
        },
        "comments": "My sister lives there.",
        "referrer_data": {"source": "radio-1"},
        "agreed": True,
    }


def hand_in(site: Site, given: dict[str, Any], *, key: str = "") -> TestResponse:
    return site.client.post(
        PLACE, json=given, headers=bearer(key or make_key(site, "signatures:add"))
    )


def confirm(site: Site) -> None:
    """Follow the newest mailed link, as the owner of the address does."""
    path = site.mailed_path("/confirm/")
    assert site.client.post(path).status_code in {200, 303}


def stored(site: Site) -> list[dict[str, Any]]:
    with site.database.reading() as connection:
        rows = connection.execute(sa.select(models.signatures).order_by(models.signatures.c.id))
        return [dict(row._mapping) for row in rows]


def test_it_counts_once_its_signer_follows_the_mailed_link(site: Site) -> None:
    answer = hand_in(site, body())

    assert answer.status_code == 202
    assert answer.content_type == "application/hal+json"
    assert answer.get_json()["status"] == "pending"
    [row] = stored(site)
    assert (row["first_name"], row["last_name"], row["state"], row["district"]) == (
        "Ani",
        "Petrosyan",
        "MT",
        "MT-2",
    )
    assert (row["status"], row["source"], row["mail_opt_in"]) == ("pending", "radio-1", False)
    assert row["comment"] == "My sister lives there."
    assert row["network"] == ""
    confirm(site)
    assert [one["status"] for one in stored(site)] == ["confirmed"]


def test_the_answer_is_the_same_for_an_address_that_has_signed(site: Site) -> None:
    first = hand_in(site, body())
    confirm(site)

    second = hand_in(site, body())

    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert len(stored(site)) == 1


def test_only_a_box_that_was_checked_asks_for_updates(site: Site) -> None:
    addresses = [{"address": "bo@example.org", "status": "subscribed"}]

    hand_in(site, body(email_addresses=addresses))

    assert [row["mail_opt_in"] for row in stored(site)] == [True]
    with site.database.reading() as connection:
        agreed = connection.execute(sa.select(models.consents)).one()
    assert agreed.mail_opt_in
    assert "Section 907 Campaign" in agreed.sentence


def test_the_mail_is_in_the_signer_s_language(site: Site) -> None:
    hand_in(site, body(languages_spoken=["es"]))

    assert [row["language"] for row in stored(site)] == ["es"]
    refused = hand_in(site, body(languages_spoken=["fr"]))
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "person.languages_spoken"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"given_name": "\u200b"}, "person.given_name"),
        ({"email_addresses": [{"address": "ani@example"}]}, "person.email_addresses.0.address"),
        ({"email_addresses": []}, "person.email_addresses"),
        ({"phone_numbers": [{"number": "1"}]}, "person.phone_numbers"),
        (
            {"postal_addresses": [{"postal_code": "00000"}]},
            "person.postal_addresses.0.postal_code",
        ),
        (
            {"postal_addresses": [{"postal_code": "59001", "region": "NY"}]},
            "person.postal_addresses.0.region",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_stored(
    site: Site, more: dict[str, Any], field: str
) -> None:
    answer = hand_in(site, body(**more))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]
    assert stored(site) == []


def test_nobody_signs_who_did_not_agree(site: Site) -> None:
    answer = hand_in(site, body() | {"agreed": False})

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "agreed"
    assert stored(site) == []


def test_a_state_decides_where_a_zip_crosses_a_line(site: Site) -> None:
    """19973 lies in Delaware and in Maryland, each with one district there."""
    addresses = [{"postal_code": "19973", "region": "Maryland"}]

    hand_in(site, body(postal_addresses=addresses))

    assert [row["state"] for row in stored(site)] == ["MD"]


def test_a_key_that_only_reads_hands_nothing_in(site: Site) -> None:
    answer = hand_in(site, body(), key=make_key(site, "signatures:read"))

    assert answer.status_code == 403
    assert stored(site) == []


def test_a_closed_petition_takes_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pack, "is_open", lambda pack, now: False)

    answer = hand_in(site, body())

    assert answer.status_code == 409
    assert stored(site) == []


def test_one_program_s_network_holds_nobody_but_its_key_has_a_limit(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rate_limits, "API_BURST", RateLimitItemPerMinute(25, namespace="api-signatures")
    )
    key = make_key(site, "signatures:add")
    for number in range(25):
        address = [{"address": f"n{number}@example.org"}]
        given = body(given_name=f"Ani{number}", email_addresses=address)
        assert hand_in(site, given, key=key).status_code == 202
    assert {row["status"] for row in stored(site)} == {"pending"}

    answer = hand_in(site, body(), key=key)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert len(stored(site)) == 25


def test_the_petition_says_what_to_show_and_where_to_hand_in(site: Site) -> None:
    found = site.client.get(
        f"/api/v1/osdi/petitions/{NAME}", headers=bearer(make_key(site, "signatures:read"))
    ).get_json()

    assert "By signing you agree" in found["campaign:consent"]
    assert found["_links"]["osdi:record_signature_helper"]["href"].endswith(PLACE)
