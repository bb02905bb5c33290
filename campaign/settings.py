"""The installation's `Settings`, read once at start from environment, `.env` and `campaign.toml`.

The environment takes precedence over `.env` (in the working directory), and that over
`campaign.toml` (in CAMPAIGN_HOME). For each NAME, NAME_FILE may give the path of a file with the
value instead, as for container secrets. Production refuses to start with an unsafe value.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from dotenv import dotenv_values

from campaign import mail_address, mail_servers
from campaign.errors import SettingsUnsafe
from campaign.keys import Keyring
from campaign.lazy_import import lazy_import
from campaign.mail_servers import MailServer, SmtpSecurity

if TYPE_CHECKING:
    import zxcvbn
else:
    zxcvbn = lazy_import("zxcvbn")  # 14 MB of word lists, needed only at start in production

Environment = Literal["production", "development", "demo"]

#: The House's test system; no office reads what is sent there.
CWC_HOUSE_TEST_URL = "https://uat-cwc.house.gov"

#: The file name of the demo's database, in its CAMPAIGN_HOME.
DEMO_DATABASE = "demo.db"

_ENVIRONMENTS = ("production", "development", "demo")
# The time that a worker has for one message allows for two servers that fail.
_MAX_MAIL_SERVERS = 3
# Settings about the sender that Communicating With Congress requires.
_CWC_NEEDED = ("cwc_agent_name", "cwc_agent_email", "cwc_agent_contact", "cwc_agent_phone")
_PHONE = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{4}")
_MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
# The library is slow on longer or repetitive text.
_MAX_SCORED = 64
_STRONG_LOG10 = 38.5
# The weakest of 1,500 random keys of 32 hexadecimal digits scored 0.86.
_RANDOM_SHARE = 0.84
_DEVELOPMENT_KEY = "development-only-key-never-used-in-production"


@dataclass(frozen=True)
class Settings:
    """The settings of the installation. Paths are absolute; `repr()` does not show secrets."""

    env: Environment
    home: Path
    base_url: str
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    secret_key_previous: str = field(default="", repr=False)
    campaign_paths: tuple[Path, ...] = ()
    redis_url: str = field(default="", repr=False)
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)
    smtp_tls: SmtpSecurity = "starttls"
    #: Instead of the five settings above: servers, the main one first.
    smtp_url: tuple[MailServer, ...] = field(default=(), repr=False)
    mail_from: str = "petition@localhost"
    updates_from: str = ""
    bounce_address: str = ""
    mail_connections: int = 8
    mail_rate: int = 0
    mail_daily: int = 0
    dkim_key: str = field(default="", repr=False)
    dkim_selector: str = "campaign"
    trusted_proxies: int = 0
    geocoder_url: str = "https://geocoding.geo.census.gov/geocoder"
    legislators_url: str = "https://unitedstates.github.io/congress-legislators"
    zip_districts_url: str = "https://www2.census.gov/geo/docs/maps-data/data/rel2020/cd-sld"
    retention_days: int = 730
    metrics_token: str = field(default="", repr=False)
    cwc_house_url: str = CWC_HOUSE_TEST_URL
    cwc_senate_url: str = field(default="", repr=False)
    cwc_api_key: str = field(default="", repr=False)
    cwc_agent_name: str = field(default="", repr=False)
    cwc_agent_email: str = field(default="", repr=False)
    cwc_agent_contact: str = field(default="", repr=False)
    cwc_agent_contact_email: str = field(default="", repr=False)
    cwc_agent_phone: str = field(default="", repr=False)

    @property
    def keyring(self) -> Keyring:
        """The current and the previous secret, from which all keys are derived."""
        return Keyring(self.secret_key, self.secret_key_previous)

    @property
    def is_production(self) -> bool:
        """True if real people's data may be stored."""
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        """True if the database is a SQLite file, which allows one writer at a time."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database, or None."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def mail_servers(self) -> tuple[MailServer, ...]:
        """The servers that take mail, the main one first; none if mail goes into a folder."""
        if self.smtp_url or not self.smtp_host:
            return self.smtp_url
        return (
            MailServer(
                self.smtp_host, self.smtp_port, self.smtp_user, self.smtp_password, self.smtp_tls
            ),
        )

    @property
    def outbox_folder(self) -> Path:
        """The folder for mail if no SMTP host is set: one .eml file for each message."""
        return self.home / "outbox"

    @property
    def campaigns_folder(self) -> Path:
        """The folder of the campaigns made on this site, with a folder for each."""
        return self.home / "campaigns"

    @property
    def cwc_folder(self) -> Path:
        """The folder for CWC messages if no API key is set: one .xml file for each message."""
        return self.home / "cwc"

    @property
    def cwc_is_test(self) -> bool:
        """True if CWC messages go to the House's test system, which no office reads."""
        return (urlsplit(self.cwc_house_url).hostname or "").startswith("uat-")

    @property
    def congress_folder(self) -> Path:
        """The folder of refreshed tables about Congress, which replace the shipped ones."""
        return self.home / "congress"

    @property
    def photos_folder(self) -> Path:
        """The folder of members' photos, named by Bioguide id; it may be missing."""
        return self.home / "photos"

    @property
    def corrections_file(self) -> Path:
        """The table of corrected phones and offices of members of Congress."""
        return self.home / "corrections.csv"


