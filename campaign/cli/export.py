"""`campaign export`: a campaign's confirmed signers as a file, for organizers' other tools."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from campaign import text
from campaign.cli import progress
from campaign.cli.installation import Installation, actor_of
from campaign.errors import InvalidInput
from campaign.messages import counted
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import export as exports
from campaign.organizing.exports import filters, presets
from campaign.organizing.exports import saved as saved_requests
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import ExportRequest
from campaign.organizing.exports.saved import SavedRequest
from campaign.packs import pack as packs
from campaign.store.db.engine import Database

_DAY = "2026-06-15 where the campaign is, or a time in UTC"


@click.command()
@click.argument("name")
@click.option(
    "--preset", type=click.Choice(list(PRESETS)), help="For which tool; generic by default."
)
@click.option("--state", default="", help="Only signers of a state, such as CA.")
@click.option("--district", default="", help="Only signers of a district, such as CA-30.")
@click.option("--since", default="", help=f"Confirmed on this day or later: {_DAY}.")
@click.option("--until", default="", help="Confirmed before this day or time.")
@click.option("--source", default="", help="Only signers who came by this source tag.")
@click.option("--origin", default="", help="Only those who signed online, or on paper.")
@click.option("--consent", default="", help="mail: only those who asked for news.")
@click.option(
    "--all",
    "everybody",
    is_flag=True,
    help="For a mail tool, include signers who did not ask for news.",
)
@click.option("--reason", default="", help="The reason for --all; it is recorded.")
@click.option("--purpose", default="", help="What the export is for, for the record.")
@click.option("--saved", default="", help="Make the export that was saved under this name.")
@click.option("--save", default="", help="Save this request under this name.")
@click.option("--bom", is_flag=True, help="Begin a table with a byte-order mark, for Excel.")
@click.option("--out", default="-", help="A file, a folder, or - for standard output.")
@click.option("--actor", default="", help="The person to name in the audit log; you by default.")
def export(
    name: str,
    preset: str | None,
    everybody: bool,
    reason: str,
    purpose: str,
    saved: str,
    save: str,
    bom: bool,
    out: str,
    actor: str,
    **words: str,
) -> None:
    """Write the confirmed signers of campaign NAME for another tool.

    Mail tools get those who asked for news; --all with a --reason includes the others too, except
    those who unsubscribed. The file is readable only by you; in a folder its name has the preset,
    the time and the actor. The export is recorded: who, when, which signers, the purpose, how many,
    and the file's SHA-256.
    """
    site = Installation.read()
    site.require_campaign(name)
    zone = packs.zone_of(packs.find(name, packs.folders(site.settings)))
    by, now = actor_of(actor), site.now
    with site.database() as database:
        asked = _asked(database, name, preset, words, purpose, saved)
        if save:
            saved_requests.save(database, name, save, asked, zone=zone, actor=by, now=now)
        order = ExportRequest(
            preset=presets.find(asked.preset),
            selection=filters.read(name, asked.filter, zone),
            actor=by,
            now=now,
            purpose=text.line(asked.purpose, limit=200, field="purpose"),
            reason=text.line(reason, limit=200, field="reason"),
            with_bom=bom,
            origin=Origin.of(site.settings.base_url, name),
        )
        _require_sense(order, everybody=everybody)
        _write(database, order, out)


def _asked(
    database: Database,
    name: str,
    preset: str | None,
    words: Mapping[str, str],
    purpose: str,
    saved: str,
) -> SavedRequest:
    """Return the request: the saved one, changed by the options of this call."""
    given = {word: typed for word, typed in words.items() if typed}
    if not saved:
        return SavedRequest(preset or "generic", given, purpose)
    found = saved_requests.find(database, name, saved)
    return SavedRequest(preset or found.preset, {**found.filter, **given}, purpose or found.purpose)


def _require_sense(order: ExportRequest, *, everybody: bool) -> None:
    if bool(order.reason) != everybody:
        raise InvalidInput("Give --all and --reason together.", field="reason")
    if everybody and not order.preset.is_for_mail:
        raise InvalidInput(
            f"Leave --all out: {order.preset.name} has every confirmed signer anyway.",
            field="reason",
        )
    if everybody and order.selection.only_mail:
        raise InvalidInput("Give --all or --consent mail, not both.", field="consent")
    if order.with_bom and not order.preset.takes_bom:
        raise InvalidInput("--bom is for tables of comma-separated values.", field="bom")


def _write(database: Database, order: ExportRequest, out: str) -> None:
    path = Path(out)
    if path.is_dir():
        path /= order.file_name
    _, leaving = exports.count(database, order) if progress.is_shown() else (None, 0)
    with progress.bar("Exporting", leaving) as bar:
        report = exports.write(
            database, order, sys.stdout.buffer if out == "-" else path, progress=bar.advance
        )
    where = "" if out == "-" else f" in {path}"
    click.echo(f"{counted(report.rows, 'signer')}{where}, SHA-256 {report.sha256}", err=True)
