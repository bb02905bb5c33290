"""`campaign db upgrade`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.database import db
from campaign.errors import InvalidInput, StoreUnavailable
from campaign.store import counts
from campaign.store.db.engine import Database


def test_upgrade_makes_the_database_and_may_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    for _ in range(2):
        result = CliRunner().invoke(db, ["upgrade"])
        assert (result.exit_code, result.output) == (0, "The database is up to date.\n")

    database = Database(f"sqlite:///{tmp_path / 'home' / 'campaign.db'}")
    assert database.is_current()
    database.dispose()


def test_upgrade_works_on_both_databases(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", empty_database_url)

    assert CliRunner().invoke(db, ["upgrade"]).exit_code == 0

    database = Database(empty_database_url)
    assert database.is_current()
    database.dispose()


def test_recount_mends_what_differs_and_says_so(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    database = Database(database_url)
    with database.writing() as connection:
        counts.add(connection, {("bridge", "total", ""): -3, ("bridge", "state", "MT"): 1})
    database.dispose()

    first, again = (CliRunner().invoke(db, ["recount"]) for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == (
        "bridge: mended 2 figures.\n  all signatures: was -3, is 0\n  state MT: was 1, is 0\n"
    )
    assert again.output == "Every count matches the signatures.\n"


def test_a_copy_says_what_to_do_next(
    database_url: str,
    empty_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    with Database(database_url) as source, source.writing() as connection:
        counts.add(connection, {("bridge", "total", ""): 3, ("bridge", "state", "MT"): 3})

    result = CliRunner().invoke(db, ["copy", "--to", empty_database_url])

    assert result.exit_code == 0, result.output
    assert "Copied and compared 2 rows in " in result.output
    assert "Now set DATABASE_URL to the new database." in result.output
    with Database(empty_database_url) as target:
        assert target.is_current()
        with target.reading() as connection:
            assert counts.total(connection, "bridge") == 3


def test_a_database_is_not_copied_into_itself_or_while_it_is_used(
    database_url: str, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")

    itself = CliRunner().invoke(db, ["copy", "--to", database_url])
    assert isinstance(itself.exception, InvalidInput)
    with Database(database_url, is_serving=True) as serving, serving.reading():
        used = CliRunner().invoke(db, ["copy", "--to", empty_database_url])
    assert isinstance(used.exception, StoreUnavailable)
