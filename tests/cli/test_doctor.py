"""`campaign doctor`: each fault it knows is found and said, and a sound installation passes."""

import dataclasses
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign import paths, settings
from campaign.cli.doctor import doctor as doctor_module
from campaign.cli.doctor.doctor import examine
from campaign.cli.doctor.finding import Finding
from campaign.settings import Settings
from campaign.store import counts, heartbeats, jobs, outbox
from campaign.store.db.engine import Database
from campaign.store.heartbeats import Thread
from campaign.store.mail_quota import MailQuota
from tests.databases import with_tables

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def sound(tmp_path: Path) -> Settings:
    """A production installation without a fault, but for a mail server that nobody asks here."""
    told = settings.read(
        {
            "CAMPAIGN_HOME": str(tmp_path),
            "SECRET_KEY": "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
            "BASE_URL": "https://petition.example.org",
            "MAIL_FROM": "petition@example.org",
            "TRUSTED_PROXIES": "1",
        },
        working_directory=tmp_path,
    )
    tmp_path.chmod(0o700)
    with_tables(told.database_url).dispose()
    own = tmp_path / "campaigns" / "section-907"
    shutil.copytree(paths.data() / "campaigns" / "section-907", own)
    text = (own / "campaign.toml").read_text()
    text = text.replace("organizer@example.org", "office@campaign.internal")
    (own / "campaign.toml").write_text(f"{text}\n{FUNDING}")
    return told


#: What the bundled campaign leaves for its organizer to answer.
FUNDING = '[funding]\npaid_for_by = "River Friends"\nforeign_principal = false\n'


