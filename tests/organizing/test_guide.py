"""docs/organizing.md says what there is."""

import re
from pathlib import Path

import click

from campaign.cli.review import review
from campaign.organizing.paper import table
from campaign.petition import retention

GUIDE = (Path(__file__).parents[2] / "docs" / "organizing.md").read_text(encoding="utf-8")


def test_the_guide_names_every_column_every_list_and_every_decision() -> None:
    named = set(re.findall(r"`([^`\n]+)`", GUIDE))
    assert {*table.KEPT, *table.COMPARED} <= named
    what = next(parameter for parameter in review.params if parameter.name == "what")
    assert isinstance(what.type, click.Choice)
    for word in what.type.choices:
        assert re.search(rf"\b{word}\b", GUIDE), word
    assert f"after {retention.HELD_DAYS} days" in GUIDE
