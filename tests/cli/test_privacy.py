"""`campaign purge` and `campaign erase`."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli.privacy import erase, purge
from campaign.errors import InvalidInput
from campaign.store import audit, models
from campaign.store.db.engine import Database


@pytest.fixture
def old_signer(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A signer who never confirmed, from twenty days ago, in the database of the settings."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    with database.writing() as connection:
        connection.execute(
            sa.insert(models.signatures),
            {
                "public_id": "old", "campaign": "section-907", "status": "pending",
                "email": "ada@example.org", "email_key": "ada@example.org", "nonce": b"",
                "created_at": datetime.now(UTC) - timedelta(days=20),
            },
        )  # fmt: skip
    return database


def remaining(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(models.signatures)
        ).scalar_one()


def test_purge_deletes_what_is_past_its_time(old_signer: Database) -> None:
    result = CliRunner().invoke(purge, catch_exceptions=False)

    assert "1 never confirmed" in result.output
    assert remaining(old_signer) == 0


def test_erase_takes_any_spelling_and_may_be_lifted(old_signer: Database) -> None:
    result = CliRunner().invoke(erase, ["Ada+news@example.org"], catch_exceptions=False)
    assert result.output == "Erased 1 signature.\n"
    assert remaining(old_signer) == 0

    lifted = CliRunner().invoke(erase, ["ada@example.org", "--allow-again"], catch_exceptions=False)
    assert lifted.output == "The address may sign again.\n"
    with old_signer.reading() as connection:
        assert [record.action for record in audit.records(connection)] == ["allow-again", "erase"]
        assert "ada" not in repr(audit.records(connection))


def test_erase_refuses_what_is_no_address(old_signer: Database) -> None:
    with pytest.raises(InvalidInput):
        CliRunner().invoke(erase, ["ada"], catch_exceptions=False)
    assert remaining(old_signer) == 1
