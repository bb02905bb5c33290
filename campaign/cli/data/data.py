"""`campaign data`: build, refresh and check the legislator dataset."""

from datetime import date
from pathlib import Path

import click

from campaign import settings
from campaign.cli.congress_data import current_congress, shipped_folder
from campaign.cli.data.corrections import correct, named
from campaign.cli.data.maps import maps
from campaign.cli.data.status import status
from campaign.cli.day import Day, today
from campaign.congress import contact_corrections, dataset, district_lines
from campaign.congress.district_lines import NewLines
from campaign.congress.places import District, ordinal
from campaign.congress.tables import Meta
from campaign.errors import DatasetInvalid, InvalidInput
from campaign.messages import counted


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def data() -> None:
    """Build, refresh and check the legislator dataset."""


for _command in (correct, status, maps):
    data.add_command(_command)


@data.command()
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the upstream files.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the tables into. Default: data/congress.",
)
@click.option(
    "--as-of",
    type=Day(),
    help="Day that the files describe. Default: the day in the folder's README.md.",
)
def build(source: Path, out: Path | None, as_of: date | None) -> None:
    """Write the fact tables from upstream's files. The same input always gives the same bytes."""
    from campaign.congress.build import build as build_tables

    if as_of is not None and as_of > today():
        raise InvalidInput(
            f"{as_of} is still to come. Give the day that the files describe.", field="as-of"
        )
    folder = out or shipped_folder()
    built = build_tables(source, folder, as_of=as_of)
    _report(folder, built.meta, built.notes)


@data.command()
@click.option(
    "--from",
    "source",
    help="Address or folder of the upstream files. Default: the setting LEGISLATORS_URL.",
)
@click.option(
    "--as-of",
    type=Day(),
    help="Day that the files describe. Default: what the server or the folder says.",
)
@click.option(
    "--accept-missing",
    multiple=True,
    metavar="ID",
    help="Accept data that lacks this member (a Bioguide id, such as D000618).",
)
def refresh(source: str | None, as_of: date | None, accept_missing: tuple[str, ...]) -> None:
    """Fetch new upstream files, check them, and put them into use in one step.

    If anything fails, the current data stays in use. An odd entry is left out with a note. The
    files are refused, with names, if a member is missing without an end of term, a successor or a
    vacancy.
    """
    from campaign.congress.refresh import refresh as refresh_tables
    from campaign.congress.upstream import FILES

    site = settings.read()
    # Draws its bar with a large library.
    from campaign.cli import progress

    with progress.bar("Fetching", len(FILES)) as bar:
        done = refresh_tables(
            source or site.legislators_url,
            site.congress_folder,
            dataset.load_current(shipped_folder(), site.congress_folder),
            today=today(),
            as_of=as_of,
            zip_districts_url=site.zip_districts_url,
            accept_missing={each.strip().upper() for each in accept_missing},
            progress=lambda _: bar.advance(),
        )
    _report(done.folder, done.built.meta, done.built.notes)
    dropped = contact_corrections.drop_agreed(
        site.corrections_file,
        dataset.load_current(shipped_folder(), site.congress_folder).members,
        on_date=today(),
    )
    for correction in dropped:
        click.echo(f"  {named(correction)}: dropped, because upstream agrees now.")


@data.command()
def check() -> None:
    """Check the checksums, references and counts of the current data."""
    from campaign.congress.completeness import seat_problems, unreachable_districts

    loaded = [dataset.load(shipped_folder())]
    if refreshed := dataset.current_folder(settings.read().congress_folder):
        loaded.append(dataset.load_refreshed(refreshed, shipped_folder()))
    for congress in loaded:
        folder = congress.folder
        if problems := (*seat_problems(congress), *unreachable_districts(congress)):
            raise DatasetInvalid(f"The legislator data in {folder} fails its checks.", problems)
        click.echo(f"{folder}: sound, {_rows(congress.meta):,} rows as of {congress.meta.as_of}.")
    if (own := _own_lines()).is_file():
        click.echo(f"{own}: sound, {len(district_lines.read(own))} states with new district lines.")
    if (corrected := settings.read().corrections_file).is_file():
        rows = counted(len(contact_corrections.read(corrected)), "correction")
        click.echo(f"{corrected}: sound, {rows} of phones and offices.")


@data.command()
@click.option("--add", "added", multiple=True, metavar="ST", help="A state that has new lines.")
@click.option("--remove", "removed", multiple=True, metavar="ST", help="A state that has not.")
@click.option(
    "--congress",
    type=int,
    help="First Congress with the lines. Default: the one after that of the ZIP table.",
)
@click.option("--source", default="", help="Where this is known from, such as a link.")
@click.option("--as-of", type=Day(), help="Day of the source. Default: today.")
def lines(
    added: tuple[str, ...],
    removed: tuple[str, ...],
    congress: int | None,
    source: str,
    as_of: date | None,
) -> None:
    """List the states that have new district lines in a Congress, or change the list.

    Until the Census Bureau publishes the districts of each ZIP, a ZIP in these states asks for the
    street. A changed list is kept in CAMPAIGN_HOME and replaces the one that comes with the
    toolkit.
    """
    current = current_congress()
    table = {(row.state, row.congress): row for row in current.new_lines}
    number = congress or current.meta.crosswalk_congress + 1
    if added and not source.strip():
        raise InvalidInput("Say where the new lines are known from: add --source.", field="source")
    for state in (District.parse(each).state for each in added):
        table[state, number] = NewLines(state, number, source.strip(), as_of or today())
    for state in (District.parse(each).state for each in removed):
        if table.pop((state, number), None) is None:
            raise InvalidInput(
                f"{state} is not listed for the {ordinal(number)} Congress.", field="remove"
            )
    if added or removed:
        district_lines.write(_own_lines(), table.values())
    for row in sorted(table.values()):
        click.echo(f"{row.state}  {ordinal(row.congress)} Congress  {row.source} ({row.as_of})")


def _own_lines() -> Path:
    return settings.read().congress_folder / district_lines.FILE


def _rows(meta: Meta) -> int:
    return sum(rows for rows, _ in meta.tables.values())


def _report(folder: Path, meta: Meta, notes: tuple[str, ...]) -> None:
    click.echo(
        f"Wrote {_rows(meta):,} rows of the {ordinal(meta.congress)} Congress as of {meta.as_of} "
        f"into {folder}."
    )
    for note in notes:
        click.echo(f"  {note}", err=True)
