"""`campaign db`: create the database, bring it up to date, or count its signatures anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from campaign import settings
from campaign.cli.organizer import actor_of
from campaign.petition import public_counts
from campaign.settings import Settings
from campaign.store.counts import Kind
from campaign.store.db.engine import Database


@click.group()
def db() -> None:
    """Create the database, bring it up to date, or count its signatures anew."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them to this version. Does nothing when they are."""
    database = Database(settings.read().database_url, pool_size=1)
    try:
        database.upgrade()
    finally:
        database.dispose()
    click.echo("The database is up to date.")


@db.command()
def recount() -> None:
    """Compare every count with the signatures themselves, and mend those that differ.

    Safe while the site runs. What was mended is on record in each campaign's audit.
    """
    with opened(settings.read()) as database:
        found = public_counts.mend(database, actor=actor_of(""), now=datetime.now(UTC))
    if not found:
        click.echo("Every count is what the signatures say.")
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


@contextmanager
def opened(in_force: Settings) -> Iterator[Database]:
    """Yield the installation's database, closed afterwards: the one way of commands to open it.

    Raises StoreUnavailable with what to do where there is none, or where its tables are those of an
    older or newer version.
    """
    db = Database(in_force.database_url, pool_size=2)
    try:
        db.require_current()
        yield db
    finally:
        db.dispose()


def require_current_schema(in_force: Settings) -> None:
    """Raise StoreUnavailable with what to do unless the database answers and is up to date."""
    with opened(in_force):
        pass
