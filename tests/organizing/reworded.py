"""A petition that was reworded while it was open: signers of two wordings, as they come about."""

import shutil
from datetime import timedelta
from pathlib import Path

from campaign import paths
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.store.db.engine import Database
from tests.petition.petitioning import NOW, Petition

#: A sentence of the bundled petition, and what it is changed to.
FIRST = "to fund no military assistance"
SECOND = "to fund no assistance of any kind"


def edited(folder: Path, *changes: tuple[str, str], file: str = "petition.md") -> Pack:
    """Return the bundled campaign, copied to `folder` where that is new, with changes in a file."""
    if not folder.exists():
        shutil.copytree(paths.data() / "campaigns" / "section-907", folder)
    path = folder / file
    written = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in written
        written = written.replace(before, after)
    path.write_text(written, encoding="utf-8")
    return packs.load(folder, NOW.date())


def gather(database: Database, folder: Path) -> tuple[Pack, Pack]:
    """Have three sign, the petition reworded, and two more sign; return both petitions."""
    first = edited(folder / "section-907")
    petition = Petition(database, first)
    for name in ("Ada", "Bea", "Cleo"):
        petition.sign_and_confirm(first_name=name, last_name="Early", email=f"{name}@example.org")
    second = edited(folder / "section-907", (FIRST, SECOND))
    later = Petition(database, second)
    for name in ("Dora", "Eva"):
        later.sign_and_confirm(
            first_name=name,
            last_name="Late",
            email=f"{name}@example.org",
            now=NOW + timedelta(days=2),
        )
    return first, second
