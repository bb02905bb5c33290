"""What was erased cannot be read from SQLite's files any more, nor from its write-ahead log."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.packs.pack import Pack
from campaign.petition import erasure, retention
from campaign.store import models
from campaign.store import retention as rows
from campaign.store.db.engine import Database
from tests.petition.petitioning import KEYRING, NOW, Petition

DAY = timedelta(days=1)

#: What a made-up signer typed, and can be told from everything else.
TYPED: dict[str, Any] = {
    "first_name": "Zephyrine",
    "last_name": "Quillfeather",
    "email": "zephyrine.quillfeather@example.org",
    "comment": "The lighthouse of Ouessant keeps my secret.",
    "city": "Absarokee",
}


@pytest.fixture
def petition(tmp_path: Path, sqlite_template: bytes, pack: Pack) -> Petition:
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template)
    return Petition(Database(f"sqlite:///{path}"), pack)


def on_disk(petition: Petition) -> bytes:
    """Every byte of the database's files."""
    path = Path(str(petition.database.url.database))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def traces(petition: Petition) -> list[str]:
    held = on_disk(petition)
    return [word for word in TYPED.values() if word.encode() in held]


def fill(petition: Petition) -> None:
    """Add others, so that the signer's rows are among many."""
    for number in range(40):
        petition.sign_and_confirm(email=f"other{number}@example.org", first_name=f"O{number}")


def test_an_erased_signer_is_in_no_byte_of_the_database_files(petition: Petition) -> None:
    fill(petition)
    petition.sign_and_confirm(**TYPED)
    assert traces(petition)

    erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)
    # The last mail that says so leaves, and is forgotten.
    with petition.database.writing() as connection:
        connection.execute(sa.delete(models.outbox))
    petition.database.truncate_log()

    assert traces(petition) == []


def test_an_anonymized_signer_is_in_no_byte_of_the_database_files(petition: Petition) -> None:
    petition.sign_and_confirm(**TYPED)
    [row] = petition.rows()
    fill(petition)

    retention.purge(petition.database, NOW + 731 * DAY, retention_days=730)

    assert traces(petition) == []
    assert row.public_id.encode() not in on_disk(petition)


def test_the_write_ahead_log_is_emptied_once_readers_are_gone(petition: Petition) -> None:
    petition.sign_and_confirm(**TYPED)
    database = petition.database

    with database.reading() as connection:
        connection.execute(sa.select(sa.func.count()).select_from(models.signatures)).scalar_one()
        erasure.erase(database, petition.link("me"), now=NOW, keyring=KEYRING)
        assert not database.truncate_log()

    assert database.truncate_log()
    path = Path(str(database.url.database))
    log = path.with_name(f"{path.name}-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_a_purge_shrinks_the_database_file(petition: Petition) -> None:
    database = petition.database
    with database.writing() as connection:
        connection.execute(
            sa.insert(models.outbox),
            [
                {
                    "kind": "confirm", "campaign": "section-907", "to": "", "payload": {},
                    "message_id": f"{number:032x}", "status": "sent", "not_before": NOW,
                    "created_at": NOW, "finished_at": NOW, "last_error": "x" * 200,
                }
                for number in range(20_000)
            ],
        )  # fmt: skip
    database.truncate_log()
    path = Path(str(database.url.database))
    before = path.stat().st_size

    retention.purge(database, NOW + 31 * DAY, retention_days=730)

    assert path.stat().st_size < before / 4


def test_anonymizing_empties_every_column_not_needed_for_counts() -> None:
    """A column that is added later must be thought of here."""
    kept = {"id", "public_id", "campaign", "status", "origin", "anonymised_at"}

    assert {column.name for column in models.signatures.columns} == kept | rows.ANONYMOUS.keys()
