"""`campaign letters`: letters for a table of constituents, with envelopes and labels."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli import progress
from campaign.cli.day import Day, today
from campaign.cli.installation import Installation
from campaign.cli.letter import shared_options, similarity
from campaign.congress.apportionment import congress_on
from campaign.errors import InvalidInput, LettersFailed
from campaign.letters.batch.constituents_table import Reject
from campaign.letters.recipient_groups import RECIPIENT_GROUPS
from campaign.letters.targets import usual_groups

if TYPE_CHECKING:
    from campaign.congress.dataset import Congress
    from campaign.letters.batch.files import BatchFiles

# Without a rejects file, this many lines are printed.
_MAX_PRINTED = 20

_File = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """The options of `campaign letters`, as typed; a field for each.

    `name` is the campaign's, `people` the file with the table, or "-".
    """

    name: str
    people: str
    out: str | None
    rejects: Path | None
    envelopes: Path | None
    labels: Path | None
    return_labels: Path | None
    call_sheets: Path | None
    one_file_each: Path | None
    to: str
    points: tuple[str, ...]
    tone: str
    paper_to: str
    look_up: bool
    strict: bool
    on_date: date | None
    written_on: date | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.argument("people")
@click.option(
    "--out", help="Write all letters as one PDF here, in the table's order; - for standard output."
)
@click.option(
    "--rejects", type=_File, help="Write the lines that were left out here, with reasons."
)
@click.option("--envelopes", type=_File, help="Write a #10 envelope for each letter here.")
@click.option(
    "--labels", type=_File, help="Write the members' addresses here, on Avery 5160 labels."
)
@click.option(
    "--return-labels", type=_File, help="Write the writers' addresses here, on Avery 5160 labels."
)
@click.option("--call-sheets", type=_File, help="Write a call sheet for each member here.")
@click.option(
    "--one-file-each",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one PDF per person into this folder.",
)
@click.option(
    "--to",
    default="",
    help=f"Recipients: {', '.join(RECIPIENT_GROUPS)}. By default the writers' own members who are "
    "targets of the campaign, or all of its targets.",
)
@click.option(
    "--talking-point",
    "points",
    multiple=True,
    metavar="ID",
    help="A talking point to include, for lines of the table that name none.",
)
@shared_options.tone
@shared_options.paper_to
@click.option(
    "--look-up",
    is_flag=True,
    help="Look up streets at the Census Bureau for people whose district is not certain.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Leave out everyone whose district is not certain. Without this option, their letters to "
    "the senators are made, and a ZIP code of PO boxes in one district counts as that district.",
)
@shared_options.on_date
@click.option(
    "--date",
    "written_on",
    type=Day(),
    help="Date on letters whose line has none. Default: that of --on, or today where people live.",
)
def letters(**typed: Any) -> None:
    """Make the letters of all PEOPLE of a table, for campaign NAME; - is standard input.

    PEOPLE is a CSV or XLSX file with a heading. Required columns: first and last name (or name),
    street, zip, and consent, which must say yes. Optional columns: street2, city, state, district,
    points, personal, prefix, email, phone, letter_date (6/15/2026 or 2026-06-15). The names that
    other programs give these columns work too. Before anything is made, the command prints which
    columns it does not use, what it repaired, and which lines it leaves out and why. Where the
    district is not certain, only the letters to the senators are made, unless the street is looked
    up; with --strict the line is left out. No letter is signed: each person signs by hand.
    """
    options = BatchOptions(**typed)
    if options.out is None and options.one_file_each is None:
        raise InvalidInput("Give the file for the letters: --out letters.pdf.", field="out")
    # These modules are slow to import, and --help need not wait for them.
    from campaign.letters.batch import match
    from campaign.letters.batch.constituents_table import ConstituentsTable
    from campaign.letters.batch.files import BatchFiles
    from campaign.organizing.letter_batches import parse_request, summary
    from campaign.tables.rejects import Rejects

    site = Installation.read()
    pack = site.pack_for_letters(options.name, on_date=options.on_date)
    request = parse_request(
        pack,
        on_date=options.on_date or today(),
        at=None if options.on_date else site.now,
        written_on=options.written_on,
        kinds=[kind.strip().lower() for kind in options.to.split(",") if kind.strip()]
        or usual_groups(pack),
        points=options.points,
        tone=options.tone,
        paper_to=options.paper_to,
        look_up=options.look_up,
        strict=options.strict,
    )
    people = ConstituentsTable.parse(_read_table(options.people))
    geocoder = None
    if options.look_up:
        from campaign.congress.batch_geocoder import BatchGeocoder

        geocoder = BatchGeocoder(
            site.settings.geocoder_url, congress=congress_on(request.choices.on_date)
        )
    with progress.bar("Sorting") as bar:
        batch = match.match_people(
            people, pack, site.congress, request.choices, geocoder=geocoder, report=bar.show
        )
    for note in batch.notes:
        click.echo(note, err=True)
    _print_left_out(batch.left, options.rejects)
    match.write_rejects(batch, Rejects(options.rejects, batch.heading))
    files = BatchFiles(batch, pack, request.choices, pack.day_of(site.now))
    if not batch.writers:
        raise LettersFailed("No line of the table can become a letter.")
    _write_letters(files, options)
    _write_extras(files, options, site.congress)
    click.echo(summary(batch), err=options.out == "-")
    if note := similarity.record_batch(site.settings, files.letters()):
        click.echo(note, err=True)


def _read_table(people: str) -> bytes:
    from campaign.letters.batch.constituents_table import LIMITS
    from campaign.tables import table

    if people == "-":
        return table.read_stream(sys.stdin.buffer, LIMITS)
    return table.read(Path(people), LIMITS)


def _write_letters(files: "BatchFiles", options: BatchOptions) -> None:
    with progress.bar("Letters") as bar:
        if options.out == "-":
            with tempfile.TemporaryDirectory(prefix="campaign-letters-") as folder:
                path = Path(folder) / "letters.pdf"
                files.write_letters(path, bar.show)
                with path.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
        elif options.out is not None:
            files.write_letters(Path(options.out), bar.show)
        if options.one_file_each is not None:
            files.write_each(options.one_file_each, bar.show)


def _write_extras(files: "BatchFiles", options: BatchOptions, congress: "Congress") -> None:
    """Write envelopes, labels and call sheets, those that were asked for."""
    if options.envelopes is not None:
        files.write_envelopes(options.envelopes)
    if options.labels is not None:
        files.write_labels(options.labels)
    if options.return_labels is not None:
        files.write_return_labels(options.return_labels)
    if options.call_sheets is not None:
        files.write_call_sheets(options.call_sheets, congress)


def _print_left_out(rejects: Sequence[Reject], file: Path | None) -> None:
    if not rejects:
        return
    if file is not None:
        click.echo(f"The lines to correct are in {file}.", err=True)
        return
    for reject in rejects[:_MAX_PRINTED]:
        where = f" ({reject.column})" if reject.column else ""
        click.echo(f"  line {reject.line:,}{where}: {reject.reason}", err=True)
    if len(rejects) > _MAX_PRINTED:
        more = len(rejects) - _MAX_PRINTED
        click.echo(f"  and {more:,} more. Add --rejects FILE to get them all.", err=True)
