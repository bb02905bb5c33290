"""`campaign letters`: a table of constituents becomes letters to print, and what mails them."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from campaign.cli import progress
from campaign.cli.data import Day, today
from campaign.cli.installation import Installation
from campaign.cli.letter import similarity
from campaign.errors import InvalidInput, LettersFailed
from campaign.letters.batch.constituents_table import Reject
from campaign.letters.recipients import RECIPIENT_GROUPS

# Without a rejects file, this many lines are told one by one.
_TOLD = 20

_File = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.argument("people")
@click.option(
    "--out", help="The letters as one PDF, in the order of the table; - is standard output."
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
    help="Write one PDF a person into this folder.",
)
@click.option(
    "--to",
    default="senate,house,committee",
    show_default=True,
    help=f"Whom to write to: {', '.join(RECIPIENT_GROUPS)}.",
)
@click.option(
    "--talking-point",
    "points",
    multiple=True,
    metavar="ID",
    help="A point to make, where a line of the table names none.",
)
@click.option(
    "--tone",
    type=click.Choice(["full", "brief"]),
    default="full",
    show_default=True,
    help="How much a letter says.",
)
@click.option(
    "--paper-to",
    type=click.Choice(["washington", "district"]),
    default="washington",
    show_default=True,
    help="Which office the letters are addressed to: mail to Washington is screened for weeks.",
)
@click.option(
    "--look-up",
    is_flag=True,
    help="Ask the Census Bureau about the streets of those whose district is not certain.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Leave out everyone whose district is not certain. Else their letters to the senators are "
    "made, and a ZIP of post office boxes in one district is likely.",
)
@click.option(
    "--on",
    "on_date",
    type=Day(),
    help="Write as of this day, such as 2026-06-15: who sits, what may be stated. Default: today.",
)
@click.option(
    "--date",
    "written_on",
    type=Day(),
    help="Date on letters whose line has none. Default: that of --on, or today where people live.",
)
def letters(
    name: str,
    people: str,
    out: str | None,
    rejects: Path | None,
    envelopes: Path | None,
    labels: Path | None,
    return_labels: Path | None,
    call_sheets: Path | None,
    one_file_each: Path | None,
    to: str,
    points: tuple[str, ...],
    tone: str,
    paper_to: str,
    look_up: bool,
    strict: bool,
    on_date: date | None,
    written_on: date | None,
) -> None:
    """Make the letters of all PEOPLE of a table, for campaign NAME; - is standard input.

    PEOPLE is a CSV or XLSX file with a heading: first and last name (or name), street, zip and
    consent, which must say yes; and where you have them street2, city, state, district, points,
    personal, prefix, email, phone, letter_date (6/15/2026 or 2026-06-15), under the names that
    other programs give them. What is not used, what was put right, and which lines are left out
    and why is told before anything is made. Where the district is not certain, the letters
    to the senators are made and the letter to the House waits, unless the street is looked up;
    with --strict the line is left out. Nothing is signed: each person signs.
    """
    if out is None and one_file_each is None:
        raise InvalidInput("Say where the letters go: --out letters.pdf.", field="out")
    # The page setter and the reader of tables are large: --help need not wait for them.
    from campaign.letters.batch import match as sorted_out
    from campaign.letters.batch.constituents_table import LIMITS, ConstituentsTable
    from campaign.letters.batch.files import BatchFiles
    from campaign.organizing.letter_batches import parse_request, summary
    from campaign.tables import table
    from campaign.tables.rejects import Rejects

    site = Installation.read()
    now, pack = site.now, site.pack(name, on_date=on_date)
    wanted = parse_request(
        pack,
        on_date=on_date or today(),
        at=None if on_date else now,
        written_on=written_on,
        kinds=[kind.strip().lower() for kind in to.split(",") if kind.strip()],
        points=points,
        tone=tone,
        paper_to=paper_to,
        look_up=look_up,
        strict=strict,
    )
    raw = (
        table.read_stream(sys.stdin.buffer, LIMITS)
        if people == "-"
        else table.read(Path(people), LIMITS)
    )
    known = site.congress
    read = ConstituentsTable.parse(raw)
    geocoder = None
    if look_up:
        from campaign.congress.batch_geocoder import BatchGeocoder

        geocoder = BatchGeocoder(site.settings.geocoder_url, congress=known.meta.congress)
    with progress.bar("Sorting") as bar:
        batch = sorted_out.match_people(
            read, pack, known, wanted.choices, geocoder=geocoder, report=bar.show
        )
    for note in batch.notes:
        click.echo(note, err=True)
    _tell_left(batch.left, rejects)
    sorted_out.write_rejects(batch, Rejects(rejects, batch.heading))
    bundle = BatchFiles(batch, pack, wanted.choices, pack.day_of(now))
    if not batch.writers:
        raise LettersFailed("No line of the table can become a letter.")
    with progress.bar("Letters") as bar:
        if out == "-":
            with tempfile.TemporaryDirectory(prefix="campaign-letters-") as held:
                bundle.write_letters(Path(held) / "letters.pdf", bar.show)
                with (Path(held) / "letters.pdf").open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
        elif out is not None:
            bundle.write_letters(Path(out), bar.show)
        if one_file_each is not None:
            bundle.write_each(one_file_each, bar.show)
    if envelopes is not None:
        bundle.write_envelopes(envelopes)
    if labels is not None:
        bundle.write_labels(labels)
    if return_labels is not None:
        bundle.write_return_labels(return_labels)
    if call_sheets is not None:
        bundle.write_call_sheets(call_sheets, known)
    click.echo(summary(batch), err=out == "-")
    if alike := similarity.record_batch(site.settings, bundle.letters()):
        click.echo(alike, err=True)


def _tell_left(rejects: Sequence[Reject], file: Path | None) -> None:
    if not rejects:
        return
    if file is not None:
        click.echo(f"The lines to complete are in {file}.", err=True)
        return
    for reject in rejects[:_TOLD]:
        where = f" ({reject.column})" if reject.column else ""
        click.echo(f"  line {reject.line:,}{where}: {reject.reason}", err=True)
    if len(rejects) > _TOLD:
        click.echo(f"  and {len(rejects) - _TOLD:,} more; --rejects FILE keeps all.", err=True)