def read(
    environ: Mapping[str, str] | None = None, *, working_directory: Path | None = None
) -> Settings:
    """Return the settings from `environ` (os.environ if None) and the files.

    Raises SettingsUnsafe, naming the setting, for a value that cannot be read or is unsafe for
    production.
    """
    given = dict(os.environ if environ is None else environ)
    dotenv = (working_directory or Path.cwd()) / ".env"
    from_file = (
        {name: value for name, value in dotenv_values(dotenv).items() if value is not None}
        if dotenv.is_file()
        else {}
    )
    named = {**from_file, **given}
    home = Path(_value(named, "CAMPAIGN_HOME") or _default_home()).expanduser().resolve()
    named = {**_from_toml(home / "campaign.toml"), **named}
    return _settings(named, home)


def _settings(named: Mapping[str, str], home: Path) -> Settings:
    def text(name: str, default: str = "") -> str:
        return _value(named, name) or default

    def number(name: str, default: int, *, minimum: int = 0, maximum: int = 10**6) -> int:
        value = text(name, str(default))
        if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
            raise SettingsUnsafe(f"Set {name} to a whole number from {minimum} to {maximum}.")
        return int(value)

    def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = text(name, default)
        if value not in allowed:
            raise SettingsUnsafe(f"Set {name} to one of: {', '.join(allowed)}.")
        return value

    env = cast(Environment, choice("CAMPAIGN_ENV", "production", _ENVIRONMENTS))
    secret_key = text("SECRET_KEY", "" if env == "production" else _DEVELOPMENT_KEY)
    base_url = text("BASE_URL", "" if env == "production" else "http://127.0.0.1:8000").rstrip("/")
    return Settings(
        env=env,
        home=home,
        base_url=base_url,
        database_url=parse_database_url(text("DATABASE_URL"), home=home),
        secret_key=secret_key,
        secret_key_previous=text("SECRET_KEY_PREVIOUS"),
        campaign_paths=tuple(
            Path(part).expanduser().resolve()
            for part in text("CAMPAIGN_PATH").split(os.pathsep)
            if part
        ),
        redis_url=text("REDIS_URL"),
        smtp_host=text("SMTP_HOST"),
        smtp_port=number("SMTP_PORT", 587, minimum=1, maximum=65535),
        smtp_user=text("SMTP_USER"),
        smtp_password=text("SMTP_PASSWORD"),
        smtp_tls=cast(SmtpSecurity, choice("SMTP_TLS", "starttls", ("none", "starttls", "tls"))),
        smtp_url=_mail_servers(text),
        mail_from=_addr_spec(text, "MAIL_FROM")
        or f"petition@{urlsplit(base_url).hostname or 'localhost'}",
        updates_from=_addr_spec(text, "UPDATES_FROM"),
        bounce_address=_addr_spec(text, "BOUNCE_ADDRESS"),
        mail_connections=number("MAIL_CONNECTIONS", 8, minimum=1, maximum=100),
        mail_rate=number("MAIL_RATE", 0),
        mail_daily=number("MAIL_DAILY", 0, maximum=10**9),
        dkim_key=text("DKIM_KEY"),
        dkim_selector=text("DKIM_SELECTOR", Settings.dkim_selector),
        trusted_proxies=number("TRUSTED_PROXIES", 0, maximum=10),
        geocoder_url=text("GEOCODER_URL", Settings.geocoder_url).rstrip("/"),
        legislators_url=text("LEGISLATORS_URL", Settings.legislators_url).rstrip("/"),
        zip_districts_url=text("ZIP_DISTRICTS_URL", Settings.zip_districts_url).rstrip("/"),
        retention_days=number("RETENTION_DAYS", 730, minimum=1, maximum=36500),
        metrics_token=text("METRICS_TOKEN"),
        **_cwc(text),
    )


def _mail_servers(text: Callable[..., str]) -> tuple[MailServer, ...]:
    """Return the servers of SMTP_URL, which are separated by spaces or lines."""
    urls = text("SMTP_URL").split()
    if urls and text("SMTP_HOST"):
        raise SettingsUnsafe("Set SMTP_URL or SMTP_HOST, not both. SMTP_URL can list both servers.")
    if len(urls) > _MAX_MAIL_SERVERS:
        raise SettingsUnsafe(f"Set SMTP_URL to at most {_MAX_MAIL_SERVERS} servers.")
    try:
        return tuple(mail_servers.parse(url) for url in urls)
    except ValueError as error:
        raise SettingsUnsafe(
            "Set SMTP_URL to addresses such as smtp://user:password@mail.example.org:587, with a "
            "space between two. The schemes are smtp, smtps and smtp+plain."
        ) from error


def _addr_spec(text: Callable[..., str], name: str) -> str:
    given = text(name)
    if given and not mail_address.is_server_address(given):
        raise SettingsUnsafe(f"Set {name} to an address such as petition@example.org.")
    return given


