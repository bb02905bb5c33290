"""`campaign db`: create the database, or bring it up to date."""

import click

from campaign import settings
from campaign.errors import StoreUnavailable
from campaign.settings import Settings
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


def require_current_schema(in_force: Settings) -> None:
    """Raise StoreUnavailable with what to do unless the database answers and is up to date."""
    behind = StoreUnavailable(
        "The database is not set up, or is out of date. Run `campaign db upgrade`."
    )
    if (file := in_force.database_file) is not None and not file.exists():
        raise behind
    db = Database(in_force.database_url, pool_size=1)
    try:
        if not db.is_current():
            raise behind
    finally:
        db.dispose()
