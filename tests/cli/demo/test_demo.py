"""`campaign demo`: made-up signers, the same each time, kept away from real ones."""

import dataclasses
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from sqlalchemy import select

from campaign import paths
from campaign.cli import cli
from campaign.cli.demo import demo, organizer, signers
from campaign.congress import dataset
from campaign.errors import SettingsUnsafe
from campaign.organizing import dashboard
from campaign.packs import pack as packs
from campaign.petition import public_counts
from campaign.settings import DEMO_DATABASE, Settings, require_safe
from campaign.settings import read as read_settings
from campaign.store import accounts, models
from campaign.store.db.engine import Database

NAME = "section-907"
NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of the demonstration's database, filled once for all tests that copy it."""
    settings = demo.demo_settings(tmp_path_factory.mktemp("demo"), "127.0.0.1", 8000)
    demo.prepare(settings, NOW)
    return (settings.home / DEMO_DATABASE).read_bytes()


@pytest.fixture
def prepared(tmp_path: Path, filled: bytes) -> Settings:
    settings = demo.demo_settings(tmp_path, "127.0.0.1", 8000)
    (tmp_path / DEMO_DATABASE).write_bytes(filled)
    return settings


def people(settings: Settings) -> list[tuple[object, ...]]:
    db = Database(settings.database_url)
    table = models.signatures.c
    wanted = select(table.first_name, table.last_name, table.zip, table.email, table.confirmed_at)
    with db.reading() as connection:
        counted = wanted.where(table.status == "confirmed").order_by(table.id)
        rows = [tuple(row) for row in connection.execute(counted)]
    db.dispose()
    return rows


def test_the_counts_agree_with_the_signatures(prepared: Settings) -> None:
    db = Database(prepared.database_url)

    assert public_counts.count(db, NAME) == signers.SIGNERS == len(people(prepared))
    by_state = public_counts.by_state(db, NAME)
    assert sum(by_state.values()) == signers.SIGNERS
    assert len(by_state) > 30
    assert sum(public_counts.by_district(db, NAME).values()) == signers.SIGNERS
    assert max(public_counts.by_day(db, NAME)) <= NOW.date()
    assert len(public_counts.shown_signers(db, NAME, 12)) == 12
    assert public_counts.approved_comments(db, NAME, 6)
    db.dispose()


def test_the_signers_are_the_same_each_time(prepared: Settings, tmp_path: Path) -> None:
    again = demo.demo_settings(tmp_path / "again", "127.0.0.1", 8000)
    demo.prepare(again, NOW)

    assert people(again) == people(prepared)


def test_every_address_is_at_a_domain_that_nobody_has(prepared: Settings) -> None:
    assert all(str(row[3]).endswith("@example.org") for row in people(prepared))


def test_an_organizer_finds_something_in_every_list(prepared: Settings) -> None:
    db = Database(prepared.database_url)
    pack = packs.load(paths.data() / "campaigns" / NAME, NOW.date())
    found = dashboard.campaign_figures(db, pack, dataset.load(paths.data() / "congress"), NOW)
    db.dispose()

    assert min(count for _, count, _ in found.funnel.steps()) > 0
    assert (found.waits.held, found.waits.flagged, found.waits.comments) == (3, 7, 3)
    assert sum(one.letters for one in found.members) > 100
    assert sum(one.calls for one in found.members) > 20
    assert found.mail.sent > 0


def test_nobody_is_put_into_a_district_by_old_lines(tmp_path: Path) -> None:
    settings = demo.demo_settings(tmp_path, "127.0.0.1", 8000)

    demo.prepare(settings, datetime(2027, 1, 4, 12, 0, tzinfo=UTC))

    db = Database(settings.database_url)
    with db.reading() as connection:
        states = {*connection.scalars(select(models.signatures.c.state).distinct())}
    db.dispose()
    redrawn = {line.state for line in dataset.load(paths.data() / "congress").new_lines}
    assert "CA" in redrawn
    assert states
    assert not states & redrawn


def test_no_mail_waits_for_made_up_people(prepared: Settings) -> None:
    db = Database(prepared.database_url)
    with db.reading() as connection:
        assert connection.execute(select(models.outbox.c.id)).all() == []
    db.dispose()


