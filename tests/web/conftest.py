"""Fixtures of the web tests: a new site and its visitor; what is read-only is read once for all."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from campaign import paths
from campaign.congress import dataset
from tests.web.whole_site import Site, make_site


@pytest.fixture(scope="session", autouse=True)
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Share the shipped Congress, which nothing can change, compiled templates and addresses."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    shipped, load = paths.data() / "congress", dataset.load
    once = cache(load)
    with pytest.MonkeyPatch.context() as patch:
        # Tables of any other folder are read each time: other tests spoil theirs and read again.
        patch.setattr(
            dataset, "load", lambda folder: once(folder) if folder == shipped else load(folder)
        )
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
        patch.setattr(Rule, "_compile_builder", _compiled_once())
        yield


def _compiled_once() -> Callable[..., Any]:
    """Return what compiles an address into the function that writes it, once for all sites.

    Most of the time that a new site takes. Such a function knows its rule's text alone.
    """
    compile_builder = Rule._compile_builder
    made: dict[tuple[Any, ...], Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compiled


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
