"""Files that are written whole or not at all, and closed to other accounts."""

import os
import stat
from pathlib import Path

import pytest

from campaign import files


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _is_private(path: Path) -> bool:
    return not _mode(path) & 0o077


def test_a_folder_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o755)
    before = (tmp_path / "theirs").stat().st_mode

    files.make_private_folder(tmp_path / "theirs" / "a" / "b")

    assert (tmp_path / "theirs").stat().st_mode == before
    assert _is_private(tmp_path / "theirs" / "a")
    assert _is_private(tmp_path / "theirs" / "a" / "b")


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    files.write(tmp_path / "link", b"after")
    files.write(tmp_path / "pipe", b"through")

    assert (tmp_path / "file").read_bytes() == b"after"
    assert (tmp_path / "link").is_symlink()
    assert os.read(reader, 20) == b"through"
    os.close(reader)
    with pytest.raises(FileNotFoundError):
        files.write(tmp_path / "nowhere" / "file", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "pipe"]


def test_a_failure_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before")

    def fail() -> None:
        with files.atomic_write(tmp_path / "file") as file:
            file.write(b"half of it")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert (tmp_path / "file").read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("mode", [files.PRIVATE, files.PUBLIC])
def test_the_mode_is_the_same_whatever_the_umask_and_the_file_before(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    path.chmod(0o666)
    before = os.umask(0o077 if mode == files.PUBLIC else 0)
    try:
        files.write(path, b"after", mode=mode, durable=True)
    finally:
        os.umask(before)

    assert _mode(path) == mode
