"""The pages about the site say what the settings in force make true."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.made_site import words
from tests.web.whole_site import make_site


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
