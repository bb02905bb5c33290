"""`campaign data`: build, refresh and check the legislator dataset."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from campaign import civil_time, paths, settings
from campaign.cli.data_maps import maps
from campaign.cli.installation import actor_of
from campaign.congress import contact_corrections, dataset, district_lines
from campaign.congress.contact_corrections import CheckedCorrection, Correction
from campaign.congress.dataset import Congress
from campaign.congress.district_lines import NewLines
from campaign.congress.places import District, ordinal
from campaign.congress.representation import has_lines_of
from campaign.congress.tables import Meta
from campaign.errors import DatasetInvalid, InvalidInput
from campaign.messages import counted

#: How many notes are printed; `--json` has all.
_MAX_NOTES = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def data() -> None:
    """Build, refresh and check the legislator dataset."""


data.add_command(maps)


class Day(click.ParamType[date]):
    """A day as `2026-06-15`, or `today`."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        if value == "today":
            return today()
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise InvalidInput("Write the day as 2026-06-15.", field="on") from None


def today() -> date:
    """Return the day whose seat holders are in office: on January 3, terms begin at noon."""
    return civil_time.congress_day(datetime.now(UTC))


def shipped_folder() -> Path:
    """Return the folder of the fact tables that ship with the package."""
    return paths.data() / "congress"


def current_congress() -> Congress:
    """Load the current data: refreshed, or else shipped, with this installation's corrections.

    Raises DatasetInvalid if neither loads.
    """
    site = settings.read()
    return dataset.load_current(shipped_folder(), site.congress_folder, site.corrections_file)


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
        click.echo(f"  {_named(correction)}: dropped, because upstream agrees now.")


@data.command()
@click.argument("member", metavar="ID")
@click.argument("field", type=click.Choice(contact_corrections.OFFICE_FIELDS))
@click.argument("value", required=False)
@click.option("--office", default="", help="Id of a local office. Default: the one in Washington.")
@click.option("--source", default="", help="Where this can be checked, such as a link.")
@click.option(
    "--remove", is_flag=True, help="Remove the correction; upstream's value counts again."
)
def correct(
    member: str, field: str, value: str | None, office: str, source: str, remove: bool
) -> None:
    """Correct a phone or an office of the member ID, such as D000618, until upstream agrees.

    The correction is kept in CAMPAIGN_HOME/corrections.csv and outlives every refresh. A refresh
    drops it when upstream has the same value. To remove a local office that has closed, correct
    its field "closed" to yes. Only phone and address of the office in Washington can be corrected.
    """
    site = settings.read()
    congress = current_congress()
    if remove:
        key = contact_corrections.known_key(congress.corrections, member, office, field)
        contact_corrections.remove(site.corrections_file, key)
        click.echo(f"Removed the correction of {' '.join(part for part in key if part)}.")
        return
    if value is None:
        raise InvalidInput("Give the right value after the field.", field="value")
    made = contact_corrections.make(
        congress.members,
        member,
        field,
        value,
        office=office,
        source=source,
        who=actor_of(""),
        on_date=today(),
        known=congress.corrections,
    )
    contact_corrections.add(site.corrections_file, made)
    click.echo(f"Corrected: {_named(made)} is now {made.value or 'empty'}.")


@data.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--on", "on_date", type=Day(), help="Day to judge the data's age by. Default: today.")
def status(as_json: bool, on_date: date | None) -> None:
    """Show which Congress the data describes, its age, and which seats are vacant."""
    congress = current_congress()
    facts = _facts(congress, on_date or today())
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in _status_lines(congress, facts):
        click.echo(line)


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


def _facts(congress: Congress, on_date: date) -> dict[str, object]:
    meta = congress.meta
    sitting = dataset.sitting_members(congress)
    spoiled = _spoiled(congress)
    held = {
        chamber: sum(1 for seat in sitting if congress.seats[seat].chamber == chamber)
        for chamber in ("senate", "house")
    }
    return {
        "congress": meta.congress,
        "as_of": meta.as_of.isoformat(),
        "valid_until": meta.valid_until.isoformat(),
        "on": on_date.isoformat(),
        "age_days": meta.age(on_date),
        "state": "expired"
        if meta.has_ended(on_date)
        else "aging"
        if meta.is_aging(on_date)
        else "fresh",
        "origin": "shipped" if congress.folder == shipped_folder() else "refreshed",
        "folder": str(congress.folder),
        "spoiled": str(spoiled) if spoiled else "",
        "crosswalk_congress": meta.crosswalk_congress,
        "new_lines": _changed_states(congress, on_date),
        "senators": held["senate"],
        "house_members": held["house"],
        "vacant": [seat for seat in congress.seats if seat not in sitting],
        "notes": list(meta.notes),
        "rows": {table: rows for table, (rows, _) in sorted(meta.tables.items())},
        "sources": [vars(source) for source in meta.sources],
        "corrections": [_facts_of(each) for each in congress.corrections],
    }


