"""Fixtures of the web tests: a new site and its visitor; what is read-only is read once for all."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from campaign import paths
from campaign.congress import dataset
from tests.web.whole_site import Site, make_site


@pytest.fixture(scope="session", autouse=True)
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Share the shipped Congress, which nothing can change, and compiled templates."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    shipped, load = paths.data() / "congress", dataset.load
    once = cache(load)
    with pytest.MonkeyPatch.context() as patch:
        # Tables of any other folder are read each time: other tests spoil theirs and read again.
        patch.setattr(
            dataset, "load", lambda folder: once(folder) if folder == shipped else load(folder)
        )
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
        yield


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
