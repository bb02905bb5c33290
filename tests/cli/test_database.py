"""`campaign db upgrade`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.database import db
from campaign.store.engine import Database


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
