"""`campaign packet`, as an organizer types it."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli import COMMANDS
from campaign.cli.packet import write_packets
from campaign.errors import InvalidInput
from campaign.store import audit
from campaign.store.db.engine import Database
from tests.organizing.signed import add_signers


@pytest.fixture
def home(
    tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(write_packets, ["section-907", *arguments], catch_exceptions=False)


def test_packets_summaries_and_an_index_lie_in_the_folder(home: Path, database: Database) -> None:
    add_signers(database, {}, {"first_name": "Bo", "district": "", "zip": "59604"})

    done = run("--out", "packets", "--state", "mt", "--actor", "Desk 2")

    assert done.exit_code == 0
    assert done.stdout == (
        "3 packets; signatures: Tim Sheehy 2, Steve Daines 2, Troy Downing 1. A "
        "person is counted once in each packet. 1 seat without signers got none. 1 signer whose "
        "district is not known is only in the senators' packets.\n"
    )
    assert "Petrosyan" not in done.output
    made = {path.name for path in (home / "packets").iterdir()}
    assert len(made) == 7
    assert {"index.csv", "MT-2-D000634-downing.pdf", "MT-2-D000634-downing-summary.pdf"} < made
    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert record.actor == "cli:Desk 2"
    assert record.details["filter"] == {"state": "MT"}
    assert record.details["rows"] == 5


def test_a_kit_needs_no_folder(home: Path, database: Database) -> None:
    add_signers(database, {})

    done = run("--member", "d000634", "--kit", "kit.zip")

    assert done.exit_code == 0
    with zipfile.ZipFile(home / "kit.zip") as zipped:
        assert zipped.namelist() == [
            "run-sheet.pdf",
            "index.csv",
            "packets/MT-2-D000634-downing.pdf",
            "summaries/MT-2-D000634-downing-summary.pdf",
        ]
    assert sorted(path.name for path in home.iterdir() if path.suffix == ".zip") == ["kit.zip"]


def test_the_whole_petition_is_cut_as_asked(home: Path, database: Database) -> None:
    add_signers(database, {}, {"state": "WY", "district": "WY-0", "zip": "82001"})

    whole = run("--out", "whole", "--whole")
    cut = run("--out", "cut", "--whole", "--by", "state")

    assert whole.stdout.startswith("petition.pdf: 2 signatures, ")
    assert [path.name for path in (home / "whole").iterdir()] == ["petition.pdf"]
    assert cut.exit_code == 0
    assert sorted(path.name for path in (home / "cut").iterdir()) == ["MT.pdf", "WY.pdf"]


def test_a_packet_without_signers_is_a_failed_job(home: Path) -> None:
    for arguments in (("--out", "x"), ("--out", "y", "--whole")):
        done = run(*arguments)
        assert done.exit_code == 1
        assert "No one there has signed yet" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--out FOLDER"),
        (("--out", "x", "--whole", "--state", "MT"), "--whole includes every signer"),
        (("--out", "x", "--by", "state"), "Use it with --whole"),
        (("--out", "x", "--district", "moon"), "such as CA-30"),
        (("--out", "x", "--member", "X000000"), "No target of the campaign with the id"),
    ],
)
def test_wrong_use_is_one_sentence(home: Path, arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        run(*arguments)
    assert COMMANDS["packet"][:2] == ("campaign.cli.packet", "write_packets")
