"""`campaign update`: news to signers who asked for it, from a Markdown file."""

import sys
from pathlib import Path

import click

from campaign.cli.installation import Installation, actor_of
from campaign.congress.places import STATES, District
from campaign.errors import InvalidInput
from campaign.messages import time_in_words
from campaign.organizing import scheduled_updates, updates
from campaign.organizing.updates import Draft
from campaign.packs.asks import ASKS_ABOUT
from campaign.petition.identity import Email


@click.command()
@click.argument("name")
@click.argument("text", metavar="TEXT.md")
@click.option("--subject", required=True, help="The subject of the mail.")
@click.option("--state", default="", help="Only signers of a state, such as CA.")
@click.option("--district", default="", help="Only signers of a district, such as CA-30.")
@click.option("--source", default="", help="Only signers who came by this source tag.")
@click.option(
    "--about",
    default="",
    type=click.Choice(("", *ASKS_ABOUT)),
    help="What it asks readers to write or call about, for `campaign figures NAME asks`.",
)
@click.option(
    "--test", "test_to", default="", metavar="EMAIL", help="Send it only to this address."
)
@click.option("--send", is_flag=True, help="Send it; without this it is kept as a draft.")
@click.option(
    "--at",
    default="",
    metavar="TIME",
    help="Send it at this time in the campaign's time zone, such as 2026-12-05T09:30.",
)
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
def update(
    name: str,
    text: str,
    subject: str,
    state: str,
    district: str,
    source: str,
    about: str,
    test_to: str,
    send: bool,
    at: str,
    yes: bool,
) -> None:
    """Write an update to the signers of campaign NAME who asked for news.

    It goes only to confirmed signers, to no mailbox more than three times a week, and each mail
    carries a link to leave the list. TEXT.md is Markdown, with fields such as {{ first_name }}; -
    reads standard input. A worker sends it in batches.
    """
    if at and not send:
        raise InvalidInput("--at says when to send: give --send, too.")
    if state and state.upper() not in STATES:
        raise InvalidInput("Give --state as two letters, such as CA.")
    audience = {
        "state": state.upper(),
        "district": str(District.parse(district)) if district else "",
        "source": source,
    }
    draft = Draft.parse(subject, _read(text), audience, about)
    to = Email.parse(test_to).address if test_to else ""
    site = Installation.read(require_safe=True)
    site.require_campaign(name)
    now, actor = site.now, actor_of("")
    due, when = None, ""
    if at:
        pack = site.pack(name)
        day, _, clock = at.replace(" ", "T").partition("T")
        due = scheduled_updates.parse_time(day, clock, pack, now=now)
        when = f" on {time_in_words(due, pack.zone)}"
    with site.database() as database:
        public_id = updates.save(database, name, "", draft, actor=actor, now=now)
        written = updates.find(database, name, public_id)
        reach = updates.reach(database, written, now)
        number = reach.readers
        if to:
            updates.send_test(database, written, to=to, language="en", actor=actor, now=now)
            click.echo(f"A test is queued for {to}.")
        if not send:
            click.echo(f"Kept as the draft {public_id}. It would go to {number:,} readers.")
            _say_at_limit(reach.at_limit)
            return
        _say_at_limit(reach.at_limit)
        if not yes:
            click.confirm(f"Send it to {number:,} readers{when}?", abort=True)
        if due:
            scheduled_updates.schedule(database, written, at=due, actor=actor, now=now)
            click.echo(f"Scheduled: it goes to about {number:,} readers{when}.")
            return
        updates.send(database, written, actor=actor, now=now)
    click.echo(f"On its way to {number:,} readers, a few hundred a minute.")


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read as UTF-8 text: {error}.") from None


def _say_at_limit(number: int) -> None:
    if number:
        click.echo(f"{number:,} more readers are left out: they had three updates within a week.")
