"""`campaign figures`, `mark` and `update`: what the back office does, from the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign.cli.figures import figures
from campaign.cli.mark import mark
from campaign.cli.update import update
from campaign.errors import InvalidInput
from campaign.settings import read
from campaign.store import counts, models
from campaign.store.db.engine import Database
from tests.databases import with_tables

NAME = "section-907"
NOW = datetime.now(UTC)


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "SMTP_HOST", "SECRET_KEY", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    database = with_tables(read().database_url)
    with database.writing() as connection:
        for number, opted_in in enumerate((True, True, False)):
            connection.execute(
                sa.insert(models.signatures).values(
                    public_id=str(number), campaign=NAME, status="confirmed", nonce=b"n",
                    email=f"p{number}@example.org", email_key=f"p{number}@example.org",
                    state="MT", district="MT-2", mail_opt_in=opted_in, created_at=NOW,
                )
            )  # fmt: skip
        counts.append(
            connection, NAME, state="MT", district="MT-2", at=NOW, delta=3, source="-mail"
        )
    yield database
    database.dispose()


def run(command: Any, *arguments: str, given: str | None = None) -> Result:
    result = CliRunner().invoke(command, list(arguments), input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_figures_tell_the_totals_and_each_table(db: Database) -> None:
    totals = run(figures, NAME).output
    members = run(figures, NAME, "members").output
    sources = run(figures, NAME, "sources", "--csv").output

    assert "3  signatures" in totals
    assert "MT-2" in members
    assert sources.splitlines() == ['"source","signatures"', '"\'-mail",3']


def test_a_mark_stands_in_the_figures(db: Database) -> None:
    run(mark, NAME, "president", "posted", "--times", "40")

    assert '"president",3,0,40,0,0,0,0' in run(figures, NAME, "members", "--csv").output


def test_nobody_is_marked_who_is_no_member(db: Database) -> None:
    with pytest.raises(InvalidInput, match="No member has the id"):
        run(mark, NAME, "X000000", "posted")
    with pytest.raises(InvalidInput, match="Give today or an earlier day"):
        run(mark, NAME, "president", "posted", "--day", "2999-01-01")


def test_an_update_is_a_draft_until_it_is_sent(db: Database, tmp_path: Path) -> None:
    (tmp_path / "news.md").write_text("The committee **meets**.", encoding="utf-8")

    kept = run(update, NAME, "news.md", "--subject", "News", "--test", "me@example.org").output
    declined = run(update, NAME, "news.md", "--subject", "News", "--send", given="n\n")
    sent = run(update, NAME, "-", "--subject", "News", "--send", "--yes", given="It meets.").output

    assert "would go to 2 readers" in kept
    assert declined.exit_code == 1
    assert "On its way to 2 readers" in sent
    with db.reading() as connection:
        statuses = connection.execute(
            sa.select(models.updates.c.status).order_by(models.updates.c.id)
        ).scalars()
        tests = connection.execute(sa.select(models.outbox.c.to)).scalars().all()
        assert list(statuses) == ["draft", "draft", "sending"]
    assert tests == ["me@example.org"]


def test_an_update_is_scheduled_by_the_campaign_s_clocks(db: Database, tmp_path: Path) -> None:
    day = (NOW + timedelta(days=30)).date()
    done = run(
        update, NAME, "-", "--subject", "News", "--send", "--yes", "--at", f"{day}T09:30",
        given="It meets.",
    ).output  # fmt: skip

    assert "Scheduled: it goes to about 2 readers on " in done
    assert ", 9:30 a.m. E" in done
    with db.reading() as connection:
        row = connection.execute(sa.select(models.updates)).one()
    assert row.status == "draft"
    assert row.send_at > NOW
    assert row.scheduled_by.startswith("cli:")


def test_a_time_needs_the_decision_to_send(db: Database) -> None:
    with pytest.raises(InvalidInput, match="give --send, too"):
        run(update, NAME, "-", "--subject", "News", "--at", "2099-01-01T09:30", given="It meets.")


def test_an_update_without_a_text_is_refused(db: Database) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        run(update, NAME, "nothing.md", "--subject", "News")
