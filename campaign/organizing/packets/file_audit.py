"""Audit the files that were made for a delivery, like an export."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from campaign.packs.pack import Pack
from campaign.store import audit
from campaign.store.db.engine import Database


def audit_files(
    db: Database,
    pack: Pack,
    preset: str,
    asked: dict[str, Any],
    rows: int,
    sums: dict[str, str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Audit the files as an export, so that an erasure finds those that may contain the person.

    `sums` maps file names to SHA-256.
    """
    together = hashlib.sha256("".join(sums[name] for name in sorted(sums)).encode("ascii"))
    with db.writing() as connection:
        audit.record(
            connection,
            "export",
            actor=actor,
            now=now,
            campaign=pack.name,
            details={
                "preset": preset,
                "filter": asked,
                "purpose": "to deliver the petition",
                "rows": rows,
                "sha256": next(iter(sums.values())) if len(sums) == 1 else together.hexdigest(),
                "files": sums,
            },
        )


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
