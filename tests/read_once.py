"""What tests only read is read, compiled and made once for each test process."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from campaign import paths
from campaign.congress import dataset
from campaign.packs import pack as packs
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.source import CampaignSource


def share(patch: pytest.MonkeyPatch, compiled_templates: Path) -> None:
    """Read the shipped Congress and campaigns, templates and URL rules once, until `patch` ends.

    Folders that tests write are read each time: tests change theirs and read them again.
    """
    _share_congress(patch)
    _share_campaigns(patch)
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
    shipped = paths.data() / "campaigns"
    read_checked, resolve_checked = packs.read_checked, packs.resolve_checked
    read_once = cache(read_checked)
    resolved: dict[tuple[int, CampaignDay], Any] = {}
    kept: dict[int, CampaignSource] = {}

    def read(folder: Path) -> CampaignSource:
        if folder.parent != shipped:
            return read_checked(folder)
        found = read_once(folder)
        kept[id(found)] = found
        return found

    def resolve(found: CampaignSource, day: CampaignDay) -> Any:
        if id(found) not in kept:
            return resolve_checked(found, day)
        key = (id(found), day)
        if key not in resolved:
            resolved[key] = resolve_checked(found, day)
        return resolved[key]

    patch.setattr(packs, "read_checked", read)
    patch.setattr(packs, "resolve_checked", resolve)


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
