"""`campaign packet`: the packets that members are given, or the whole petition."""

import sys
import tempfile
from pathlib import Path

import click

from campaign.cli import progress
from campaign.cli.installation import Installation, actor_of
from campaign.congress.places import District
from campaign.errors import InvalidInput
from campaign.messages import counted
from campaign.organizing.packets import delivery_kit, jobs, packet, petition_book
from campaign.organizing.packets.preview import PacketFilter


@click.command("packet")
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the files; it is created if it is missing.",
)
@click.option("--state", default="", help="Only members of a state, such as CA.")
@click.option("--district", default="", help="Only the member for a district, such as CA-30.")
@click.option(
    "--member", default="", help="Only one member, by bioguide ID, or one other official, by ID."
)
@click.option(
    "--kit",
    "kit_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write packets, summaries, index and run sheet as one ZIP file.",
)
@click.option("--whole", is_flag=True, help="Write the whole petition instead, with every name.")
@click.option(
    "--by",
    type=click.Choice(["state", "district", "number"]),
    help="With --whole: one file for each state or district, or for each --every signers.",
)
@click.option("--every", type=int, default=5_000, show_default=True, help="With --by number.")
@click.option("--actor", default="", help="The person to name in the audit log; you by default.")
def write_packets(
    name: str,
    out: Path | None,
    state: str,
    district: str,
    member: str,
    kit_file: Path | None,
    whole: bool,
    by: petition_book.SplitBy | None,
    every: int,
    actor: str,
) -> None:
    """Write a PDF for each member: a letter, the count, towns, names and approved comments.

    Each packet comes with a one-page summary for the member's staff, and index.csv lists the files.
    The files contain signers' names and are readable only by you. The audit log records who made
    them, for whom, how many, and each file's SHA-256.
    """
    if out is None and kit_file is None:
        raise InvalidInput("Give the place for the files: --out FOLDER, or --kit FILE.zip.")
    if whole and (out is None or kit_file is not None or state or district or member):
        raise InvalidInput(
            "--whole includes every signer. Use it with --out, and without a place, member or kit."
        )
    if by and not whole:
        raise InvalidInput("--by splits the whole petition. Use it with --whole.")
    site = Installation.read()
    now, pack, congress = site.now, site.pack_for_letters(name), site.congress
    packet_filter = PacketFilter(
        state.upper(), str(District.parse(district)) if district else "", member.upper()
    )
    with (
        site.database() as database,
        progress.bar("Printing") as bar,
        tempfile.TemporaryDirectory() as held,
    ):
        if whole:
            assert out is not None
            made = petition_book.write(
                database, pack, congress, out, split_by=by or "", volume_size=every,
                actor=actor_of(actor), now=now, progress=bar.show,
            )  # fmt: skip
            lines = [
                f"{volume.file}: {counted(volume.count, 'signature')}, "
                f"{counted(volume.pages, 'page')}"
                for volume in made.volumes
            ]
            lines.append(
                "The audit log has the SHA-256 of each file, with "
                f"{counted(made.names, 'signature')}."
            )
            is_empty = not made.volumes
        else:
            folder = out or Path(held) / "packets"
            result = packet.write(
                database, pack, congress, packet_filter, folder,
                actor=actor_of(actor), now=now, progress=bar.show,
            )  # fmt: skip
            if kit_file is not None and result.made:
                delivery_kit.write_kit(pack, result, folder, kit_file, pack.day_of(now))
            lines = [jobs.summary(result)]
            is_empty = not result.made
    if is_empty:
        click.echo("No one there has signed yet, so nothing was written.", err=True)
        sys.exit(1)
    for line in lines:
        click.echo(line)