def _facts_of(checked: CheckedCorrection) -> dict[str, str]:
    correction = checked.correction
    return {
        "bioguide": correction.bioguide,
        "field": correction.field,
        "office": correction.office,
        "value": correction.value,
        "who": correction.who,
        "corrected_on": correction.corrected_on.isoformat(),
        "source": correction.source,
        "upstream": checked.upstream,
        "status": checked.status,
    }


#: What a correction does, in words.
_STATUS_WORDS = {
    "applied": "in use",
    "agreed": "upstream agrees now; the next refresh drops it",
    "changed": "in use, but upstream has changed since to {upstream}; check which is right",
    "gone": "not in use: the data no longer has this member or office",
    "dropped": "dropped on {dropped_on}, because upstream agrees",
}


def _correction_lines(congress: Congress) -> list[str]:
    """Return a line for each correction, and one for a table that cannot be used."""
    try:
        contact_corrections.read(settings.read().corrections_file)
    except DatasetInvalid as error:
        return [f"Corrections are not used: {error}"]
    lines = ["Corrections of phones and offices:"] if congress.corrections else []
    for each in congress.corrections:
        words = _STATUS_WORDS[each.status].format(
            upstream=each.upstream or "nothing", dropped_on=each.correction.dropped_on
        )
        lines.append(f"  {_named(each.correction)}: {each.correction.value or 'empty'} ({words})")
    return lines


def _named(correction: Correction) -> str:
    return f"{correction.bioguide}, {correction.office}, {correction.field}"


def _changed_states(congress: Congress, on_date: date) -> list[str]:
    """Return the states in which the ZIP table does not have the lines of the day."""
    states = sorted({district.state for district in congress.districts})
    return [state for state in states if not has_lines_of(congress, state, on_date)]


def _spoiled(congress: Congress) -> Path | None:
    """Return the refreshed folder that should be in use but is not, None if all is well."""
    refreshed = dataset.current_folder(settings.read().congress_folder)
    return refreshed if refreshed not in {None, congress.folder} else None


def _status_lines(congress: Congress, facts: Mapping[str, object]) -> list[str]:
    from campaign.messages import day_in_words

    meta = congress.meta
    vacant = [str(seat) for seat in _list(facts["vacant"])]
    lines = [
        f"{ordinal(meta.congress)} Congress, as of {day_in_words(meta.as_of)} "
        f"({counted(int(str(facts['age_days'])), 'day')} old), "
        f"good until {day_in_words(meta.valid_until)}.",
        f"{facts['senators']} senators, {facts['house_members']} members of the House; vacant: "
        f"{', '.join(vacant) or 'none'}.",
        f"{meta.tables['offices'][0]:,} offices, {meta.tables['zip_districts'][0]:,} ZIPs with "
        f"the district lines of the {ordinal(meta.crosswalk_congress)} Congress.",
        f"{str(facts['origin']).capitalize()} data in {congress.folder}.",
    ]
    if meta.notes:
        lines.append("Left out of the files, or unusual in them:")
        lines += [f"  {note}" for note in meta.notes[:_MAX_NOTES]]
        if len(meta.notes) > _MAX_NOTES:
            lines.append(f"  and {len(meta.notes) - _MAX_NOTES} more; --json lists all.")
    lines += _correction_lines(congress)
    if facts["spoiled"]:
        lines.append(
            f"Not used, because it is older or not sound: {facts['spoiled']}. "
            "`campaign data check` says why."
        )
    if facts["state"] == "expired":
        lines.append("This Congress has ended: run `campaign data refresh`.")
    elif facts["state"] == "aging":
        lines.append("This is more than 60 days old: run `campaign data refresh`.")
    if states := [str(state) for state in _list(facts["new_lines"])]:
        lines.append(
            f"District lines are new in {', '.join(states)}: a ZIP there asks for the street until "
            "the Census Bureau publishes the new districts of each ZIP."
        )
    return lines


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
