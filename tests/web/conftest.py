"""Fixtures of the web tests: a new site and its visitor."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A new development site."""
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """A visitor of the new site."""
    return site.client


@pytest.fixture
def rehearsal(tmp_path: Path, database_url: str, next_congress: Path) -> Iterator[Rehearsal]:
    """A new site on each database, to be taken through January 3, 2027."""
    site = make_site(tmp_path / "home", database_url=database_url)
    yield Rehearsal(site, next_congress)
    site.database.dispose()
