"""`campaign import`: signatures that were given on paper, from a table."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from campaign import paths, settings, text
from campaign.cli.database import require_current_schema
from campaign.cli.organiser import actor_of, require_pack
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import CampaignError, InvalidInput, LineRefused
from campaign.organising import paper as tables
from campaign.organising.paper import Line, Table
from campaign.packs.pack import Pack
from campaign.petition import paper
from campaign.petition.paper import Handwritten, Outcome
from campaign.store.engine import Database
from campaign.tables.rejects import Rejects

_Enter = Callable[[Sequence[Handwritten], dict[str, object]], tuple[Outcome, ...]]

# Lines in one transaction: long enough to be fast, short enough to keep nobody from signing.
_BATCH = 250
# Without a rejects file, this many lines are told one by one.
_TOLD = 20


@click.command("import")
@click.argument("name")
@click.argument("table")
@click.option("--dry-run", is_flag=True, help="Say what would be entered, and enter nothing.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the lines that were not entered here, each with its reason.",
)
@click.option("--actor", default="", help="Whose work this is, for the record; you by default.")
def import_paper(name: str, table: str, dry_run: bool, rejects: Path | None, actor: str) -> None:
    """Enter the paper signatures of TABLE into campaign NAME; - is standard input.

    TABLE is a CSV file with a heading: first_name, last_name and zip, and where you have them
    email, comment, signed_on (2026-06-15), sheet, and namesake (2 for a second person of one name
    in one ZIP). Other columns, such as a street, are not kept.

    A line that cannot be entered keeps no other from it. A person counts once: importing the same
    table again adds nobody. Nobody on paper is sent mail. Needs the SECRET_KEY of the site.
    """
    in_force = settings.require_safe(settings.read())
    require_current_schema(in_force)
    now = datetime.now(UTC)
    pack = require_pack(name, in_force, now.date())
    congress = dataset.load_current(paths.data() / "congress", in_force.congress_folder)
    by = actor_of(actor)
    database = Database(in_force.database_url, pool_size=2)
    rehearsal = paper.Rehearsal(database, pack, secret_key=in_force.secret_key)

    def enter(people: Sequence[Handwritten], details: dict[str, object]) -> tuple[Outcome, ...]:
        if dry_run:
            return rehearsal.enter(people)
        key = in_force.secret_key
        return paper.enter(
            database, pack, people, now=now, secret_key=key, actor=by, details=details
        )

    told: Counter[str] = Counter()
    reasons: list[str] = []
    source = tables.read(None if table == "-" else Path(table), sys.stdin.buffer)
    try:
        with Rejects(rejects, source.heading) as rejected, _progress() as progress:
            task = progress.add_task("Entering", total=source.lines)
            for batch in _batches(source):
                for line, outcome in _entered(batch, pack, congress, now.date(), enter, source):
                    told[outcome.kind] += 1
                    if outcome.says:
                        rejected.add(line.number, line.cells, outcome.says, outcome.column)
                        if len(reasons) < _TOLD:
                            reasons.append(f"  line {line.number:,}: {outcome.says}")
                progress.advance(task, len(batch))
    finally:
        database.dispose()
    _tell(source, told, reasons, rejects=rejects, dry_run=dry_run)
    if told["refused"] and told["refused"] == told.total():
        sys.exit(1)


def _batches(source: Table) -> Iterator[list[Line]]:
    lines = iter(source)
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _entered(
    batch: Sequence[Line],
    pack: Pack,
    congress: Congress,
    today: date,
    enter: _Enter,
    source: Table,
) -> list[tuple[Line, Outcome]]:
    """Enter the lines that are fit for it, and return what became of each line, in order."""
    fit: list[tuple[Line, Handwritten]] = []
    outcomes: dict[int, Outcome] = {}
    for line in batch:
        try:
            fit.append((line, _handwritten(line, pack, congress, today)))
        except CampaignError as error:
            column = error.field if isinstance(error, InvalidInput) else ""
            outcomes[line.number] = Outcome("refused", str(error), column)
    details: dict[str, object] = {"table": source.sha256, "from_line": batch[0].number}
    became = enter([person for _, person in fit], details)
    outcomes |= {line.number: it for (line, _), it in zip(fit, became, strict=True)}
    return [(line, outcomes[line.number]) for line in batch]


def _handwritten(line: Line, pack: Pack, congress: Congress, today: date) -> Handwritten:
    if line.fault:
        raise LineRefused(line.fault)
    said = {column: line.values.get(column, "") for column in tables.COLUMNS}
    return paper.handwritten(**said, pack=pack, congress=congress, today=today)


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _tell(
    source: Table,
    told: Counter[str],
    reasons: Sequence[str],
    *,
    rejects: Path | None,
    dry_run: bool,
) -> None:
    verb = "Would enter" if dry_run else "Entered"
    click.echo(
        f"{verb} {told['entered']:,} of {source.lines:,}; "
        f"{told['known']:,} counted before, {told['refused']:,} refused."
    )
    if source.passed_over:
        shown = (text.line(name[:80], limit=80) for name in source.passed_over[:10])
        click.echo(f"Columns that are not kept: {', '.join(shown)}.", err=True)
    left = told["known"] + told["refused"]
    if left and rejects is not None:
        click.echo(f"The {left:,} lines that were not entered are in {rejects}.", err=True)
    elif left:
        for reason in reasons:
            click.echo(reason, err=True)
        if left > len(reasons):
            click.echo(f"  and {left - len(reasons):,} more; --rejects FILE keeps all.", err=True)
