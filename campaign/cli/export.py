"""`campaign export`: a campaign's confirmed signers as a table, for organisers' other tools."""

import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from campaign import settings
from campaign.cli.organiser import actor_of, require_campaign
from campaign.congress.places import STATES, District
from campaign.errors import InvalidInput
from campaign.organising.exports import export as exports
from campaign.organising.exports.presets import PRESETS
from campaign.store.engine import Database
from campaign.store.export import Selection


@click.command()
@click.argument("name")
@click.option("--preset", type=click.Choice(sorted(PRESETS)), default="generic", show_default=True)
@click.option("--state", help="Only signers of a state, such as CA.")
@click.option("--district", help="Only signers of a district, such as CA-30.")
@click.option("--since", help="Confirmed on this day or later: 2026-06-15, or a time in UTC.")
@click.option("--until", help="Confirmed before this day or time.")
@click.option("--source", default="", help="Only signers who came by this source tag.")
@click.option("--consent", type=click.Choice(["mail"]), help="Only those who asked for updates.")
@click.option("--bom", is_flag=True, help="Begin with a byte-order mark, for Excel.")
@click.option("--out", default="-", help="The file to write; - is standard output.")
def export(
    name: str,
    preset: str,
    state: str | None,
    district: str | None,
    since: str | None,
    until: str | None,
    source: str,
    consent: str | None,
    bom: bool,
    out: str,
) -> None:
    """Write the confirmed signers of campaign NAME as a table.

    The file is readable by you alone, and the export is on record: who, when, which signers, how
    many, and the file's SHA-256.
    """
    selection = Selection(
        campaign=name,
        state=_state(state),
        district=str(District.parse(district)) if district else "",
        since=_moment(since, "--since"),
        until=_moment(until, "--until"),
        source=source,
        only_mail=consent == "mail",
    )
    in_force = settings.read()
    require_campaign(name, in_force)
    database = Database(in_force.database_url, pool_size=2)
    try:
        with click.progressbar(
            length=0, label="Exporting", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            report = exports.write(
                database,
                PRESETS[preset],
                selection,
                sys.stdout.buffer if out == "-" else Path(out),
                actor=actor_of(""),
                now=datetime.now(UTC),
                with_bom=bom,
                progress=bar.update,
            )
    finally:
        database.dispose()
    click.echo(f"{report.rows:,} signers, SHA-256 {report.sha256}", err=True)


def _state(text: str | None) -> str:
    if not text:
        return ""
    if text.upper() not in STATES:
        raise InvalidInput("Give --state as two letters, such as CA.", field="state")
    return text.upper()


def _moment(text: str | None, option: str) -> datetime | None:
    """Read a day or a time; without a zone it is UTC."""
    if not text:
        return None
    try:
        if len(text) == len("2026-06-15"):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"Give {option} as a day such as 2026-06-15 or a time such as 2026-06-15T12:00:00Z."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
