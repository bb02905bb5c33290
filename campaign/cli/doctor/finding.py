"""What a check of the installation finds."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: "fix" must be done before people use the site, "note" should be known.
Status = Literal["good", "note", "fix"]


@dataclass(frozen=True)
class Finding:
    """One result of a check; `says` includes what to do."""

    check: str
    status: Status
    says: str


def open_to_others(path: Path, what: str) -> Iterator[Finding]:
    """Yield a note where other accounts of the machine can open the file or folder."""
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007:
        yield Finding(
            "settings",
            "note",
            f"{what} is open to other accounts of this machine. Run: chmod o= '{path}'.",
        )
