"""A petition for each test, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import date

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.store.db.engine import Database
from tests.petition.petitioning import Petition


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The bundled campaign, open for good."""
    found = packs.load(packs.find("section-907", [paths.data() / "campaigns"]), date(2026, 6, 15))
    return replace(found, opens_on=None, closes_on=None)


@pytest.fixture(scope="session")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture
def petition(database: Database, pack: Pack) -> Petition:
    return Petition(database, pack)
