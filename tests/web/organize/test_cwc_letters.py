"""Electronic letters as organizers see them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaign.store import audit, cwc_deliveries, cwc_requests, outbox, outbox_leases, tokens
from tests.web.made_site import words
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

PAGE = "/organize/section-907/electronic"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def put(site: Site, **by_member: str) -> None:
    """Put a letter to each member, given by id, in each of these statuses."""
    now = site.time[0]
    with site.database.writing() as connection:
        sending = cwc_requests.add(
            connection,
            {
                "public_id": tokens.new_public_id(now),
                "campaign": "section-907",
                "nonce": b"n" * 16,
                "person_key": b"k" * 16,
                "first_name": "Ani",
                "last_name": "Petrosyan",
                "created_at": now,
                "expires_at": now + timedelta(days=7),
            },
            [
                {
                    "campaign": "section-907",
                    "member": member,
                    "office": "SMT01",
                    "delivery_id": outbox.message_id(),
                    "created_at": now,
                    "finished_at": now,
                    "status": status,
                    "note": "400: <b>No</b> such office" if status == "refused" else "",
                }
                for member, status in by_member.items()
            ],
        )
        for letter in cwc_deliveries.of_request(connection, sending):
            if letter.status == "given-up":
                outbox.enqueue(
                    connection, "cwc", campaign="section-907", to=letter.delivery_id,
                    payload={"delivery": letter.id}, now=now,
                )  # fmt: skip
                [row] = outbox_leases.lease(connection, now=now, limit=1)
                outbox_leases.give_up(connection, row, now=now, error="500")


def test_before_the_first_letter_the_page_says_what_to_do(client: FlaskClient) -> None:
    page = client.get(PAGE)

    assert "nothing is sent" in words(page.text)
    assert "No letter has been sent this way yet" in words(page.text)


def test_letters_stand_by_member_without_their_writers(site: Site, client: FlaskClient) -> None:
    put(site, D000618="delivered", S001232="refused", Z999999="queued")

    page = client.get(PAGE)

    text = words(page.text)
    assert "Steve Daines" in text
    assert "400: <b>No</b> such office" in text
    assert "<b>No</b>" not in page.text
    assert "Z999999" in text  # whom the data no longer knows
    assert "Petrosyan" not in text


def test_what_was_given_up_is_tried_again_and_that_is_on_record(
    site: Site, client: FlaskClient
) -> None:
    put(site, D000618="given-up", S001232="refused")
    assert "Retry failed letters" in words(client.get(PAGE).text)

    answer = post(client, f"{PAGE}/retry")

    assert (answer.status_code, answer.location) == (303, PAGE)
    text = words(client.get(PAGE).text)
    assert "1 letter is being sent again" in text
    assert "Retry failed letters" not in text
    with site.database.reading() as connection:
        [record] = audit.records(connection, action="retry-letters")
        assert cwc_deliveries.counts(connection)["section-907"] == {"queued": 1, "refused": 1}
    assert record.actor.startswith("user:")
    assert record.details == {"letters": 1}


def test_a_viewer_does_not_open_it(site: Site) -> None:
    assert signed_in(site, "viewer").get(PAGE).status_code == 403
