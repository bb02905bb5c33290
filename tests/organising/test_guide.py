"""docs/organising.md says what there is."""

import re
import shlex
from pathlib import Path

import click

from campaign import cli
from campaign.cli.review import review
from campaign.organising import paper
from campaign.petition import privacy

GUIDE = (Path(__file__).parents[2] / "docs" / "organising.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (?:  \| )?campaign ([^#\n\\|]+)", GUIDE, re.M)


def test_every_command_of_the_guide_is_one_with_its_options() -> None:
    assert len(COMMANDS) > 12
    with click.Context(cli.cli) as context:
        for line in COMMANDS:
            name, *words = shlex.split(line)
            command = cli.cli.get_command(context, name)
            assert command is not None, name
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known, line


def test_the_guide_names_every_column_every_list_and_every_decision() -> None:
    named = set(re.findall(r"`([^`\n]+)`", GUIDE))
    assert set(paper.COLUMNS) <= named
    what = next(parameter for parameter in review.params if parameter.name == "what")
    assert isinstance(what.type, click.Choice)
    for word in what.type.choices:
        assert re.search(rf"\b{word}\b", GUIDE), word
    assert f"after {privacy.HELD_DAYS} days" in GUIDE
