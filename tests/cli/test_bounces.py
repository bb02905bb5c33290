"""`campaign bounce`: reports come in by a pipe, and end updates to mailboxes that are gone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli import bounces as command
from campaign.errors import InvalidInput
from campaign.settings import read
from campaign.store import models, tokens
from campaign.store.db.engine import Database
from tests.databases import with_tables
from tests.delivery.test_bounces import complaint, report

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PUBLIC_ID = "0" * 26


@pytest.fixture
def database_with_a_signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    for name in ("DATABASE_URL", "SECRET_KEY", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    db = with_tables(read().database_url)
    with db.writing() as connection:
        connection.execute(
            sa.insert(models.signatures).values(
                public_id=PUBLIC_ID, campaign="section-907", status="confirmed", nonce=b"n",
                created_at=NOW,
            )
        )  # fmt: skip
    return db


def run(*files: str, given: bytes = b"") -> str:
    result = CliRunner().invoke(command.bounce, list(files), input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_a_report_by_a_pipe_ends_updates_to_its_mailbox(database_with_a_signer: Database) -> None:
    mark = tokens.bounce_mark(read().keyring, PUBLIC_ID, "0123456789abcdef")

    said = run("-", given=report(mark=mark))

    with database_with_a_signer.reading() as connection:
        assert connection.execute(sa.select(models.bounces.c.kind)).scalars().all() == ["gone"]
    assert "1 signer gets no more updates." in said
    database_with_a_signer.dispose()


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind", "said"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full", "full", "1 bounced because a mailbox was full"),
        ("5.7.1", "550 5.7.1 on a blocklist", "blocked", "blocks mail from here"),
    ],
)
def test_a_report_that_says_nothing_final_takes_nobody_off_the_list(
    database_with_a_signer: Database, status: str, diagnostic: str, kind: str, said: str
) -> None:
    mark = tokens.bounce_mark(read().keyring, PUBLIC_ID, "0123456789abcdef")

    output = run("-", given=report(status, mark=mark, diagnostic=diagnostic))

    assert "0 signers get no more updates." in output
    assert said in output
    with database_with_a_signer.reading() as connection:
        assert connection.execute(sa.select(models.bounces.c.kind)).scalars().all() == [kind]
    database_with_a_signer.dispose()


def test_a_report_that_it_is_no_spam_changes_nothing(database_with_a_signer: Database) -> None:
    mark = tokens.bounce_mark(read().keyring, PUBLIC_ID, "0123456789abcdef")

    run("-", given=complaint(mark=mark, feedback="Feedback-Type: not-spam"))

    with database_with_a_signer.reading() as connection:
        assert connection.execute(sa.select(models.bounces.c.kind)).scalars().all() == []
        [left] = connection.execute(sa.select(models.signatures.c.unsubscribed_at)).scalars()
    assert left is None
    database_with_a_signer.dispose()


def test_a_forged_report_changes_nothing(database_with_a_signer: Database) -> None:
    said = run("-", given=report(mark=f"0123456789abcdef-{PUBLIC_ID}-{'0' * 20}"))

    assert "0 signers" in said
    database_with_a_signer.dispose()


def test_a_file_that_is_no_report_is_reported_and_the_rest_is_read(
    database_with_a_signer: Database, tmp_path: Path
) -> None:
    (tmp_path / "spam").write_bytes(b"Subject: hello\n\nhello")
    (tmp_path / "late").write_bytes(report("4.4.1", "delayed"))

    said = run("spam", "late")
    with pytest.raises(InvalidInput):
        run("spam")

    assert "spam: This is neither a bounce report" in said
    database_with_a_signer.dispose()
