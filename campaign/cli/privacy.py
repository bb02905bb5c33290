"""`campaign purge` and `campaign erase`: what is kept no longer, and who asked to be forgotten."""

import re
from datetime import UTC, datetime

import click

from campaign import settings
from campaign.cli.database import opened
from campaign.cli.organizer import actor_of
from campaign.petition import privacy
from campaign.petition.identity import Email

# A signature's public id.
_ID = re.compile(r"[0-9a-v]{26}")


@click.command()
def purge() -> None:
    """Delete what is kept no longer than promised. Counts stay.

    The worker does this by itself; run it to have it done now.
    """
    in_force = settings.read()
    with opened(in_force) as database:
        done = privacy.purge(database, datetime.now(UTC), retention_days=in_force.retention_days)
    click.echo(
        f"Deleted: {done.pending:,} never confirmed, {done.withdrawn:,} withdrawn, "
        f"{done.held:,} set aside, {done.invalid:,} struck, {done.mail:,} sent mails. "
        f"Names, addresses, places and times taken out of {done.anonymised:,} old signatures, "
        f"fingerprints out of {done.letters:,} old letters. "
        f"Letters to Congress: {done.sendings:,} deleted or emptied."
    )


@click.command()
@click.argument("who", metavar="EMAIL|ID")
@click.option("--allow-again", is_flag=True, help="Lift an erasure: the address may sign again.")
def erase(who: str, allow_again: bool) -> None:
    """Erase everybody who signed with EMAIL, everywhere, and never mail it again.

    ID is a signature's, the external_id of exports, for whoever signed on paper and left no
    address. A last mail tells an address that signed online that it is done. Their signatures
    leave the count. Needs the SECRET_KEY of the site, since only a keyed hash is kept.
    """
    is_id = _ID.fullmatch(who) is not None and not allow_again
    address = None if is_id else Email.parse(who)
    in_force = settings.require_safe(settings.read())
    by = actor_of("")
    now = datetime.now(UTC)
    key = in_force.keyring
    with opened(in_force) as database:
        if address is None:
            done = privacy.erase_signature(database, who, actor=by, now=now, keyring=key)
        elif allow_again:
            lifted = privacy.allow_again(database, address, actor=by, now=now, keyring=key)
            click.echo("The address may sign again." if lifted else "The address was not erased.")
            return
        else:
            done = privacy.erase_address(database, address, actor=by, now=now, keyring=key)
    many = len(done.signatures)
    click.echo(f"Erased {many:,} {'signature' if many == 1 else 'signatures'}.")
    if done.exports:
        click.echo("Earlier exports may still hold the person. Delete these rows there too:")
        for public_id in done.signatures:
            click.echo(f"  external_id {public_id}")
        for record in done.exports:
            click.echo(
                f"  in {record.campaign}, {record.details['preset']}, "
                f"by {record.actor}, {record.at:%Y-%m-%d %H:%M} UTC"
            )
        click.echo("They stay listed in `campaign review NAME copies` until that is on record.")
