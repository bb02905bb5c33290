"""`campaign demo`: the bundled campaign with made-up signers, on this machine only."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from campaign import files, paths
from campaign.cli import serve
from campaign.cli.demo import organizer, signers
from campaign.cli.demo.organizer import LogIn
from campaign.congress import dataset
from campaign.packs import pack as packs
from campaign.settings import DEMO_DATABASE, Settings
from campaign.settings import read as read_settings
from campaign.store import counts
from campaign.store.db.engine import Database

_CAMPAIGN = "section-907"
_SETTINGS_BEGIN = "# Written by `campaign demo`, so that other commands find the demonstration."


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Delete what was signed in earlier demonstrations.")
@click.option(
    "--home",
    envvar="CAMPAIGN_HOME",
    default="demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the demonstration's database and mail.",
)
def demo(host: str, port: int, fresh: bool, home: Path) -> None:
    """Serve the bundled campaign with made-up signers.

    Needs no settings and no network. Mail goes to a page instead of to people. Ctrl-C ends it; your
    signatures are kept for the next time, unless you give --fresh.
    """
    settings = demo_settings(home.resolve(), host, port)
    if fresh:
        forget(settings)
    welcome = set_up(settings, home, datetime.now(UTC))
    click.echo("Starting the demonstration ...")
    serve.run(settings, host=host, port=port, on_ready=partial(click.echo, welcome))
    click.echo("The demonstration has ended.")


def set_up(settings: Settings, home: Path, now: datetime) -> str:
    """Make what a demonstration needs where it is not there yet, and return how to use it.

    `home` is its folder as the person typed it.
    """
    leave_settings(settings)
    signed = prepare(settings, now)
    log_in = open_the_office(settings, now)
    return _WELCOME.format(address=settings.base_url, signed=signed, home=home, log_in=log_in)


def demo_settings(home: Path, host: str, port: int) -> Settings:
    """The settings of a demonstration: its own database, no mail server, no outside services.

    Nothing is taken from the environment or from `.env`, so that a demonstration on the machine of
    a real campaign can neither read its signers nor send mail in its name.
    """
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    shown = f"[{shown}]" if ":" in shown else shown
    base = read_settings(
        {
            "CAMPAIGN_ENV": "demo",
            "CAMPAIGN_HOME": str(home),
            "BASE_URL": f"http://{shown}:{port}",
            "DATABASE_URL": f"sqlite:///{home / DEMO_DATABASE}",
            # Nothing listens there, so the geocoder fails at once and people pick their district by
            # hand, as they do whenever it is down.
            "GEOCODER_URL": "http://127.0.0.1:9/geocoder",
        },
        working_directory=home,
    )
    # A campaign.toml in the folder must not point outside it either.
    return replace(base, smtp_host="", smtp_url=(), redis_url="", campaign_paths=())


def leave_settings(settings: Settings) -> None:
    """Let other commands find the demonstration by its folder (`CAMPAIGN_HOME=demo`).

    A folder that has the settings or the database of a real campaign is left as it is.
    """
    file = settings.home / "campaign.toml"
    is_ours = file.is_file() and file.read_bytes().startswith(_SETTINGS_BEGIN.encode())
    if not is_ours and (file.exists() or (settings.home / "campaign.db").exists()):
        return
    values = {
        "CAMPAIGN_ENV": settings.env,
        "BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url,
        "GEOCODER_URL": settings.geocoder_url,
    }
    rows = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    files.make_private_folder(settings.home)
    files.write(file, "\n".join((_SETTINGS_BEGIN, *rows, "")).encode())


def prepare(settings: Settings, now: datetime) -> int:
    """Create the database and its made-up signers where they are not there yet.

    Returns how many have signed.
    """
    with Database(settings.database_url, pool_size=1) as db:
        db.upgrade()
        with db.writing() as connection:
            signed = counts.total(connection, _CAMPAIGN)
            if signed == 0:
                pack = packs.load_at(packs.find(_CAMPAIGN, (paths.data() / "campaigns",)), now)
                congress = dataset.load(paths.data() / "congress")
                signed = signers.fill(connection, pack, congress, now=now)
    return signed


def open_the_office(settings: Settings, now: datetime) -> LogIn:
    """Make the organizer's account where it is not there yet, and return how to log in."""
    with Database(settings.database_url, pool_size=1) as db:
        return organizer.prepare(db, settings.home, now)


def forget(settings: Settings) -> None:
    """Delete the demonstration's database, log-in and mail; other files in its folder stay."""
    database = DEMO_DATABASE
    for name in (database, f"{database}-wal", f"{database}-shm", organizer.PASSWORD_FILE):
        (settings.home / name).unlink(missing_ok=True)
    for mail in settings.outbox_folder.glob("*.eml"):
        mail.unlink()


_WELCOME = """
  The campaign is at        {address}/
  The mail it sends is at   {address}/demo/outbox
  Organizers log in at      {address}/organize/
                            as {log_in.address}, password {log_in.password}

  {signed:,} made-up people have signed. Sign too: give any name, any address such as
  you@example.org, and a ZIP such as 59001. Then open the mail, press the button,
  and write to your own members of Congress.

  Everything is kept in {home}; no mail leaves this machine. Ctrl-C ends it.
  Other commands find it with CAMPAIGN_HOME={home}, such as: campaign figures section-907
"""
