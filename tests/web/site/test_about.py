"""The pages about the site say what the settings in force make true."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient

from campaign.errors import StoreUnavailable
from campaign.organizing import data_recipients
from campaign.organizing.connect import api_keys
from campaign.store import audit, endpoints
from campaign.store.endpoints import Endpoint, Kind
from campaign.store.statuses import EndpointStatus
from tests.web.made_site import words
from tests.web.whole_site import Site, make_site


def privacy(home: Path, **settings: Any) -> str:
    site = make_site(home, **settings)
    try:
        return words(site.client.get("/privacy").text)
    finally:
        site.database.dispose()


def test_the_days_of_retention_are_those_in_force(tmp_path: Path) -> None:
    assert "deleted 90 days after you sign" in privacy(tmp_path, retention_days=90)


def test_the_mail_service_is_named_where_there_is_one(tmp_path: Path) -> None:
    with_service = privacy(tmp_path / "a", smtp_host="mail.example.org")
    without = privacy(tmp_path / "b")

    assert "The email service mail.example.org" in with_service
    assert "in a folder on its own server" in without


def test_the_geocoder_is_named_as_what_it_is(tmp_path: Path) -> None:
    census = privacy(tmp_path / "a", geocoder_url="https://geocoding.geo.census.gov/geocoder")
    own = privacy(tmp_path / "b", geocoder_url="https://geo.example.org/x")

    assert "The Census Bureau (geocoding.geo.census.gov)" in census
    assert "Census" not in own
    assert "The address service geo.example.org" in own


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
def test_the_organizer_can_be_reached(client: FlaskClient, path: str) -> None:
    assert "mailto:" in client.get(path).text


def test_the_accessibility_page_claims_no_audit(client: FlaskClient) -> None:
    assert "No independent audit has been done." in words(client.get("/accessibility").text)


# -- Who else sees it ------------------------------------------------------------------------------

NAME = "section-907"


def test_no_one_else_is_said_only_while_that_is_so(site: Site) -> None:
    said = words(site.client.get("/privacy").text)

    assert "No one else. We do not sell your data." in said
    assert "which the organizer has connected" not in said


@pytest.mark.parametrize(
    ("only_mail", "who"), [(True, "the signers who asked for email"), (False, "every confirmed")]
)
def test_a_webhook_that_is_on_is_named_with_what_it_gets(
    site: Site, only_mail: bool, who: str
) -> None:
    hook = connect(site, "webhook", "https://hooks.example.org/in?key=secret", only_mail=only_mail)

    said = words(site.client.get("/privacy").text)
    assert f"The system hooks.example.org, which the organizer has connected. It gets {who}" in said
    assert "secret" not in said
    assert "No one else." not in said

    with site.database.writing() as connection:
        endpoints.change(connection, hook.public_id, {"status": EndpointStatus.OFF})
    assert "No one else." in words(site.client.get("/privacy").text)


def test_the_mailing_tool_that_signers_are_sent_to_is_named(site: Site) -> None:
    connect(site, "actionnetwork", "https://actionnetwork.org/api/v2/petitions/1", only_mail=True)

    assert "Action Network, the organizer's mailing tool." in words(
        site.client.get("/privacy").text
    )


def test_a_key_that_reads_signers_is_listed_until_it_expires(site: Site) -> None:
    api_keys.create(
        site.database,
        NAME,
        name="figures",
        scopes=["stats:read"],
        actor="a test",
        now=site.time[0],
        expires_at=None,
    )
    assert "No one else." in words(site.client.get("/privacy").text)

    api_keys.create(
        site.database,
        NAME,
        name="reader",
        scopes=["signatures:read"],
        actor="a test",
        now=site.time[0],
        expires_at=site.time[0] + timedelta(days=2),
    )
    said = words(site.client.get("/privacy").text)
    assert "Programs to which the organizer gave a key" in said
    assert "No one else." not in said

    site.pass_time(days=3)
    assert "No one else." in words(site.client.get("/privacy").text)


def test_the_tools_for_which_lists_were_exported_are_named_until_those_are_deleted(
    site: Site,
) -> None:
    for preset in ("mailchimp", "generic", "packet"):
        exported(site, preset)

    said = words(site.client.get("/privacy").text)
    assert (
        "The mailing tools for which the organizer exported a list of signers: Mailchimp." in said
    )
    assert "Those to whom the organizer gives a list of signers." in said
    assert "No one else." not in said


def test_a_packet_for_a_member_is_no_other_recipient(site: Site) -> None:
    exported(site, "packet")

    assert "No one else." in words(site.client.get("/privacy").text)


def test_the_page_stays_readable_without_the_database_and_claims_nothing(site: Site) -> None:
    with mock.patch.object(data_recipients, "current", side_effect=StoreUnavailable("down")):
        said = words(site.client.get("/privacy").text)

    assert "We cannot look them up at the moment." in said
    assert "No one else." not in said


def test_it_says_how_signatures_are_counted_and_what_an_erasure_leaves(site: Site) -> None:
    said = words(site.client.get("/privacy").text)

    assert "Each email address counts once" in said
    assert "We cannot know whether one person used two addresses." in said
    assert "One scrambled code of your email address" in said
    assert "Backups of the server" in said


def connect(site: Site, kind: Kind, url: str, *, only_mail: bool) -> Endpoint:
    """An endpoint that is on."""
    with site.database.writing() as connection:
        return endpoints.add(
            connection,
            kind,
            campaign=NAME,
            url=url,
            shape="flat",
            events=["signature.confirmed"],
            only_mail=only_mail,
            secret="sealed",
            created_by="a test",
            now=site.time[0],
        )


def exported(site: Site, preset: str) -> None:
    """An export as the audit records it."""
    with site.database.writing() as connection:
        audit.record(
            connection,
            "export",
            actor="a test",
            now=site.time[0],
            campaign=NAME,
            details={"preset": preset},
        )
