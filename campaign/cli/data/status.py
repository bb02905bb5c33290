"""`campaign data status`: which Congress the data describes, its age, vacancies, corrections."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from campaign import settings
from campaign.cli.congress_data import current_congress, shipped_folder
from campaign.cli.data import corrections
from campaign.cli.day import Day, today
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.congress.places import ordinal
from campaign.congress.representation import has_lines_of
from campaign.messages import counted

#: How many notes are printed; `--json` has all.
_MAX_NOTES = 20


@click.command()
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
        "corrections": [corrections.as_json(each) for each in congress.corrections],
    }


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
    lines += corrections.status_lines(congress)
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
