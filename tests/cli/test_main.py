"""The command line as a whole: it starts fast, errors are a sentence, exits have meaning."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from campaign import cli
from campaign.errors import CampaignUnknown, InvalidInput, PackInvalid, Problem


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from campaign.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (InvalidInput("Enter a ZIP."), 2, "campaign: Enter a ZIP.\n"),
        (CampaignUnknown("There is no campaign x."), 1, "campaign: There is no campaign x.\n"),
        (
            PackInvalid(
                "Two faults.", [Problem("a.md", 3, "too long"), Problem("b.md", 0, "empty")]
            ),
            1,
            "campaign: Two faults.\n  a.md:3: too long\n  b.md: empty\n",
        ),
    ],
)
def test_a_foreseen_error_is_a_sentence_on_standard_error_and_an_exit_status(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    status: int,
    said: str,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "cli", fail)

    with pytest.raises(SystemExit) as exit_:
        cli.main()

    assert exit_.value.code == status
    assert capsys.readouterr().err == said


def test_every_command_is_there_and_takes_help() -> None:
    listed = run("--help")

    assert listed.returncode == 0
    for name in cli.COMMANDS:
        assert f"  {name} " in listed.stdout


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_a_command_explains_itself(name: str) -> None:
    helped = CliRunner().invoke(cli.cli, [name, "--help"], prog_name="campaign")

    assert helped.exit_code == 0, helped.output
    assert helped.stdout.startswith(f"Usage: campaign {name}")


def test_an_unknown_command_is_wrong_use() -> None:
    assert run("invoke").returncode == 2


def test_help_and_look_ups_import_neither_flask_nor_sqlalchemy() -> None:
    """Import time is most of a look-up's time, so what it does not need must stay out."""
    probe = (
        "import sys; from campaign.cli import cli;"
        "cli(['lookup', '59001'], standalone_mode=False);"
        "print(sorted({'flask', 'sqlalchemy', 'typst', 'requests', 'yaml'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("[]\n")


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield a command, or those of a group however deep, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            yield from commands(f"{name} {part}", inner)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_option_reaches_a_parameter_of_its_command(name: str) -> None:
    """Click joins the two by name at run time, where no type checker sees it."""
    module, attribute, _ = cli.COMMANDS[name]

    for full_name, command in commands(name, getattr(import_module(module), attribute)):
        if command.callback is None:
            continue
        parameters = inspect.signature(inspect.unwrap(command.callback)).parameters.values()
        named = {one.name for one in parameters if one.kind is not one.VAR_KEYWORD}
        takes_others = any(one.kind is one.VAR_KEYWORD for one in parameters)
        given = {param.name for param in command.params if param.expose_value}
        assert named <= given if takes_others else named == given, full_name
