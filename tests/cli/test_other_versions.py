"""Every command that opens the database refuses tables of another version, and says what to do."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli import COMMANDS, cli
from campaign.errors import CampaignError, StoreUnavailable
from campaign.store.db.engine import Database, newest_revision

#: Command -> arguments with which it would open the database.
OPENS = {
    "export": "section-907",
    "import": "section-907 people.csv",
    "packet": "section-907 --out packets",
    "review": "section-907",
    "cwc status": "",
    "cwc offices": "",
    "cwc retry": "section-907",
    "user add": "ani@example.org --role owner",
    "user list": "",
    "user disable": "ani@example.org",
    "user enable": "ani@example.org",
    "user delete": "ani@example.org --yes",
    "user reset": "ani@example.org",
    "db recount": "",
    "db copy": "--to sqlite:///copy.db",
    "backup": "made.backup",
    "figures": "section-907",
    "mark": "section-907 S000148 sent",
    "stances import": "section-907 stances.csv",
    "stances set": "section-907 S000148 for --source letter",
    "stances list": "section-907",
    "stances brief": "section-907 D000618",
    "update": "section-907 news.md --subject News --yes",
    "bounce": "news.md",
    "purge": "",
    "erase": "ani@example.org",
    "serve": "--port 1",
    "worker": "--once",
}
#: Commands that need no database, make or replace it, or say themselves how it stands.
OTHERS = {
    *("lookup", "letter", "letters", "sheet", "check", "new"),
    "cwc check",  # only with a key for the House, as `cwc offices` does
    *("data build", "data refresh", "data check", "data status", "data lines", "data correct"),
    "data maps",
    *("db upgrade", "restore", "demo", "doctor"),
}


def _every(names: tuple[str, ...], command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _every((*names, name), below)
    else:
        yield " ".join(names)


def test_no_command_is_left_out() -> None:
    found = {
        name
        for first, (module, attribute, _) in COMMANDS.items()
        for name in _every((first,), getattr(import_module(module), attribute))
    }

    assert found == {*OPENS, *OTHERS}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A production installation, but for its database, with a table and a text to hand in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "people.csv").write_text("first_name,last_name,zip\nAni,Petrosyan,59001\n")
    (tmp_path / "stances.csv").write_text(
        "bioguide,stance,as_of,source\nS000148,for,2026-06-01,x\n"
    )
    (tmp_path / "news.md").write_text("News of the hearing.\n")
    return tmp_path


def _refusal(command: str) -> str:
    done = CliRunner().invoke(cli, [*command.split(), *OPENS[command].split()])
    assert isinstance(done.exception, CampaignError), (command, done.output, done.exception)
    assert isinstance(done.exception, StoreUnavailable), (command, str(done.exception))
    return str(done.exception)


@pytest.mark.parametrize("command", OPENS)
def test_a_command_without_a_database_says_how_to_make_one(place: Path, command: str) -> None:
    assert _refusal(command) == "The database is not set up. Run `campaign db upgrade`."
    assert not (place / "home" / "campaign.db").exists()


@pytest.mark.parametrize("command", OPENS)
def test_a_command_refuses_older_and_newer_tables(
    place: Path, database_url: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    for version, said in (
        ("0001", "older version (0001; this program needs "),
        ("9999", "newer version (9999; this program needs "),
    ):
        _call_it(database_url, version)
        try:
            assert said in _refusal(command)
        finally:
            _call_it(database_url, newest_revision())


def test_an_upgrade_leaves_newer_tables_alone(database_url: str) -> None:
    _call_it(database_url, "9999")
    database = Database(database_url)
    try:
        with pytest.raises(StoreUnavailable, match="Nothing was changed"):
            database.upgrade()
        assert database.revision() == "9999"
    finally:
        database.dispose()
        _call_it(database_url, newest_revision())


def _call_it(url: str, version: str) -> None:
    database = Database(url)
    with database.writing() as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version}
        )
    database.dispose()
