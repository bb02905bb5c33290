"""`campaign sheet`: blank sheets for a table at an event."""

import sys
from pathlib import Path

import click

from campaign.cli.installation import Installation
from campaign.errors import LettersFailed
from campaign.letters.print import signup_sheet
from campaign.letters.print.signup_sheet import MAX_PAGES, SHEET_KINDS, SheetKind


@click.command("sheet", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--out", required=True, help="PDF to write; - is standard output.")
@click.option(
    "--kind",
    type=click.Choice(SHEET_KINDS),
    default="signup",
    show_default=True,
    help="To sign the petition, or to pledge a letter or a call.",
)
@click.option(
    "--pages",
    type=click.IntRange(1, MAX_PAGES),
    default=1,
    show_default=True,
    help="How many, each with a page id of its own.",
)
def write_sheet(name: str, out: str, kind: SheetKind, pages: int) -> None:
    """Print blank sheets for campaign NAME: ten lines, a QR code, a page id.

    The QR code leads to the petition at BASE_URL, and records the sheet that a signer came from.
    Enter the page id with the sheet's lines when you type it up (`campaign import`, column sheet).
    """
    site = Installation.read()
    pack = site.pack(name)
    ids = signup_sheet.new_ids(pages)
    made = signup_sheet.pdf(
        pack, ids, kind=kind, base_url=site.settings.base_url, today=pack.on_date
    )
    if out == "-":
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
        return
    try:
        Path(out).write_bytes(made)
    except OSError as error:
        raise LettersFailed(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"Page {'id' if pages == 1 else 'ids'}: {', '.join(map(str, ids))}.")
