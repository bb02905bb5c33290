"""`campaign user`: manage organizers' accounts on the server."""

import click

from campaign.cli.installation import Installation, actor_of
from campaign.delivery import account_mail
from campaign.errors import InvalidInput
from campaign.link_lifetimes import Purpose
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN
from campaign.petition.identity import Email
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.store.db.engine import Database


class _Role(click.Choice[str]):
    """A role by its name, or by the spelling that earlier scripts use."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the role. Fails for any other word."""
        return super().convert("organizer" if value == "organiser" else value, param, ctx)


@click.group()
def user() -> None:
    """Add, list, disable, enable and delete organizers' accounts."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=_Role(roles.ROLES), help="What the account may do.")
@click.option(
    "--campaign",
    default=EVERY_CAMPAIGN,
    metavar="NAME",
    help="The campaign that the role is for; without it, every one.",
)
def add(email: str, role: str, campaign: str) -> None:
    """Give EMAIL a role, and print the link that opens its account.

    No mail is sent: pass the link on yourself. It works once, for a week. This is also how an
    installation gets its first owner.
    """
    address = Email.parse(email).address
    site = Installation.read(require_safe=True)
    if campaign != EVERY_CAMPAIGN:
        site.require_campaign(campaign)
    with site.database() as db:
        account = running.add(
            db, address, roles.role(role), campaign=campaign, actor=actor_of(""), now=site.now
        )
    where = "every campaign" if campaign == EVERY_CAMPAIGN else campaign
    click.echo(f"The account is {role} of {where}.")
    if account.is_invited:
        _hand_over(site, account, "invitation")


@user.command("list")
@click.option("--campaign", default="", metavar="NAME", help="Only those of this campaign.")
def list_(campaign: str) -> None:
    """List accounts with their roles."""
    site = Installation.read()
    if campaign:
        site.require_campaign(campaign)
    with site.database() as db, db.reading() as connection:
        found = (
            accounts.of_campaign(connection, campaign)
            if campaign
            else accounts.all_accounts(connection)
        )
    for account in found:
        held = ", ".join(f"{role} of {where}" for where, role in sorted(account.grants.items()))
        click.echo(f"{account.email}  {held or 'no role'}{_standing(account)}")
    if not found:
        click.echo("There is no account yet. Make the first: campaign user add EMAIL --role owner")


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close the account of EMAIL in every campaign, and end its sessions."""
    site = Installation.read()
    with site.database() as db:
        running.disable(db, _find(db, email).id, actor=actor_of(""), now=site.now)
    click.echo("The account is disabled.")


@user.command()
@click.argument("email")
def enable(email: str) -> None:
    """Open a disabled account again, with the roles that it had."""
    site = Installation.read()
    with site.database() as db:
        running.enable(db, _find(db, email).id, actor=actor_of(""), now=site.now)
    click.echo("The account is open again.")


@user.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@click.option("--last-owner", is_flag=True, help="Also where a campaign has no other owner.")
def delete(email: str, yes: bool, last_owner: bool) -> None:
    """Delete the account of EMAIL with all that is kept about the person.

    What the account did stays on record, by its number. This cannot be undone.
    """
    site = Installation.read()
    with site.database() as db:
        account = _find(db, email)
        if not yes:
            click.confirm("Delete the account, its roles and its log-in?", abort=True, err=True)
        running.delete(
            db,
            account.id,
            actor=actor_of(""),
            now=site.now,
            allow_last_owner=last_owner,
        )
    click.echo("The account is deleted.")


@user.command()
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Also remove the second factor.")
def reset(email: str, second_factor: bool) -> None:
    """Print a link with which EMAIL chooses a new password.

    If the person lost the authenticator app and the recovery codes, add --second-factor. First make
    sure who is asking.
    """
    site = Installation.read(require_safe=True)
    with site.database() as db:
        account = _find(db, email)
        if not account.active:
            raise InvalidInput("The account is disabled. Enable it first: campaign user enable.")
        if second_factor:
            running.remove_second_factor(db, account.id, actor=actor_of(""), now=site.now)
            click.echo("The second factor is removed.")
    _hand_over(site, account, "invitation" if account.is_invited else "password")


def _hand_over(site: Installation, account: Account, purpose: Purpose) -> None:
    click.echo("Pass this link on. It works once:")
    click.echo(f"  {account_mail.link(site.settings, account, purpose, site.now)}")


def _find(db: Database, email: str) -> Account:
    address = Email.parse(email).address
    with db.reading() as connection:
        account = accounts.find_by_email(connection, address)
    if account is None:
        raise InvalidInput("No account has this address. `campaign user list` shows those there.")
    return account


def _standing(account: Account) -> str:
    """Return a note on the state of an account, "" for none."""
    words = [
        *(["disabled"] if not account.active else []),
        *(["invited"] if account.is_invited else []),
        *(["second factor"] if account.totp_secret else []),
    ]
    return f"  ({', '.join(words)})" if words else ""
