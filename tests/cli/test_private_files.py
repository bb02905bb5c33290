"""Whatever a command or the worker writes with people in it is for its owner's eyes alone."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli import cli
from campaign.delivery import cwc_client, smtp
from campaign.organizing import jobs
from campaign.settings import read as read_settings
from campaign.store.db.engine import Database
from tests.organizing.signed import add_signers

WRITER = "--name|Ani Petrosyan|--address|1 Main Street|--zip|59001|--district|MT-2"
PEOPLE = (
    "first_name,last_name,street,city,state,zip,district,consent\n"
    "Ani,Petrosyan,1 Main Street,Absarokee,MT,59001,MT-2,yes\n"
    "Bo,Nowhere,,,,,,yes\n"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation with signers, on a machine whose umask closes nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "made" / "home"))
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "people.csv").write_text(PEOPLE)
    before = os.umask(0)
    try:
        run("db", "upgrade")
        database = Database(read_settings().database_url)
        add_signers(database, {}, {"first_name": "Bo"})
        database.dispose()
        yield tmp_path
    finally:
        os.umask(before)


def run(*arguments: str) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, (arguments, done.output, done.exception)


def is_private(path: Path) -> bool:
    return not stat.S_IMODE(path.lstat().st_mode) & 0o077


def open_to_others(place: Path, *but: str) -> list[str]:
    """What others may read or enter below a folder; inside a closed folder nobody gets anywhere."""
    found = []
    for folder, names, held in os.walk(place):
        here = Path(folder)
        found += [str(here / name) for name in held if not is_private(here / name)]
        names[:] = [name for name in names if not is_private(here / name)]
    return sorted(name for name in found if Path(name).name not in but)


@pytest.mark.parametrize(
    "command",
    [
        *(f"letter|section-907|{WRITER}|--out|letter.{kind}" for kind in ("pdf", "txt", "docx")),
        f"letter|section-907|{WRITER}|--to|house|--prefix|Ms.|--email|ani@example.org|--out|letter.xml",
        "letters|section-907|people.csv|--out|all.pdf|--envelopes|envelopes.pdf|--labels|labels.pdf"
        "|--call-sheets|calls.pdf|--rejects|rejects.csv",
        "letters|section-907|people.csv|--one-file-each|each",
        "import|section-907|people.csv|--rejects|refused.csv",
        "export|section-907|--out|signers.csv",
        "export|section-907|--preset|xlsx|--out|signers.xlsx",
        "packet|section-907|--out|packets",
        "packet|section-907|--out|whole|--whole",
        "packet|section-907|--kit|kit.zip",
        "backup|made.backup",
    ],
    ids=lambda command: command.replace("|section-907", "")[:40],
)
def test_what_a_command_writes_is_for_its_owner_alone(place: Path, command: str) -> None:
    before = {path for path in place.rglob("*") if path.is_file()}

    run(*command.split("|"))

    made = {path for path in place.rglob("*") if path.is_file()} - before
    assert made, "the command wrote nothing"
    assert open_to_others(place, "people.csv") == []


def test_a_letter_that_was_open_to_others_is_closed_when_it_is_written_again(place: Path) -> None:
    (place / "letter.txt").write_text("old")
    (place / "letter.txt").chmod(0o644)

    run("letter", "section-907", *WRITER.split("|"), "--out", "letter.txt")

    assert is_private(place / "letter.txt")
    assert "Petrosyan" in (place / "letter.txt").read_text()


def test_folders_of_the_installation_are_closed_to_others(place: Path) -> None:
    settings = read_settings()
    (settings.home / "jobs").mkdir(mode=0o755)
    jobs.write_input(settings, "abc", "people.csv", PEOPLE.encode())
    smtp.FolderChannel(settings.outbox_folder).check()
    cwc_client.FolderChannel(settings.cwc_folder).send(b"<x/>", "HMT02", "abc", datetime.now(UTC))

    for folder in ("jobs", "jobs/abc", "outbox", "cwc", "."):
        assert is_private(settings.home / folder), folder
    assert is_private(settings.home / "jobs" / "abc" / "people.csv")
    assert is_private(settings.cwc_folder / "abc.xml")
