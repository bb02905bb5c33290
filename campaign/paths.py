"""Where the read-only folders that ship with the package are: templates and data."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _shipped(name: str) -> Path:
    """Return the folder inside the package (a wheel) or beside it (a checkout)."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def templates() -> Path:
    """The folder of templates: pages, mails and letters."""
    return _shipped("templates")


def data() -> Path:
    """The folder of shipped data: fact tables, campaigns and fonts."""
    return _shipped("data")
