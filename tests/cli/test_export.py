"""`campaign export`, as an organizer types it."""

import csv
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign.cli.export import export
from campaign.cli.paper import import_paper
from campaign.errors import InvalidInput
from campaign.store import audit, models
from campaign.store.db.engine import Database
from tests.organizing.exporting import NO_PYARROW

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
def test_wrong_use_is_refused(signers: Database, wrong: list[str]) -> None:
    with pytest.raises(InvalidInput):
        run(*wrong)


def test_an_unknown_campaign_is_refused_with_the_names_of_the_others(signers: Database) -> None:
    with pytest.raises(InvalidInput, match="section-907"):
        CliRunner().invoke(export, ["section-708"], catch_exceptions=False)


def test_a_folder_gets_a_file_whose_name_says_what_when_and_who(
    signers: Database, tmp_path: Path
) -> None:
    result = run("--out", str(tmp_path), "--actor", "Desk 2", "--purpose", "A study")

    [made] = tmp_path.glob("section-907-generic-*Z-cliDesk-2.csv")
    assert states(made.read_text()) == ["MT", "WY"]
    assert str(made) in result.stderr
    with signers.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert record.details["purpose"] == "A study"


def test_a_mail_tool_gets_everybody_only_with_a_reason(signers: Database) -> None:
    with signers.writing() as connection:
        connection.execute(sa.update(models.signatures).values(email="ada@example.org"))

    usual = run("--preset", "mailchimp").stdout
    everybody = run("--preset", "mailchimp", "--all", "--reason", "The board asked.").stdout

    assert (usual.count("ada@"), everybody.count("ada@")) == (0, 2)
    with signers.reading() as connection:
        record, _ = audit.records(connection, action="export")
    assert record.details["reason"] == "The board asked."


@pytest.mark.parametrize(
    "wrong",
    [
        ["--preset", "mailchimp", "--all"],
        ["--preset", "mailchimp", "--reason", "x"],
        ["--all", "--reason", "x"],
        ["--preset", "mailchimp", "--all", "--reason", "x", "--consent", "mail"],
        ["--preset", "jsonl", "--bom"],
        ["--saved", "nothing"],
    ],
)
def test_what_makes_no_sense_together_is_refused(signers: Database, wrong: list[str]) -> None:
    with pytest.raises(InvalidInput):
        run(*wrong)


def test_a_saved_export_is_made_again_by_its_name(signers: Database) -> None:
    run("--state", "MT", "--purpose", "Montana", "--save", "The mountains")

    again = run("--saved", "The mountains")
    elsewhere = run("--saved", "The mountains", "--state", "WY", "--preset", "jsonl")

    assert states(again.stdout) == ["MT"]
    assert '"state":"WY"' in elsewhere.stdout
    with signers.reading() as connection:
        purposes = {one.details["purpose"] for one in audit.records(connection, action="export")}
    assert purposes == {"Montana"}


def test_export_import_export_gives_the_same_bytes(
    signers: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-secret-for-tests-that-is-long-enough")
    with signers.writing() as connection:
        connection.execute(sa.delete(models.signatures))
        connection.execute(
            sa.insert(models.signatures),
            {
                "public_id": "0" * 26, "campaign": "section-907", "status": "confirmed",
                "first_name": "'=Ada", "last_name": "Lovelace", "name_key": "ada lovelace",
                "zip": "59001", "state": "MT", "comment": "One.\nTwo", "nonce": b"",
                "created_at": NOW, "confirmed_at": NOW, "number": 7,
            },
        )  # fmt: skip
    table = tmp_path / "signers.csv"
    run("--out", str(table))
    before = table.read_bytes()
    with signers.writing() as connection:
        connection.execute(sa.delete(models.signatures))

    arguments = ["section-907", str(table)]
    runner = CliRunner()
    tried = runner.invoke(import_paper, [*arguments, "--dry-run"], catch_exceptions=False)
    restored = runner.invoke(
        import_paper, ["section-907", "-"], input=before, catch_exceptions=False
    )
    again = runner.invoke(import_paper, arguments, catch_exceptions=False)
    run("--out", str(table))

    assert tried.stdout == "Would restore 1 of 1; 0 already here, 0 refused.\n"
    assert restored.stdout == "Restored 1 of 1; 0 already here, 0 refused.\n"
    assert again.stdout == "Restored 0 of 1; 1 already here, 0 refused.\n"
    assert table.read_bytes() == before


def test_without_pyarrow_parquet_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    program = "import sys; sys.modules['pyarrow'] = None; from campaign.cli import main; main()"

    def run_program(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=Path(__file__).parents[2],
            env={
                "PATH": os.defpath,
                "CAMPAIGN_ENV": "development",
                "CAMPAIGN_HOME": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert run_program("db", "upgrade").returncode == 0
    refused = run_program("export", "section-907", "--preset", "parquet", "--out", str(tmp_path))
    made = run_program("export", "section-907", "--out", str(tmp_path))

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"campaign: {NO_PYARROW}\n"
    assert made.returncode == 0
    assert [path.suffix for path in tmp_path.glob("section-907-*")] == [".csv"]
