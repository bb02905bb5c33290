"""Settings are read once, from three places in order, and production refuses what is unsafe."""

from pathlib import Path

import pytest

from campaign import settings
from campaign.errors import SettingsUnsafe
from campaign.mail_servers import MailServer

SAFE = {
    "SECRET_KEY": "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
    "BASE_URL": "https://petition.example.org",
}


def read(tmp_path: Path, **environ: str) -> settings.Settings:
    return settings.read(
        {"CAMPAIGN_HOME": str(tmp_path), **environ}, working_directory=tmp_path / "nowhere"
    )


def test_production_is_the_default_and_refuses_to_serve_without_a_secret(tmp_path: Path) -> None:
    read_settings = read(tmp_path)

    assert read_settings.is_production
    with pytest.raises(SettingsUnsafe, match="SECRET_KEY"):
        settings.require_safe(read_settings)


def test_the_development_key_is_never_safe_in_production(tmp_path: Path) -> None:
    development = read(tmp_path, CAMPAIGN_ENV="development")

    with pytest.raises(SettingsUnsafe, match="SECRET_KEY"):
        settings.require_safe(
            read(tmp_path, BASE_URL=SAFE["BASE_URL"], SECRET_KEY=development.secret_key)
        )


@pytest.mark.parametrize(
    "key",
    [
        "k" * 48,
        "x" * 400,
        "abcd" * 8,
        "changeme" * 4,
        "12345678901234567890123456789012",
        "0123456789abcdef0123456789abcdef",
        "thisisaverysecretkeyforproduction",
        "correcthorsebatterystaplecorrect",
        "qwertyuiopasdfghjklzxcvbnm123456",
        "please-change-this-secret-key-now!",
        "your-secret-key-here-your-secret-key",
        "a-key-for-tests-alone-0123456789abcdef",
        "00000000-0000-0000-0000-000000000000",
        "petition.example.org-secret-key-2026",
    ],
)
def test_production_refuses_a_key_that_can_be_guessed(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsUnsafe, match="SECRET_KEY is easy to guess"):
        settings.require_safe(read(tmp_path, **{**SAFE, "SECRET_KEY": key}))


@pytest.mark.parametrize(
    "key",
    [
        "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
        "7f3c9a41e8d26b05f1943ce07ab85d62",
        "xqvjzkpwhgbdtmfycrnlsoaeiuqzxwvk",
        "L0x1oR5bYg3mT7dUeK9nVhZqC2pWjS8fXaI4vN6yBtMrGkEuHzQiDsJlPwFcOe0",
        "granite umbel quixotic frieze nebula tundra oboe lathe ziggurat kelp fjord",
    ],
)
def test_production_takes_a_key_of_random_characters(tmp_path: Path, key: str) -> None:
    settings.require_safe(read(tmp_path, **{**SAFE, "SECRET_KEY": key}))


@pytest.mark.parametrize("url", ["", "petition.example.org", "http://petition.example.org"])
def test_production_needs_a_public_https_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsUnsafe, match="BASE_URL"):
        settings.require_safe(read(tmp_path, **{**SAFE, "BASE_URL": url}))


def test_safe_settings_pass_and_their_repr_shows_no_secret(tmp_path: Path) -> None:
    safe = settings.require_safe(
        read(tmp_path, **SAFE, SMTP_PASSWORD="hunter2hunter2", DATABASE_URL="postgres://u:pw@h/db")
    )

    assert safe.database_url == "postgresql+psycopg://u:pw@h/db"
    for secret in (SAFE["SECRET_KEY"], "hunter2", "pw@h"):
        assert secret not in repr(safe)


def test_the_environment_wins_over_dotenv_which_wins_over_toml(tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_text('SMTP_HOST = "toml"\nSMTP_PORT = 25\nMAIL_FROM = "t@x"')
    (tmp_path / ".env").write_text("SMTP_HOST=dotenv\nMAIL_FROM=d@x\n")

    given = settings.read(
        {"CAMPAIGN_HOME": str(tmp_path), "MAIL_FROM": "e@x"}, working_directory=tmp_path
    )

    assert (given.smtp_port, given.smtp_host, given.mail_from) == (25, "dotenv", "e@x")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")

    assert read(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "f" * 40
    with pytest.raises(SettingsUnsafe, match="SECRET_KEY_FILE"):
        read(tmp_path, SECRET_KEY_FILE=str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAMPAIGN_ENV", "staging"),
        ("SMTP_PORT", "many"),
        ("SMTP_TLS", "ssl"),
        ("DATABASE_URL", "mysql://x"),
        ("TRUSTED_PROXIES", "-1"),
        ("RETENTION_DAYS", "0"),
        ("MAIL_CONNECTIONS", "0"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:port"),
        ("SMTP_URL", " ".join(["smtp://mail.example.org"] * 4)),
    ],
)
def test_a_value_that_cannot_be_used_names_its_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsUnsafe, match=name):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(
    "name",
    ["MAIL_FROM", "UPDATES_FROM", "BOUNCE_ADDRESS", "CWC_AGENT_EMAIL", "CWC_AGENT_CONTACT_EMAIL"],
)
def test_an_address_is_an_address(tmp_path: Path, name: str) -> None:
    read(tmp_path, **{name: "petition@mail.example.org"})
    for wrong in ("petition", "petition@example..org", "Petition <petition@example.org>"):
        with pytest.raises(SettingsUnsafe, match=name):
            read(tmp_path, **{name: wrong})


def test_mail_servers_are_one_host_or_a_list(tmp_path: Path) -> None:
    one = read(tmp_path, SMTP_HOST="mail.example.org", SMTP_USER="u", SMTP_TLS="tls")
    several = read(
        tmp_path,
        SMTP_URL="smtp://u%40x:p%20w@a.example.org smtps://b.example.org smtp+plain://127.0.0.1",
    )

    assert one.mail_servers == (MailServer("mail.example.org", 587, "u", "", "tls"),)
    assert several.mail_servers == (
        MailServer("a.example.org", 587, "u@x", "p w", "starttls"),
        MailServer("b.example.org", 465, "", "", "tls"),
        MailServer("127.0.0.1", 25, "", "", "none"),
    )
    assert read(tmp_path).mail_servers == ()
    assert "p w" not in repr(several)
    with pytest.raises(SettingsUnsafe, match="not both"):
        read(tmp_path, SMTP_HOST="a.example.org", SMTP_URL="smtp://b.example.org")
