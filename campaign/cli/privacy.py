"""`campaign purge` and `campaign erase`: delete expired data, and erase people who asked for it."""

import re

import click

from campaign.cli.installation import Installation, actor_of
from campaign.messages import time_in_utc
from campaign.petition import erasure, retention
from campaign.petition.identity import Email

# A signature's public id.
_ID = re.compile(r"[0-9a-v]{26}")


@click.command()
def purge() -> None:
    """Delete data that is older than the privacy page promises. Counts stay.

    The worker does this regularly; this command does it now.
    """
    site = Installation.read()
    with site.database() as database:
        done = retention.purge(database, site.now, retention_days=site.settings.retention_days)
    click.echo(
        f"Deleted: {done.pending:,} never confirmed, {done.withdrawn:,} withdrawn, "
        f"{done.held:,} set aside, {done.invalid:,} struck, {done.mail:,} sent mails. "
        f"Names, addresses, places and times taken out of {done.anonymized:,} old signatures, "
        f"fingerprints out of {done.letters:,} old letters. "
        f"Letters to Congress: {done.sendings:,} deleted or emptied."
    )


@click.command()
@click.argument("who", metavar="EMAIL|ID")
@click.option("--allow-again", is_flag=True, help="Lift an erasure: the address may sign again.")
def erase(who: str, allow_again: bool) -> None:
    """Erase everyone who signed with EMAIL, in every campaign, and never mail them again.

    Instead of EMAIL, give a signature's ID (the external_id of exports) for a person who signed on
    paper without an address. A last mail confirms the erasure to an address that signed online.
    Their signatures leave the count. Needs the SECRET_KEY of the site, since only a keyed hash is
    kept.
    """
    is_id = _ID.fullmatch(who) is not None and not allow_again
    address = None if is_id else Email.parse(who)
    site = Installation.read(require_safe=True)
    by, now, keyring = actor_of(""), site.now, site.settings.keyring
    with site.database() as database:
        if address is None:
            done = erasure.erase_signature(database, who, actor=by, now=now, keyring=keyring)
        elif allow_again:
            lifted = erasure.lift_suppression(database, address, actor=by, now=now, keyring=keyring)
            click.echo("The address may sign again." if lifted else "The address was not erased.")
            return
        else:
            done = erasure.erase_address(database, address, actor=by, now=now, keyring=keyring)
    many = len(done.signatures)
    click.echo(f"Erased {many:,} {'signature' if many == 1 else 'signatures'}.")
    if done.exports:
        click.echo("Earlier exports may still contain the person. Delete these rows there too:")
        for public_id in done.signatures:
            click.echo(f"  external_id {public_id}")
        for record in done.exports:
            click.echo(
                f"  in {record.campaign}, {record.details['preset']}, "
                f"by {record.actor}, {time_in_utc(record.at)}"
            )
        click.echo("They stay listed in `campaign review NAME copies` until you record it there.")
