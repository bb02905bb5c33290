"""A golden file is compared to the byte, or written where that was asked for."""

from pathlib import Path

import pytest

from tests.golden import Golden, folder_of


def test_a_file_of_the_same_bytes_passes(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Senator\r\n", newline="")

    Golden(tmp_path).check("letter.txt", "Dear Senator\r\n")


@pytest.mark.parametrize("made", ["Dear Senator\n", "Dear senator\r\n", b"\xff"])
def test_any_other_byte_fails(tmp_path: Path, made: str | bytes) -> None:
    (tmp_path / "letter.txt").write_text("Dear Senator\r\n", newline="")

    with pytest.raises(AssertionError, match="make golden"):
        Golden(tmp_path).check("letter.txt", made)


def test_a_missing_file_says_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="make golden"):
        Golden(tmp_path).check("letter.txt", "Dear Senator")


def test_writing_writes_once_and_hides_no_difference(tmp_path: Path) -> None:
    golden = Golden(tmp_path, is_writing=True)

    golden.check("letter.txt", "from SQLite")

    assert (tmp_path / "letter.txt").read_text() == "from SQLite"
    with pytest.raises(AssertionError):
        golden.check("letter.txt", "from PostgreSQL")


def test_the_folder_is_the_nearest_above_the_test(tmp_path: Path) -> None:
    (tmp_path / "golden").mkdir()
    (tmp_path / "print").mkdir()

    assert folder_of(tmp_path / "print" / "test_letter.py") == tmp_path / "golden"