def test_a_public_campaign_that_does_not_say_who_pays_is_noted(
    sound: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "campaigns" / "section-907" / "campaign.toml"
    file.write_text(file.read_text().replace(FUNDING, ""))

    (one,) = (one for one in look(sound) if one.check == "section-907")

    assert one.status == "note"
    assert "does not say who pays for it" in one.says


def look(told: Settings, now: datetime = NOW) -> list[Finding]:
    return list(examine(told, now))


def faults(found: list[Finding]) -> str:
    return "\n".join(f"{one.check}: {one.says}" for one in found if one.status == "fix")


def test_a_campaign_that_would_go_offline_with_its_bill_is_noted(
    sound: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "campaigns" / "section-907"
    bill = '\n[[bill]]\nnumber = "H.R. 7000"\ncongress = 119\nside = "for"\n'
    settings_file, petition = folder / "campaign.toml", folder / "petition.md"
    settings_file.write_text(settings_file.read_text() + bill)
    text = re.sub("(?m)^headline = .*$", 'headline = "Pass HR 7000"', petition.read_text(), count=1)
    petition.write_text(text)

    said = " ".join(one.says for one in look(sound) if one.check == "section-907")

    assert "On January 3, 2027, at noon" in said
    assert "nothing is left of the headline" in said


def test_only_the_missing_mail_server_keeps_a_sound_installation_from_use(sound: Settings) -> None:
    found = look(sound)

    assert [one.check for one in found if one.status == "fix"] == ["mail"]
    assert "SMTP_HOST" in faults(found)
    good = {one.check for one in found if one.status == "good"}
    assert good == {
        *(
            "settings",
            "database",
            "outbox",
            "counts",
            "limits",
            "congress",
            "section-907",
            "letters",
        )
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": "ab" * 20}, "is easy to guess"),
        ({"base_url": "http://petition.example.org"}, "https://"),
        ({"mail_from": "petition@localhost"}, "MAIL_FROM"),
        ({"smtp_host": "127.0.0.1", "smtp_port": 1}, "cannot be reached"),
        ({"redis_url": "redis://127.0.0.1:1/0"}, "REDIS_URL"),
        ({"database_url": "postgresql+psycopg://a@127.0.0.1:1/b"}, "database"),
    ],
)
def test_an_unfit_setting_is_named(change: dict[str, object], said: str, sound: Settings) -> None:
    told = dataclasses.replace(sound, **change)  # type: ignore[arg-type]

    assert said in faults(look(told))


def test_a_database_that_is_not_there_is_not_made_by_looking(sound: Settings) -> None:
    file = sound.home / "other.db"

    found = look(dataclasses.replace(sound, database_url=f"sqlite:///{file}"))

    assert "campaign db upgrade" in faults(found)
    assert not file.exists()


def test_an_open_database_file_is_noted(sound: Settings) -> None:
    (sound.home / "campaign.db").chmod(0o644)

    assert any("chmod" in one.says for one in look(sound) if one.status == "note")


def test_mail_that_nobody_sends_is_found(sound: Settings) -> None:
    db = Database(sound.database_url)
    with db.writing() as connection:
        outbox.enqueue(
            connection,
            "confirm",
            campaign="section-907",
            to="ada@example.org",
            payload={},
            now=NOW - timedelta(hours=1),
        )
    db.dispose()

    assert "campaign worker" in faults(look(sound))


def test_a_daily_cap_that_is_used_up_is_noted(sound: Settings) -> None:
    capped = dataclasses.replace(sound, mail_daily=3)
    quota = MailQuota(daily=3)
    with Database(sound.database_url) as db, db.writing() as connection:
        quota.allowed(connection, NOW)
        quota.use(connection, 3, NOW)

    assert any("MAIL_DAILY" in one.says for one in look(capped) if one.status == "note")
    assert not any("MAIL_DAILY" in one.says for one in look(sound))


def test_old_data_is_noted_and_data_of_the_last_congress_must_be_refreshed(
    sound: Settings,
) -> None:
    autumn = look(sound, datetime(2026, 11, 24, tzinfo=UTC))
    next_congress = look(sound, datetime(2027, 1, 10, tzinfo=UTC))

    assert any("days ago" in one.says for one in autumn if one.check == "congress")
    assert "campaign data refresh" in faults(next_congress)


def test_the_end_of_a_congress_is_noted_60_days_ahead(sound: Settings) -> None:
    def says(now: datetime) -> str:
        return " ".join(one.says for one in look(sound, now) if one.check == "congress")

    assert "Congress ends" not in says(datetime(2026, 11, 1, tzinfo=UTC))
    assert "The 119th Congress ends in 30 days" in says(datetime(2026, 12, 4, 12, tzinfo=UTC))
    assert "Congress ends" not in says(datetime(2027, 1, 10, tzinfo=UTC))


def test_the_example_organizer_may_not_run_a_campaign(sound: Settings) -> None:
    shutil.rmtree(sound.home / "campaigns")

    in_production = look(sound)
    in_development = look(dataclasses.replace(sound, env="development"))

    assert "organizer's email is still an example" in faults(in_production)
    assert faults(in_development) == ""


def test_a_campaign_with_faults_is_named(sound: Settings) -> None:
    (sound.home / "campaigns" / "section-907" / "campaign.toml").write_text("published = maybe")

    assert "campaign check section-907" in faults(look(sound))


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_prints_a_line_each_or_json_and_exits_by_what_it_found(
    as_json: bool, sound: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_module, "read_settings", lambda: sound)

    ran = CliRunner().invoke(doctor_module.doctor, ["--json"] if as_json else [])

    assert ran.exit_code == 1
    if as_json:
        told = json.loads(ran.output)
        assert told["ready"] is False
        assert {"check", "status", "says"} == set(told["checks"][0])
    else:
        assert all(line.split()[0] in {"good", "note", "fix"} for line in ran.output.splitlines())


def test_a_fit_development_installation_exits_with_nothing_to_fix(
    sound: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = dataclasses.replace(sound, env="development")
    monkeypatch.setattr(doctor_module, "read_settings", lambda: fit)

    ran = CliRunner().invoke(doctor_module.doctor, [])

    assert ran.exit_code == 0, ran.output


def test_no_line_shows_a_secret(sound: Settings) -> None:
    told = dataclasses.replace(sound, smtp_host="127.0.0.1", smtp_port=1, smtp_password="hunter22")

    said = "\n".join(one.says for one in look(told))

    assert "hunter22" not in said
    assert sound.secret_key not in said


def test_a_count_that_the_signatures_do_not_bear_out_is_found(sound: Settings) -> None:
    db = Database(sound.database_url)
    with db.writing() as connection:
        counts.add(connection, {("section-907", "total", ""): -3})
    db.dispose()

    assert "counts: section-907: 1 of its figures" in faults(look(sound))
    assert "campaign db recount" in faults(look(sound))


def beat(told: Settings, thread: Thread, at: datetime) -> None:
    db = Database(told.database_url)
    with db.writing() as connection:
        heartbeats.beat(connection, "one", thread, now=at)
    db.dispose()


def test_a_thread_of_the_worker_that_takes_no_turns_is_found(sound: Settings) -> None:
    said = {one.check: one for one in look(sound)}
    assert said["worker"].status == "note"

    for thread in heartbeats.THREADS:
        beat(sound, thread, NOW - timedelta(seconds=20))
    said = {one.check: one for one in look(sound)}
    assert said["worker"].says == "Each thread was active within the past 20 seconds."

    beat(sound, "integrations", NOW - timedelta(minutes=11))
    assert "worker: The worker's thread for webhooks and other systems was last active" in faults(
        look(sound)
    )


def test_a_long_job_is_no_fault_of_the_worker(sound: Settings) -> None:
    beat(sound, "mail", NOW)
    beat(sound, "jobs", NOW - timedelta(minutes=11))
    assert "long jobs" in faults(look(sound))
    db = Database(sound.database_url)
    with db.writing() as connection:
        jobs.queue(connection, "export", campaign="section-907", actor="user:1", params={}, now=NOW)
        jobs.lease(connection, kinds=["export"], now=NOW)
    db.dispose()

    assert "long jobs" not in faults(look(sound))