def _cwc(text: Callable[..., str]) -> dict[str, str]:
    """Return the settings of Communicating With Congress.

    With an API key, all settings about the sender are required, or every message would fail.
    """
    given = {
        "cwc_house_url": text("CWC_HOUSE_URL", CWC_HOUSE_TEST_URL).rstrip("/"),
        "cwc_senate_url": text("CWC_SENATE_URL").rstrip("/"),
        "cwc_api_key": text("CWC_API_KEY"),
        "cwc_agent_name": text("CWC_AGENT_NAME"),
        "cwc_agent_email": _addr_spec(text, "CWC_AGENT_EMAIL"),
        "cwc_agent_contact": text("CWC_AGENT_CONTACT"),
        "cwc_agent_contact_email": _addr_spec(text, "CWC_AGENT_CONTACT_EMAIL"),
        "cwc_agent_phone": text("CWC_AGENT_PHONE"),
    }
    for name in ("cwc_house_url", "cwc_senate_url"):
        url = urlsplit(given[name])
        is_inside = url.hostname in {"localhost", "127.0.0.1"}
        if given[name] and not (url.scheme == "https" or (url.scheme == "http" and is_inside)):
            raise SettingsUnsafe(
                f"Set {name.upper()} to an https:// address, because the key is part of it."
            )
        if url.query or url.username:
            raise SettingsUnsafe(f"Set {name.upper()} without a key. Put the key into CWC_API_KEY.")
    if given["cwc_agent_phone"] and not _PHONE.fullmatch(given["cwc_agent_phone"]):
        raise SettingsUnsafe("Write CWC_AGENT_PHONE in the form 202-555-0100.")
    if given["cwc_api_key"]:
        missing = [name.upper() for name in _CWC_NEEDED if not given[name]]
        if missing:
            raise SettingsUnsafe(f"With CWC_API_KEY, set {', '.join(missing)} too.")
    return given


def require_safe(settings: Settings) -> Settings:
    """Return `settings` if they are safe for a web process or a worker.

    Lookups, letters and checks need no secret and do not call this. Raises SettingsUnsafe, naming
    the setting.
    """
    for holds, sentence in _requirements(settings):
        if settings.is_production and not holds(settings):
            raise SettingsUnsafe(sentence)
    return settings


def _requirements(settings: Settings) -> list[tuple[Callable[[Settings], bool], str]]:
    url = urlsplit(settings.base_url)
    return [
        (
            lambda s: len(s.secret_key) >= 32 and s.secret_key != _DEVELOPMENT_KEY,
            f"Set SECRET_KEY to at least 32 random characters: {_MAKE_A_KEY}.",
        ),
        (
            lambda s: not is_guessable(s.secret_key),
            "SECRET_KEY is easy to guess: it has repetitions, words or keyboard rows. "
            f"Set it to random characters: {_MAKE_A_KEY}.",
        ),
        (
            lambda s: s.secret_key_previous != s.secret_key,
            "SECRET_KEY_PREVIOUS is the same as SECRET_KEY. Set SECRET_KEY to a new key: "
            f"{_MAKE_A_KEY}.",
        ),
        (
            lambda s: s.database_file is None or s.database_file.name != DEMO_DATABASE,
            f"Set CAMPAIGN_HOME to a folder of its own: this one's {DEMO_DATABASE} holds the "
            "demonstration's made-up signers.",
        ),
        (
            lambda _: url.scheme in {"http", "https"} and bool(url.hostname),
            "Set BASE_URL to the public address of this site, such as https://example.org.",
        ),
        (
            lambda _: url.scheme == "https" or url.hostname in {"localhost", "127.0.0.1"},
            "Set BASE_URL to an https:// address, so that signatures are sent encrypted.",
        ),
    ]


def is_guessable(key: str) -> bool:
    """True for a key that a person made up and that can be guessed.

    A random key of n characters takes about 10**n guesses; words, repetitions, keyboard rows and
    dates take far fewer (zxcvbn, USENIX Security 2016). A key that takes 2**128 guesses is always
    strong.
    """
    judged = key[:_MAX_SCORED]
    guesses_log10 = float(zxcvbn.zxcvbn(judged)["guesses_log10"])
    return guesses_log10 < min(_STRONG_LOG10, _RANDOM_SHARE * len(judged))


def _value(named: Mapping[str, str], name: str) -> str:
    """Return the value of `name`, or the content of the file that NAME_FILE names, or ""."""
    if value := named.get(name, "").strip():
        return value
    path = named.get(f"{name}_FILE", "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsUnsafe(f"{name}_FILE names a file that cannot be read: {path}.") from error


def _from_toml(path: Path) -> dict[str, str]:
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsUnsafe(f"{path} cannot be read as TOML: {error}.") from error
    return {name: str(value) for name, value in loaded.items()}


def _default_home() -> str:
    return str(Path.home() / ".campaign")


def parse_database_url(url: str, *, home: Path) -> str:
    """Return a SQLAlchemy URL; a plain postgres:// address gets the driver that we install."""
    if not url:
        return f"sqlite:///{home / 'campaign.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise SettingsUnsafe("Set DATABASE_URL to a sqlite:/// or postgresql:// address.")
