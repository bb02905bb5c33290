"""What tests only read is read, compiled and made once for each test process."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import Dialect, Engine
from werkzeug.routing import Rule

from campaign import paths
from campaign.congress import dataset
from campaign.packs import pack as packs
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.source import CampaignSource
from campaign.packs.values import Pack
from campaign.store.db import sqlite
from campaign.web.core.assets import Assets

#: How the program opens SQLite, for tests of just that.
MAKE_SQLITE_ENGINE = sqlite.make_engine
#: A campaign's name, and a digest of its files.
_Content = tuple[str, bytes]


def share(patch: pytest.MonkeyPatch, compiled_templates: Path) -> None:
    """Read the shipped Congress, templates and URL rules once, until `patch` ends.

    A campaign's folder is read once for each content: tests copy the shipped one, or change theirs
    and read them again. A folder of a Congress that a test writes is read each time.
    """
    _share_congress(patch)
    _share_campaigns(patch)
    _share_statements(patch)
    _share_static_files(patch)
    compiled = FileSystemBytecodeCache(str(compiled_templates))
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": compiled})
    patch.setattr(Rule, "compile", _compiled_once())


def _share_congress(patch: pytest.MonkeyPatch) -> None:
    shipped, load = paths.data() / "congress", dataset.load
    once = cache(load)
    patch.setattr(
        dataset,
        "load",
        lambda folder, **more: once(folder) if folder == shipped else load(folder, **more),
    )


def _share_campaigns(patch: pytest.MonkeyPatch) -> None:
    read_checked, resolve_checked = packs.read_checked, packs.resolve_checked
    sources: dict[_Content, CampaignSource] = {}
    resolved: dict[tuple[_Content, CampaignDay], Any] = {}
    contents: dict[int, _Content] = {}
    kept: list[CampaignSource] = []  # so that no other one gets its id

    def read(folder: Path) -> CampaignSource:
        content = _content_of(folder)
        if content is None:
            return read_checked(folder)
        if content not in sources:
            found = read_checked(folder)
            if _content_of(folder) != content:  # somebody wrote meanwhile
                return found
            sources[content] = found
        shared = replace(sources[content], folder=folder)
        contents[id(shared)] = content
        kept.append(shared)
        return shared

    def resolve(found: CampaignSource, day: CampaignDay) -> tuple[Pack, tuple[packs.Omission, ...]]:
        content = contents.get(id(found))
        if content is None:
            return resolve_checked(found, day)
        if (content, day) not in resolved:
            resolved[content, day] = resolve_checked(found, day)
        pack, left_out = resolved[content, day]
        return replace(pack, folder=found.folder), left_out

    patch.setattr(packs, "read_checked", read)
    patch.setattr(packs, "resolve_checked", resolve)


def _content_of(folder: Path) -> _Content | None:
    """Return a campaign's name with all that its files say; None where not all are plain files."""
    said, places = hashlib.sha256(), [str(folder)]
    try:
        while places:
            for entry in sorted(os.scandir(places.pop()), key=lambda entry: entry.name):
                said.update(os.fsencode(entry.path[len(str(folder)) :] + "\n"))
                if entry.is_dir(follow_symlinks=False):
                    said.update(b"/")
                    places.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    said.update(hashlib.sha256(Path(entry.path).read_bytes()).digest())
                else:
                    return None
    except OSError:
        return None
    return folder.name, said.digest()


def _share_statements(patch: pytest.MonkeyPatch) -> None:
    """Compile each SQL statement once for all SQLite databases, and wait for no disk.

    SQLAlchemy keeps compiled statements by dialect, and makes one for each engine.
    """
    dialects: list[Dialect] = []
    kept: dict[Any, Any] = {}

    def make(*given: Any, **options: Any) -> Engine:
        engine = MAKE_SQLITE_ENGINE(*given, **{**options, "synchronous": "OFF"})
        dialects[:] = dialects or [engine.dialect]
        engine.dialect = dialects[0]
        engine.update_execution_options(compiled_cache=kept)
        return engine

    patch.setattr(sqlite, "make_engine", make)


def _share_static_files(patch: pytest.MonkeyPatch) -> None:
    """Read and compress the static files that ship once."""
    read, shipped = Assets.__init__, Assets()

    def share(self: Assets, *folder: Path) -> None:
        if folder:
            read(self, *folder)
        else:
            vars(self).update(vars(shipped))

    patch.setattr(Assets, "__init__", share)


# What compiling gives a rule; it depends on the rule's text and the settings that it is bound with.
_COMPILED = ("_parts", "_trace", "_converters", "arguments")
_BUILDERS = ("_build", "_build_unknown")


def _compiled_once() -> Callable[[Rule], None]:
    """Return what compiles a URL rule, once for all sites: most of the time that a site takes."""
    compile_rule = Rule.compile
    made: dict[tuple[Any, ...], dict[str, Any]] = {}

    def compiled(rule: Rule) -> None:
        assert rule.map is not None
        key = (
            *(rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults)),
            *(rule.map.host_matching, *rule.map.converters.items()),
        )
        if key not in made:
            compile_rule(rule)
            made[key] = {name: getattr(rule, name) for name in _COMPILED}
            made[key] |= {name: getattr(rule, name).__func__ for name in _BUILDERS}
            return
        for name in _COMPILED:
            setattr(rule, name, made[key][name])
        for name in _BUILDERS:
            setattr(rule, name, made[key][name].__get__(rule, None))

    return compiled
