"""Paths of the read-only folders that ship with the package: templates and data."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _shipped(name: str) -> Path:
    """Return the folder inside the package (a wheel) or beside it (a checkout)."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def templates() -> Path:
    """Return the folder of templates for pages, mails and letters."""
    return _shipped("templates")


def data() -> Path:
    """Return the folder of shipped data: tables about Congress, campaigns, fonts, translations."""
    return _shipped("data")
