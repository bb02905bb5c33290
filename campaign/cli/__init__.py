"""The `campaign` command: a subcommand is imported only when it runs, so it starts fast."""

import sys
from importlib import import_module

import click

from campaign.errors import CampaignError, DatasetInvalid, InvalidInput, PackInvalid

#: Subcommand -> (module, attribute, one line of help). The modules hold click commands and groups.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "lookup": (
        "campaign.cli.lookup",
        "lookup",
        "Say who represents a ZIP, a district or an address.",
    ),
    "letter": ("campaign.cli.letter.letter", "letter", "Write one constituent's letters as a PDF."),
    "letters": ("campaign.cli.letters", "letters", "Make the letters of a whole table of people."),
    "sheet": ("campaign.cli.sheet", "write_sheet", "Print blank sheets to sign or to pledge on."),
    "export": ("campaign.cli.export", "export", "Write a campaign's signers as a table."),
    "import": ("campaign.cli.paper", "import_paper", "Enter paper signatures from a table."),
    "packet": ("campaign.cli.packet", "write_packets", "Make the packet for each member."),
    "review": (
        "campaign.cli.review",
        "review",
        "Show what needs a decision, and decide.",
    ),
    "cwc": ("campaign.cli.cwc", "cwc", "Deliver letters through Congress's electronic system."),
    "check": ("campaign.cli.check", "check", "Check a campaign's texts: file, line and reason."),
    "new": ("campaign.cli.new", "new", "Start a campaign folder."),
    "data": ("campaign.cli.data.data", "data", "Build, refresh and check the legislator dataset."),
    "user": (
        "campaign.cli.user",
        "user",
        "Add, list and disable organizers' accounts.",
    ),
    "db": ("campaign.cli.database", "db", "Create the database or bring it up to date."),
    "backup": ("campaign.cli.backup", "backup", "Write the database to one file."),
    "restore": ("campaign.cli.backup", "restore", "Restore a backup."),
    "figures": ("campaign.cli.figures", "figures", "Show a campaign's figures."),
    "mark": ("campaign.cli.mark", "mark", "Record letters and calls that people report."),
    "stances": ("campaign.cli.stances", "stances", "Record where members stand, and show it."),
    "update": ("campaign.cli.update", "update", "Write to signers who asked for news."),
    "bounce": (
        "campaign.cli.bounces",
        "bounce",
        "Read reports of bounced mail and complaints.",
    ),
    "purge": ("campaign.cli.privacy", "purge", "Delete data that has expired."),
    "erase": ("campaign.cli.privacy", "erase", "Erase one person's data everywhere."),
    "serve": ("campaign.cli.serve", "serve", "Serve the site, with a mail worker beside it."),
    "worker": ("campaign.cli.worker", "worker", "Send queued mail and do jobs."),
    "demo": ("campaign.cli.demo.demo", "demo", "Serve the bundled campaign with made-up signers."),
    "doctor": (
        "campaign.cli.doctor.doctor",
        "doctor",
        "Check the installation and say what to do.",
    ),
}


class _LazyGroup(click.Group):
    """A group that knows its subcommands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry[2]) for name, entry in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="campaign-toolkit", prog_name="campaign")
@click.pass_obj
def cli(is_program: bool | None) -> None:
    """Turn a policy ask into signatures, letters and deliveries to the United States Congress."""
    if is_program and "structlog" in sys.modules:
        # Libraries may log; only `serve` and `worker` show every line.
        import_module("campaign.logs").configure(quiet=True)


def main() -> None:
    """Run the command line: exit 2 for wrong use, 1 for a failed job, 0 otherwise.

    Every expected error is one sentence on standard error; a list of problems follows, one a line.
    """
    try:
        cli(prog_name="campaign", obj=True)
    except InvalidInput as error:
        _say(error)
        sys.exit(2)
    except CampaignError as error:
        _say(error)
        if isinstance(error, DatasetInvalid | PackInvalid):
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001
        _tell_unforeseen(error)
        sys.exit(1)


def _tell_unforeseen(error: Exception) -> None:
    """Log where an error arose, but not its message, which may quote what people typed."""
    logs = import_module("campaign.logs")
    logs.configure(quiet=True)
    logs.logger("program").error("unforeseen", exc_info=error)
    click.echo(
        f"campaign: An unexpected error occurred ({type(error).__name__}). The line "
        "above says where, and names no one: send it to the maintainers of this program.",
        err=True,
    )


def _say(error: CampaignError) -> None:
    click.echo(f"campaign: {error}", err=True)
