"""What a reader finds in a PDF: its words as Poppler lays them out, and its parts."""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest


def pages_of(made: bytes) -> int:
    """Return how many pages there are."""
    with pikepdf.open(BytesIO(made)) as opened:
        return len(opened.pages)


def words_of(made: bytes, folder: Path, *options: str) -> str:
    """Return a PDF's text as `pdftotext -layout` reads it; skip where Poppler is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdftotext is not installed; apt-get install poppler-utils.")
        pytest.skip("pdftotext is not installed (poppler-utils)")
    path = folder / "letter.pdf"
    path.write_bytes(made)
    done = subprocess.run(
        [program, "-layout", *options, str(path), "-"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout
