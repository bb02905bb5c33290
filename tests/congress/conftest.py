"""The shipped Congress, a made-up upstream, and servers that play the ones outside."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from tests.congress.geocoder_server import GeocoderServer

MADE_UP = Path(__file__).parent / "upstream"


@pytest.fixture(scope="session")
def shipped() -> Congress:
    """The Congress of the committed fact tables."""
    return dataset.load(paths.data() / "congress")


@pytest.fixture
def upstream_folder(tmp_path: Path) -> Path:
    """A copy of the small made-up upstream, to build from and to spoil."""
    return Path(shutil.copytree(MADE_UP, tmp_path / "upstream"))


@pytest.fixture
def geocoder_server() -> Iterator[GeocoderServer]:
    """A server that plays the Census geocoder."""
    with GeocoderServer() as server:
        yield server
