"""A campaign folder to spoil: a copy of the bundled one, with edits."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from campaign import paths

BUNDLED = paths.data() / "campaigns" / "section-907"
DAY = date(2026, 11, 24)

#: Takes edits, file -> (old text, new text) pairs, and returns the folder of a fresh copy.
MakeFolder = Callable[..., Path]


@pytest.fixture
def bundled() -> Path:
    return BUNDLED


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Copy the bundled campaign and edit its files: `make_folder(("points.md", old, new))`."""
    made = 0

    def make(*edits: tuple[str, str, str]) -> Path:
        nonlocal made
        made += 1
        folder = tmp_path / str(made) / "section-907"
        shutil.copytree(BUNDLED, folder)
        for file, old, new in edits:
            edit(folder, file, old, new)
        return folder

    return make


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace text that must be there, so that a test cannot pass by editing nothing."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} holds no {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def edit_file() -> Callable[[Path, str, str, str], None]:
    return edit
