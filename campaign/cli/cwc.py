"""`campaign cwc`: the status of electronic letters to Congress, and checks of messages."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from campaign.cli.installation import Installation, actor_of
from campaign.delivery import cwc_sender
from campaign.delivery.cwc_client import HttpChannel
from campaign.errors import CampaignError, DeliveryRefused, InvalidInput
from campaign.letters.cwc.schema import problems
from campaign.messages import counted, time_in_utc
from campaign.store import cwc_deliveries, cwc_offices
from campaign.store.statuses import DeliveryStatus

# Statuses in the order in which a letter passes through them, in an organizer's words.
_STATUSES = (
    (DeliveryStatus.WAITING, "waiting for the writer's approval"),
    (DeliveryStatus.QUEUED, "on the way to the office"),
    (DeliveryStatus.DELIVERED, "delivered to the office"),
    (DeliveryStatus.KEPT, "saved in the dry run's folder, not sent"),
    (DeliveryStatus.REFUSED, "refused by the office's system"),
    (DeliveryStatus.GIVEN_UP, "given up; try again with `campaign cwc retry`"),
    (DeliveryStatus.OUTDATED, "not sent, the member or a committee has changed"),
    (DeliveryStatus.TOO_SOON, "not sent, less than a week after the last letter"),
)


@click.group()
def cwc() -> None:
    """Deliver letters through Congress's electronic system (Communicating With Congress)."""


@cwc.command()
def status() -> None:
    """Show where letters go with the current settings, and how many have each status."""
    site = Installation.read()
    click.echo(cwc_sender.where(site.settings))
    with site.database() as db, db.reading() as connection:
        listed, at = cwc_offices.listed(connection)
        by_campaign = cwc_deliveries.counts(connection)
        not_taken = cwc_deliveries.recent_failures(connection)
    if at is not None:
        click.echo(
            f"{counted(len(listed), 'office of the House takes', 'offices of the House take')} "
            f"part, as of {time_in_utc(at)}."
        )
    for campaign, by_status in sorted(by_campaign.items()):
        click.echo(f"{campaign}:")
        for name, label in _STATUSES:
            if by_status.get(name):
                click.echo(f"  {by_status[name]:>7,} {label}")
    if not by_campaign:
        click.echo("No letter has been sent this way yet.")
    for letter in not_taken:
        click.echo(f"  {letter.office}: {letter.note}")


@cwc.command()
@click.argument("where_", metavar="FILE|FOLDER...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--ask-house", is_flag=True, help="Also have the House's system check them.")
def check(where_: tuple[Path, ...], ask_house: bool) -> None:
    """Check messages (.xml) against the format; by default, those in the dry run's folder.

    With --ask-house, valid messages to the House are also sent to its validation service, which
    stores nothing. Exits with 1 if a message has a fault.
    """
    site = Installation.read()
    if ask_house and not site.settings.cwc_api_key:
        raise InvalidInput("Set CWC_API_KEY to have the House check messages.", field="ask_house")
    files = _files(where_ or (site.settings.cwc_folder,))
    if not ask_house:
        faulty = sum(_is_faulty(file, _no_more_faults) for file in files)
    else:
        with site.database() as db:
            channel = HttpChannel(site.settings, pace=cwc_sender.pace(db))
            faulty = sum(_is_faulty(file, _asking_house(channel)) for file in files)
            channel.close()
    click.echo(f"{len(files):,} {'message' if len(files) == 1 else 'messages'}, {faulty:,} faulty.")
    if faulty:
        sys.exit(1)


@cwc.command()
@click.option(
    "--refresh",
    is_flag=True,
    help="Ask the House for the list now; the worker does this twice a day.",
)
def offices(refresh: bool) -> None:
    """List the codes of House offices that take part, one per line."""
    site = Installation.read()
    if refresh and not site.settings.cwc_api_key:
        raise InvalidInput("Set CWC_API_KEY to ask the House.", field="refresh")
    with site.database() as db:
        if refresh and not cwc_sender.refresh_offices(db, site.settings, site.now):
            raise CampaignError("The House's system returned no list. The log line above says why.")
        with db.reading() as connection:
            listed, _ = cwc_offices.listed(connection)
    for code in sorted(listed):
        click.echo(code)


@cwc.command()
@click.argument("name", required=False, default="")
def retry(name: str) -> None:
    """Queue given-up letters again, of the campaign NAME or of all campaigns.

    Letters that an office refused are not queued again.
    """
    site = Installation.read()
    if name:
        site.require_campaign(name)
    with site.database() as db:
        many = cwc_sender.retry(db, name, actor=actor_of(""), now=site.now)
    click.echo(f"{many:,} {'letter' if many == 1 else 'letters'} queued again.")


def _files(where_: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for place in where_:
        if place.is_dir():
            found += sorted(place.glob("*.xml"))
        elif place.is_file():
            found.append(place)
        else:
            raise InvalidInput(f"{place} does not exist.", field="where")
    return found


def _is_faulty(file: Path, ask: Callable[[bytes], Sequence[str]]) -> bool:
    """Print the faults of a message, and return True if it has any."""
    try:
        document = file.read_bytes()
    except OSError as error:
        raise CampaignError(f"{file} cannot be read: {error.strerror}.") from error
    faults = problems(document) or ask(document)
    for fault in faults:
        click.echo(f"{file}: {fault}")
    return bool(faults)


def _no_more_faults(_document: bytes) -> Sequence[str]:
    return ()


def _asking_house(channel: HttpChannel) -> Callable[[bytes], Sequence[str]]:
    def ask(document: bytes) -> Sequence[str]:
        if b"<MemberOffice>H" not in document:
            return ()
        try:
            channel.validate(document, datetime.now(UTC))
        except DeliveryRefused as error:
            return (f"the House says: {error}",)
        return ()

    return ask
