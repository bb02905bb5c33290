"""`campaign import`: signatures that were given on paper, from a table."""

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from campaign import text
from campaign.cli import progress, restore_export
from campaign.cli.installation import Installation, actor_of
from campaign.messages import counted
from campaign.organizing.paper import import_table
from campaign.organizing.paper import table as tables
from campaign.organizing.paper.import_table import Report
from campaign.petition.paper.session import PaperSession, parse_mail_consent
from campaign.tables.rejects import Rejects

# Without a rejects file, this many lines are listed one by one.
_LISTED = 20


@click.command("import")
@click.argument("name")
@click.argument("table")
@click.option("--dry-run", is_flag=True, help="Say what would be entered, and enter nothing.")
@click.option(
    "--all-or-nothing", is_flag=True, help="Enter nothing unless every line can be entered."
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the lines that were not entered here, each with its reason.",
)
@click.option(
    "--mail-consent",
    default="",
    metavar="SENTENCE",
    help="The sentence beside the box for updates on the sheets.",
)
@click.option("--actor", default="", help="The person to name in the audit log; you by default.")
def import_paper(
    name: str,
    table: str,
    dry_run: bool,
    all_or_nothing: bool,
    rejects: Path | None,
    mail_consent: str,
    actor: str,
) -> None:
    """Enter the paper signatures of TABLE into campaign NAME; - is standard input.

    TABLE is a CSV file or an XLSX workbook with a heading: first_name, last_name (or name) and zip,
    and optionally email, comment, signed_on (6/15/2026 or 2026-06-15), sheet, and namesake (2 for a
    second person with the same name and ZIP). Column names of other programs work too. `sheet` is
    the page ID at the bottom of a printed sheet. State, country and district must agree with the
    ZIP. Other columns, such as a street, are ignored.

    Before anything is entered, the command lists ignored columns, corrections, and rejected lines
    with their reasons. A table with unpaired quotes is refused. A rejected line does not stop the
    others. A person counts once: importing the same table again adds no one. Needs the SECRET_KEY
    of the site.

    People who signed on paper get no email, except those who checked a box for updates: give the
    sentence beside it with --mail-consent, and name the column mail_opt_in (yes or no). The
    sentence is kept with their consent.

    An export of all columns (presets generic, jsonl, parquet, xlsx) is restored as it is: with ids,
    numbers, times, consents and origins. Exports for other tools are read as tables.
    """
    site = Installation.read(require_safe=True)
    pack = site.pack(name)

    def new_session() -> PaperSession:
        return PaperSession(
            database,
            pack,
            site.congress,
            site.now,
            site.settings.keyring,
            actor_of(actor),
            mail_consent=parse_mail_consent(mail_consent),
        )

    with site.database() as database, ExitStack() as ended:
        standard_input = restore_export.held(table, sys.stdin.buffer)
        if table == "-":
            ended.callback(standard_input.close)  # our copy of it
        if restore_export.is_export(table, standard_input):
            restore_export.put_back(
                new_session(),
                table,
                standard_input,
                dry_run=dry_run,
                all_or_nothing=all_or_nothing,
                rejects=rejects,
            )
            return
        source = tables.read(None if table == "-" else Path(table), standard_input)
        if not dry_run:
            # The results of a dry run are printed before anything is entered.
            preview = import_table.enter(new_session(), source, Rejects(None, ()), dry_run=True)
            _tell_read(preview)
            _tell_left(preview)
        with (
            Rejects(rejects, source.heading) as rejected,
            progress.bar("Entering", source.lines) as bar,
        ):
            report = import_table.enter(
                new_session(),
                source,
                rejected,
                dry_run=dry_run,
                all_or_nothing=all_or_nothing,
                progress=bar.advance,
            )
    if dry_run:
        _tell_read(report)
        _tell_left(report)
    elif report.left != preview.left or report.reasons != preview.reasons:
        _tell_left(report)
    _tell(report, rejects=rejects, dry_run=dry_run)
    if report.refused and (all_or_nothing or report.refused == report.lines):
        sys.exit(1)


def _tell(report: Report, *, rejects: Path | None, dry_run: bool) -> None:
    """Print the results of the lines."""
    click.echo(_summary(report))
    if not (report.done or dry_run):
        click.echo("Nothing was entered, because some lines were refused.", err=True)
    if report.left and rejects is not None:
        click.echo(f"{counted(report.left, 'line')} not entered: see {rejects}.", err=True)


def _summary(report: Report) -> str:
    verb = "Entered" if report.done else "Would enter"
    return (
        f"{verb} {report.entered:,} of {report.lines:,}; "
        f"{report.known:,} counted before, {report.refused:,} refused."
    )


def _tell_read(report: Report) -> None:
    """Print how the table was read: ignored columns, and corrections."""
    if report.passed_over:
        shown = [text.line(name[:80], limit=80) for name in report.passed_over[:10]]
        more = len(report.passed_over) - len(shown)
        names = f"{', '.join(shown)}{f' and {more} more' if more else ''}"
        click.echo(f"Ignored columns: {names}.", err=True)
    for note in report.notes:
        click.echo(note, err=True)


def _tell_left(report: Report) -> None:
    """Print which lines are left out, and why."""
    listed = report.reasons[:_LISTED]
    for reason in listed:
        where = f", {reason.column}" if reason.column else ""
        click.echo(f"  line {reason.line:,}{where}: {reason.says}", err=True)
    if report.left > len(listed):
        click.echo(f"  and {report.left - len(listed):,} more; --rejects FILE lists all.", err=True)
