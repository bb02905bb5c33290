"""`campaign mark`: record the outcome of a letter or a call for the organizer's figures."""

from datetime import date

import click

from campaign.cli.day import Day
from campaign.cli.installation import Installation
from campaign.errors import InvalidInput
from campaign.store import contacts
from campaign.store.contacts import OUTCOMES, Contact


@click.command()
@click.argument("name")
@click.argument("member")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.option("--day", type=Day(), help="The day of the letter or call; today by default.")
@click.option("--times", type=click.IntRange(1, 500), default=1, show_default=True)
def mark(name: str, member: str, outcome: contacts.Outcome, day: date | None, times: int) -> None:
    """Record the outcome of a letter or a call to MEMBER in campaign NAME.

    MEMBER is a bioguide id such as D000618 (`campaign lookup --json` names them), or an office that
    the campaign asks, such as president. OUTCOME is posted, sent (by the member's form), or a
    call's: contact, voicemail, no-answer. Only figures are kept, never a name.
    """
    site = Installation.read()
    pack = site.pack(name)
    today = pack.on_date
    # Letters and calls of the last days of a term may be recorded after it.
    if site.congress.former_member(member) is None and member not in pack.targets.offices:
        raise InvalidInput(
            f"No member has the id {member[:20]}. Find it with `campaign lookup ZIP --json`."
        )
    on_date = day or today
    if on_date > today:
        raise InvalidInput("Give today or an earlier day.")
    contact = Contact(name, member, outcome, source="cli", about=pack.ask_about(member))
    with site.database() as database, database.writing() as connection:
        for _ in range(times):
            contacts.add(connection, contact, day=on_date)
    click.echo(f"Noted: {times:,} × {outcome}, {member}.")
