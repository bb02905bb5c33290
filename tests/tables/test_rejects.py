"""What was not used can be corrected and handed in again, and runs no formula on the way."""

import stat
from pathlib import Path

import pytest

from campaign.tables.rejects import Rejects
from campaign.tables.table import Table


def test_rejects_can_be_corrected_and_read_again(tmp_path: Path) -> None:
    source = Table("zip;Street;name\n1;=A,1;Bé;\n".encode())
    [row] = source
    path = tmp_path / "rejects.csv"

    with Rejects(path, source.heading) as rejects:
        rejects.add(row.number, row.cells, "No such ZIP.", "zip")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().decode() == (
        '"line","column","reason","zip","Street","name"\r\n'
        '2,"zip","No such ZIP.","1","\'=A,1","Bé",""\r\n'
    )
    again = Table(path.read_bytes())
    [read] = again
    # Rejected anew, its old number and reason are not carried along.
    with Rejects(path, again.heading) as rejects:
        rejects.add(read.number, read.cells, "Still none.", "zip")
    assert path.read_text(encoding="utf-8").count("line") == 1


def test_an_invalid_byte_is_kept_in_the_rejects(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"

    with Rejects(path, ("name",)) as rejects:
        rejects.add(2, ("B\udce9",), "No text.")

    assert b"B\xe9" in path.read_bytes()


def test_without_rejects_there_is_no_file(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv", ("zip",)):
        pass
    with Rejects(None, ("zip",)) as nowhere:
        nowhere.add(2, ("1",), "No.")

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_leaves_no_partial_rejects(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Rejects(tmp_path / "rejects.csv", ("zip",)) as rejects:
            rejects.add(2, ("1",), "No.")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(tmp_path.iterdir()) == []
