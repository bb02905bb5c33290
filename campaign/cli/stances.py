"""`campaign stances`: where members stand on what a campaign asks, with day and source."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from campaign import files
from campaign.cli.day import Day, today
from campaign.cli.installation import Installation, actor_of
from campaign.congress import seat_holders
from campaign.errors import ExportFailed, InvalidInput
from campaign.messages import counted, day_in_words
from campaign.organizing import member_brief
from campaign.organizing import stances as stance_files
from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord, standings
from campaign.store import stances as store
from campaign.tables.rejects import Rejects


@click.group()
def stances() -> None:
    """Record where members stand on what a campaign asks, each with a day and a source.

    Letters, call scripts and members' cards then address the member's position.
    """


@stances.command("import")
@click.argument("name")
@click.argument("file", metavar="FILE")
@click.option("--bill", default="", help="The bill of a table of cosponsors, such as '119 H.R. 1'.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write unused lines to this CSV.")
def import_file(name: str, file: str, bill: str, rejects: Path | None) -> None:
    """Import FILE into the campaign NAME; importing it again changes nothing.

    FILE is a bill's BILLSTATUS XML from govinfo.gov, congress.gov's table of cosponsors saved as
    CSV (give --bill), or a table with the columns bioguide, stance (for, against, undecided or
    unknown), as_of and source. - reads standard input. A cosponsor is for the campaign if the
    campaign supports the bill, and against it if the campaign opposes the bill.
    """
    site = Installation.read()
    pack = site.pack(name)
    about = Bill.parse(bill) if bill else None
    if bill and about is None:
        raise InvalidInput("Write --bill with its Congress, such as '119 H.R. 6840'.")
    raw = _bytes_of(file)
    read = stance_files.read(raw, pack, site.congress, on_date=pack.on_date, bill=about)
    with site.database() as database:
        added = stance_files.save_file(database, name, read, actor=actor_of(""), now=site.now)
    with Rejects(rejects, read.heading) as unused:
        for row in read.rejected:
            unused.add(row.number, row.cells, row.reason)
            where = f"line {row.number}" if row.number else ", ".join(row.cells)
            click.echo(f"  {where}: {row.reason}", err=True)
    about_bill = f" on {read.bill}" if read.bill else ""
    click.echo(
        f"Imported{about_bill}: {counted(added, 'new stance', 'new stances')}, "
        f"{len(read.records) - added:,} on record already, {len(read.rejected):,} not used."
    )
    if read.rejected:
        sys.exit(1)


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return stance_files.read_stream(sys.stdin.buffer)
    try:
        with Path(file).open("rb") as opened:
            return stance_files.read_stream(opened)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.", field="file") from None


@stances.command("set")
@click.argument("name")
@click.argument("member")
@click.argument("stance", type=click.Choice([str(stance) for stance in Stance]))
@click.option("--as-of", type=Day(), help="Day of the evidence; today by default.")
@click.option("--source", default="", help="Where it can be checked: a vote, a letter, a link.")
def set_stance(name: str, member: str, stance: str, as_of: date | None, source: str) -> None:
    """Record that MEMBER, a bioguide id such as D000618, has this STANCE."""
    site = Installation.read()
    pack = site.pack(name)
    record = stance_files.own_record(
        site.congress,
        member,
        stance,
        (as_of or pack.on_date).isoformat(),
        source,
        on_date=pack.on_date,
    )
    with site.database() as database:
        is_new = stance_files.save_record(database, name, record, actor=actor_of(""), now=site.now)
    click.echo(f"{'Recorded' if is_new else 'On record already'}: {_named(site, record)}.")


@stances.command("brief")
@click.argument("name")
@click.argument("member")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file; NAME-MEMBER-brief.pdf by default.",
)
def write_brief(name: str, member: str, out: Path | None) -> None:
    """Write a one-page brief as a PDF for those who visit MEMBER, a bioguide id.

    It says who the member is, where the member stands, how many constituents signed, and what to
    ask. It quotes comments that an organizer approved.
    """
    site = Installation.read()
    with site.database() as database:
        made = member_brief.pdf(
            database, site.pack(name), site.congress, member.strip().upper(), on_date=today()
        )
    path = out or Path(f"{name}-{member.strip().upper()}-brief.pdf")
    try:
        files.write(path, made)
    except OSError as error:
        raise ExportFailed(f"{path} cannot be written: {error.strerror}.") from None
    click.echo(f"Wrote {path}.")


@stances.command("list")
@click.argument("name")
@click.option("--on", "on_date", type=Day(), help="As of this day instead of today.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def list_stances(name: str, on_date: date | None, as_json: bool) -> None:
    """Show where members stand in the campaign NAME, by state, with day and source."""
    site = Installation.read()
    pack = site.pack(name, on_date=on_date)
    with site.database() as database, database.reading() as connection:
        found = standings(store.records(connection, name), pack.day)
    members = site.congress.members
    seats = {
        each: held.seat.id if held else ""
        for each in found
        if each in members
        for held in [seat_holders.seat_of(site.congress, members[each], on_date or today())]
    }
    known = sorted(seats, key=lambda each: (seats[each], members[each].name.last))
    if as_json:
        rows = [
            {
                "bioguide": each,
                "name": members[each].name.full,
                "stance": found[each].stance,
                "contradictory": found[each].is_contradictory,
                "evidence": [_evidence(record) for record in found[each].records],
            }
            for each in known
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for each in known:
        standing = found[each]
        stance = "contradictory evidence" if standing.is_contradictory else standing.stance
        evidence = "; ".join(
            f"{record.source} ({day_in_words(record.as_of)})" for record in standing.records
        )
        why = evidence or "none that counts; a cosponsor may have withdrawn"
        click.echo(f"{seats[each]:6} {each}  {members[each].name.full}: {stance} - {why}")
    click.echo(f"{counted(len(known), 'member', 'members')} with evidence on record.")


def _evidence(record: StanceRecord) -> dict[str, str]:
    return {
        "stance": record.stance,
        "as_of": record.as_of.isoformat(),
        "source": record.source,
        "bill": str(record.bill or ""),
    }


def _named(site: Installation, record: StanceRecord) -> str:
    name = site.congress.members[record.bioguide].name.full
    return f"{name}, {record.stance}, as of {day_in_words(record.as_of)}"
