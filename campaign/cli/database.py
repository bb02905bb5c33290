"""`campaign db`: create the database, upgrade it, count its signatures anew, or copy it."""

import click

from campaign import settings
from campaign.cli import progress
from campaign.cli.installation import Installation, actor_of
from campaign.errors import InvalidInput
from campaign.petition import public_counts
from campaign.store import database_copy
from campaign.store.counts import Kind
from campaign.store.db.engine import Database


@click.group()
def db() -> None:
    """Create the database, upgrade it, count its signatures anew, or copy it."""


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


@db.command("copy")
@click.option(
    "--to", "url", required=True, metavar="URL", help="The new database, written like DATABASE_URL."
)
def copy_database(url: str) -> None:
    """Copy the whole database into another, from SQLite to PostgreSQL or back.

    Stop `campaign serve` and every worker first. The new database is created or upgraded, and must
    be empty. If the command is interrupted, call it again: it goes on where it stopped. At the end
    both are compared row by row. Then set DATABASE_URL to the new one, and keep the old one out of
    use: messages that wait in it would be sent twice.
    """
    config = settings.require_safe(settings.read())
    with (
        Database(config.database_url, pool_size=2) as source,
        Database(settings.parse_database_url(url, home=config.home), pool_size=2) as target,
    ):
        if source.url == target.url:
            raise InvalidInput("That is the database that is copied. Give the new one.")
        source.require_current()
        target.upgrade()
        with source.exclusive_use(), target.exclusive_use():
            total = database_copy.count_rows(source)
            with progress.bar("Copying", total) as bar:
                bar.advance(database_copy.count_rows(target))
                digests = database_copy.copy(
                    source, target, progress=lambda table, rows: bar.advance(rows)
                )
    rows = sum(digest.rows for digest in digests.values())
    click.echo(
        f"Copied and compared {rows:,} rows in {len(digests)} tables. Now set DATABASE_URL to the "
        "new database."
    )


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
