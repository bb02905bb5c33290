"""`campaign import`, as an organizer types it."""

import csv
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign.cli import COMMANDS
from campaign.cli.paper import import_paper
from campaign.errors import InvalidInput, TableRefused
from campaign.petition import public_counts
from campaign.petition.public_counts import SignatureCounts
from campaign.store import audit, models
from campaign.store.db.engine import Database
from tests.tables.workbooks import claiming

SHEET = "first_name,last_name,zip,street\nAni,Petrosyan,59001,1 Main\nBo,Li,00000,\nCy,Ito,82001,\n"


@pytest.fixture
def home(
    tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paper.csv").write_text(SHEET)
    return tmp_path


def run(*arguments: str, input: bytes | None = None) -> Result:
    return CliRunner().invoke(
        import_paper, ["section-907", *arguments], input=input, catch_exceptions=False
    )


def test_a_table_is_entered_once_and_its_rejects_are_kept(home: Path, database: Database) -> None:
    tried = run("paper.csv", "--dry-run")
    assert tried.stdout == "Would enter 2 of 3; 0 counted before, 1 refused.\n"
    assert public_counts.count(database, "section-907") == 0

    done = run("paper.csv", "--rejects", "rejects.csv", "--actor", "Desk 2")
    assert done.exit_code == 0
    assert done.stdout == "Entered 2 of 3; 0 counted before, 1 refused.\n"
    assert "Ignored columns: street." in done.stderr
    assert "rejects.csv" in done.stderr
    with (home / "rejects.csv").open(newline="") as file:
        line, column, reason, *_ = list(csv.reader(file))[1]
    assert (line, column) == ("3", "zip")
    assert reason.startswith("We do not know ZIP code 00000")
    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(2, 2)

    again = run("-", input=SHEET.encode())
    assert again.stdout == "Entered 0 of 3; 2 counted before, 1 refused.\n"
    assert "  line 3, zip: We do not know ZIP code 00000." in again.stderr
    assert "Ani" not in again.output
    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(2, 2)
    with database.reading() as connection:
        records = audit.records(connection, action="import")
    assert {len(record.details["table"]) for record in records} == {64}
    assert records[-1].actor == "cli:Desk 2"


def test_the_sentence_beside_the_box_signs_people_up_for_updates(
    home: Path, database: Database
) -> None:
    table = b"name,zip,email,mail_opt_in\nAni Petrosyan,59001,ani@example.org,yes\n"

    assert "If the sheets had a box" in run("-", "--dry-run", input=table).stderr
    done = run("-", "--mail-consent", "Email me.", input=table)

    assert done.stdout == "Entered 1 of 1; 0 counted before, 0 refused.\n"
    assert "Lines that say yes to updates: 1." in done.stderr
    with database.reading() as connection:
        assert set(connection.scalars(sa.select(models.signatures.c.mail_opt_in))) == {True}


def test_a_sentence_without_its_column_enters_nobody(home: Path) -> None:
    with pytest.raises(TableRefused, match="no column says"):
        run("paper.csv", "--mail-consent", "Email me.")


def test_long_tables_go_in_batches(home: Path, database: Database) -> None:
    lines = [f"A{number},B,59001,\n" for number in range(620)]
    (home / "long.csv").write_text(SHEET.splitlines(keepends=True)[0] + "".join(lines))

    run("long.csv")

    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(620, 620)
    with database.reading() as connection:
        batches = [record.details for record in audit.records(connection, action="import")]
    assert [batch["from_line"] for batch in batches] == [502, 2]
    assert [batch["entered"] for batch in batches] == [120, 500]


def test_all_or_nothing_enters_nothing_while_a_line_is_refused(
    home: Path, database: Database
) -> None:
    refused = run("paper.csv", "--all-or-nothing", "--rejects", "rejects.csv")
    assert refused.exit_code == 1
    assert refused.stdout == "Would enter 2 of 3; 0 counted before, 1 refused.\n"
    assert "Nothing was entered" in refused.stderr
    assert len((home / "rejects.csv").read_text().splitlines()) == 2
    assert public_counts.count(database, "section-907") == 0

    (home / "good.csv").write_text(SHEET.replace("00000", "59001"))
    done = run("good.csv", "--all-or-nothing")
    assert done.exit_code == 0
    assert done.stdout == "Entered 3 of 3; 0 counted before, 0 refused.\n"
    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(3, 3)
    assert run("good.csv", "--all-or-nothing").exit_code == 0


def test_nothing_fit_is_a_failed_job(home: Path) -> None:
    assert run("-", input=b"first_name,last_name,zip\nA,B,1\n").exit_code == 1
    assert run("-", input=b"first_name,last_name,zip\n").exit_code == 0


def test_wrong_use_is_one_sentence(home: Path) -> None:
    with pytest.raises(TableRefused, match="must name the columns"):
        run("-", input=b"a,b\n")
    with pytest.raises(InvalidInput, match="There is no campaign called section-97"):
        CliRunner().invoke(import_paper, ["section-97", "paper.csv"], catch_exceptions=False)
    assert COMMANDS["import"][:2] == ("campaign.cli.paper", "import_paper")


def test_a_line_that_contradicts_itself_is_refused(home: Path, database: Database) -> None:
    table = (
        "first_name,last_name,city,state,zip,country\n"
        "Pia,Gil,Madrid,,28202,Spain\n"
        "Ana,Lopez,Acton,CA,59001,\n"
        "Bo,Chen,Acton,MT,59001,USA\n"
        "Cy,Poe,Pawtucket,RI,02861,\n"
    )

    done = run("-", "--rejects", "rejects.csv", input=table.encode())

    assert done.stdout == "Entered 2 of 4; 0 counted before, 2 refused.\n"
    with (home / "rejects.csv").open(newline="") as file:
        assert [row[:2] for row in csv.reader(file)] == [
            ["line", "column"],
            ["2", "country"],
            ["3", "state"],
        ]
    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(2, 2)


def test_refused_lines_are_listed_before_anything_is_entered(
    home: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    echo = click.echo

    def counting(message: str = "", **options: Any) -> None:
        echo(message, **options)
        if "line 3, zip" in message:
            counted.append(public_counts.count(database, "section-907"))

    monkeypatch.setattr(click, "echo", counting)

    done = run("paper.csv")

    assert counted == [0]
    assert done.stdout == "Entered 2 of 3; 0 counted before, 1 refused.\n"
    assert done.stderr.count("line 3, zip") == 1


def test_a_table_whose_quotes_do_not_pair_enters_nobody(home: Path, database: Database) -> None:
    (home / "open.csv").write_text(
        'first_name,last_name,zip,comment\nAni,Petrosyan,59001,"Our town\nBo,Li,82001,fine\n'
    )

    with pytest.raises(TableRefused, match="line 2 opens a quote that is never closed"):
        run("open.csv", "--rejects", "rejects.csv")

    assert public_counts.count(database, "section-907") == 0
    assert not (home / "rejects.csv").exists()


def test_a_workbook_that_ends_its_reader_enters_nobody(home: Path, database: Database) -> None:
    (home / "paper.xlsx").write_bytes(claiming(4_000_000_000))

    with pytest.raises(TableRefused, match="takes too much memory or time"):
        run("paper.xlsx")

    assert public_counts.signature_counts(database, "section-907") == SignatureCounts(0, 0)
