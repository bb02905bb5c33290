"""`campaign db`: create the database, or bring it up to date."""

import click

from campaign import settings
from campaign.store.engine import Database


@click.group()
def db() -> None:
    """Create the database or bring it up to date."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version. Does nothing when they are."""
    database = Database(settings.read().database_url, pool_size=1)
    try:
        database.upgrade()
    finally:
        database.dispose()
    click.echo("The database is up to date.")
