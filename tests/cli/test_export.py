"""`campaign export`, as an organiser types it."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign.cli.export import export
from campaign.errors import InvalidInput
from campaign.store import audit, models
from campaign.store.engine import Database

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def signers(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two confirmed signers, in Montana and in Wyoming, in the database of the settings."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    with database.writing() as connection:
        connection.execute(
            sa.insert(models.signatures),
            [
                {
                    "public_id": state, "campaign": "section-907", "status": "confirmed",
                    "first_name": "Ada", "state": state, "nonce": b"", "created_at": NOW,
                    "confirmed_at": NOW.replace(day=day),
                }
                for state, day in (("MT", 15), ("WY", 16))
            ],
        )  # fmt: skip
    return database


def run(*arguments: str) -> Result:
    return CliRunner().invoke(export, ["section-907", *arguments], catch_exceptions=False)


def states(table: str) -> list[str]:
    return [row["state"] for row in csv.DictReader(io.StringIO(table))]


def test_standard_output_holds_the_table_and_nothing_else(signers: Database) -> None:
    result = run("--preset", "generic")

    assert result.exit_code == 0
    assert states(result.stdout) == ["MT", "WY"]
    assert result.stderr.startswith("2 signers, SHA-256 ")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["--state", "mt"], ["MT"]),
        (["--since", "2026-06-16"], ["WY"]),
        (["--until", "2026-06-15T13:00:00+02:00"], []),
        (["--until", "2026-06-16T00:00:00"], ["MT"]),
        (["--consent", "mail"], []),
    ],
)
def test_filters(signers: Database, asked: list[str], expected: list[str]) -> None:
    assert states(run(*asked).stdout) == expected


def test_a_file_is_written_and_on_record(signers: Database, tmp_path: Path) -> None:
    out = tmp_path / "signers.csv"

    result = run("--out", str(out), "--bom")

    assert (result.exit_code, result.stdout) == (0, "")
    assert states(out.read_text(encoding="utf-8-sig")) == ["MT", "WY"]
    with signers.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert record.actor.startswith("cli:")
    assert record.details["rows"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["--state", "ZZ"],
        ["--district", "nowhere"],
        ["--since", "yesterday"],
        ["--until", "2026-13-01"],
    ],
)
def test_wrong_use_is_told(signers: Database, wrong: list[str]) -> None:
    with pytest.raises(InvalidInput):
        run(*wrong)


def test_a_campaign_that_is_not_there_is_told_with_those_that_are(signers: Database) -> None:
    with pytest.raises(InvalidInput, match="section-907"):
        CliRunner().invoke(export, ["section-708"], catch_exceptions=False)