def test_a_second_start_keeps_what_was_signed_and_fresh_forgets_it(
    prepared: Settings,
) -> None:
    db = Database(prepared.database_url)
    with db.writing() as connection:
        connection.execute(models.journal.insert(), {"campaign": NAME, "day": NOW, "delta": 1})
    db.dispose()
    prepared.outbox_folder.mkdir()
    (prepared.outbox_folder / "x.eml").write_text("mail")
    (prepared.home / "campaign.db").write_text("somebody's real database")

    assert demo.prepare(prepared, NOW) == signers.SIGNERS + 1
    demo.forget(prepared)
    assert demo.prepare(prepared, NOW) == signers.SIGNERS

    assert list(prepared.outbox_folder.iterdir()) == []
    assert (prepared.home / "campaign.db").read_text() == "somebody's real database"


def test_its_organizer_has_a_password_of_its_own_that_lasts(prepared: Settings) -> None:
    first = demo.open_the_office(prepared, NOW)
    file = prepared.home / organizer.PASSWORD_FILE

    assert demo.open_the_office(prepared, NOW) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.password not in repr(first)
    db = Database(prepared.database_url)
    with db.reading() as connection:
        account = accounts.find_by_email(connection, first.address)
    db.dispose()
    assert account is not None
    assert account.grants == {"*": "owner"}
    assert PasswordHasher().verify(account.password or "", first.password)

    demo.forget(prepared)
    assert not file.exists()
    demo.prepare(prepared, NOW)
    assert demo.open_the_office(prepared, NOW).password != first.password


def test_a_demonstration_reaches_neither_a_real_database_nor_a_mail_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = 'DATABASE_URL = "postgresql://db.example.org/real"\nSMTP_HOST = "mail.example.org"\n'
    (tmp_path / "campaign.toml").write_text(real)
    (tmp_path / ".env").write_text(real.replace(" ", ""))
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/real")
    monkeypatch.setenv("SMTP_HOST", "mail.example.org")

    told = demo.demo_settings(tmp_path, "127.0.0.1", 8000)

    assert told.env == "demo"
    assert told.database_url == f"sqlite:///{tmp_path / 'demo.db'}"
    assert told.smtp_host == ""
    assert told.geocoder_url.startswith("http://127.0.0.1:")
    assert dataclasses.replace(told, env="production").is_production


def test_other_commands_find_a_demonstration_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = demo.demo_settings(tmp_path / "demo", "127.0.0.1", 8000)
    demo.leave_settings(settings)
    demo.prepare(settings, NOW)
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "CAMPAIGN_ENV", "SECRET_KEY", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAMPAIGN_HOME", "demo")

    told = CliRunner().invoke(cli, ["figures", NAME])

    assert told.exit_code == 0, told.output
    assert f"{signers.SIGNERS}" in told.output.replace(",", "")
    assert read_settings().database_url == settings.database_url
    assert read_settings().env == "demo"
    assert not (tmp_path / "demo" / "campaign.db").exists()
    monkeypatch.setenv("CAMPAIGN_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA")
    in_production = read_settings()
    with pytest.raises(SettingsUnsafe, match="made-up signers"):
        require_safe(in_production)


@pytest.mark.parametrize("file", ["campaign.toml", "campaign.db"])
def test_a_real_campaigns_folder_keeps_meaning_that_campaign(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text('SMTP_HOST = "mail.example.org"\n')

    demo.leave_settings(demo.demo_settings(tmp_path, "127.0.0.1", 8000))

    assert [path.name for path in tmp_path.iterdir()] == [file]
    assert (tmp_path / file).read_text() == 'SMTP_HOST = "mail.example.org"\n'


def test_it_prints_where_to_go_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from campaign.cli import main; main()"),
                *("demo", "--port", str(port)),
            ],
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**bare, "PYTHONUNBUFFERED": "1"},
        )
        try:
            said = ""
            deadline = time.monotonic() + 90
            while "Ctrl-C" not in said:
                assert process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.2)
                said = (tmp_path / "log").read_text()
            [address] = re.findall(r"campaign is at +(\S+)", said)
            with urllib.request.urlopen(address, timeout=30) as answer:
                page = answer.read().decode()
            with urllib.request.urlopen(f"{address}demo/outbox", timeout=30) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
            status = process.wait(timeout=60)

    assert f"{signers.SIGNERS} made-up people" in said
    assert str(signers.SIGNERS) in page
    assert "DEMO" in page
    assert status == 0
    assert (tmp_path / "demo" / "demo.db").exists()
    assert "Traceback" not in (tmp_path / "log").read_text()
