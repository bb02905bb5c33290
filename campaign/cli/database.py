"""`campaign db`: create the database, bring it up to date, or count its signatures anew."""

import click

from campaign import settings
from campaign.cli.installation import Installation, actor_of
from campaign.petition import public_counts
from campaign.store.counts import Kind
from campaign.store.db.engine import Database


@click.group()
def db() -> None:
    """Create the database, bring it up to date, or count its signatures anew."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version. Does nothing if they are up to date."""
    with Database(settings.read().database_url, pool_size=1) as database:
        database.upgrade()
    click.echo("The database is up to date.")


@db.command()
def recount() -> None:
    """Compare every count with the signatures, and correct those that differ.

    Safe while the site runs. Corrections are recorded in each campaign's audit log.
    """
    site = Installation.read()
    with site.database() as database:
        found = public_counts.repair(database, actor=actor_of(""), now=site.now)
    if not found:
        click.echo("Every count matches the signatures.")
    for campaign, wrong in found.items():
        click.echo(f"{campaign}: mended {len(wrong):,} figure{'s' if len(wrong) > 1 else ''}.")
        for one in wrong:
            what = f"{_FIGURES[one.kind]}{f' {one.key}' if one.key else ''}"
            click.echo(f"  {what}: was {one.counted:,}, is {one.signed:,}")


#: What each kind of figure is called.
_FIGURES: dict[Kind, str] = {
    "total": "all signatures",
    "state": "state",
    "district": "district",
    "origin": "origin",
    "source": "source",
    "day": "the days together",
    "paper-day": "the days of paper together",
}
