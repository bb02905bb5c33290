"""One frozen `Settings`, read once at start, from the environment, `.env` and `campaign.toml`.

The environment wins over `.env` (in the working directory), which wins over `campaign.toml` (in
CAMPAIGN_HOME). Each name may instead be given as NAME_FILE, the path of a file that holds the
value, as container secrets are. Production refuses to start on an unsafe value.
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

from campaign import mail_address
from campaign.errors import SettingsUnsafe
from campaign.keys import Keyring
from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import zxcvbn
else:
    zxcvbn = lazy_import("zxcvbn")  # 14 MB of word lists, for whoever starts in production

Environment = Literal["production", "development", "demo"]
SmtpSecurity = Literal["none", "starttls", "tls"]

#: The House's system for trying things out: no office reads what is sent there.
CWC_HOUSE_TEST_URL = "https://uat-cwc.house.gov"

#: The file of the demonstration's database, in its CAMPAIGN_HOME.
DEMO_DATABASE = "demo.db"

_ENVIRONMENTS = ("production", "development", "demo")
# What Communicating With Congress demands to know of whoever delivers.
_CWC_NEEDED = ("cwc_agent_name", "cwc_agent_email", "cwc_agent_contact", "cwc_agent_phone")
_PHONE = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{4}")
_MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
# The library takes no more, and slows down where a text repeats itself.
_MAX_SCORED = 64
_STRONG_LOG10 = 38.5
# Of 1,500 random keys of 32 hexadecimal digits the weakest had 0.86.
_RANDOM_SHARE = 0.84
_DEVELOPMENT_KEY = "development-only-key-never-used-in-production"


@dataclass(frozen=True)
class Settings:
    """What the installation is told. Paths are absolute.

    `repr()` never shows a secret.
    """

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
    mail_from: str = "petition@localhost"
    bounce_address: str = ""
    trusted_proxies: int = 0
    geocoder_url: str = "https://geocoding.geo.census.gov/geocoder"
    legislators_url: str = "https://unitedstates.github.io/congress-legislators"
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
        """What keys are derived from: the secret in force, and the one before it."""
        return Keyring(self.secret_key, self.secret_key_previous)

    @property
    def is_production(self) -> bool:
        """True where real people's data may be kept."""
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        """True where the database is a file of this machine, which takes one writer at a time."""
        return self.database_url.startswith("sqlite")

    @property
    def database_file(self) -> Path | None:
        """The database as a file, None where it is a server."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def outbox_folder(self) -> Path:
        """Where mail goes when no SMTP host is set: one .eml file a message."""
        return self.home / "outbox"

    @property
    def campaigns_folder(self) -> Path:
        """Where the campaigns made on this site live, a folder each."""
        return self.home / "campaigns"

    @property
    def cwc_folder(self) -> Path:
        """Where messages to Congress's own system go without a key: one .xml file a message."""
        return self.home / "cwc"

    @property
    def cwc_is_test(self) -> bool:
        """True while the House's test system is written to, which no office reads."""
        return (urlsplit(self.cwc_house_url).hostname or "").startswith("uat-")

    @property
    def congress_folder(self) -> Path:
        """Where refreshed fact tables live; the shipped ones are used until there are any."""
        return self.home / "congress"


def read(
    environ: Mapping[str, str] | None = None, *, working_directory: Path | None = None
) -> Settings:
    """Return the Settings in force.

    Raises SettingsUnsafe with one sentence that names the setting, for a value that cannot be read
    or that production must not run with.
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
        database_url=_database_url(text("DATABASE_URL"), home),
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
        mail_from=_addr_spec(text, "MAIL_FROM")
        or f"petition@{urlsplit(base_url).hostname or 'localhost'}",
        bounce_address=_addr_spec(text, "BOUNCE_ADDRESS"),
        trusted_proxies=number("TRUSTED_PROXIES", 0, maximum=10),
        geocoder_url=text("GEOCODER_URL", Settings.geocoder_url).rstrip("/"),
        legislators_url=text("LEGISLATORS_URL", Settings.legislators_url).rstrip("/"),
        retention_days=number("RETENTION_DAYS", 730, minimum=1, maximum=36500),
        metrics_token=text("METRICS_TOKEN"),
        **_cwc(text),
    )


def _addr_spec(text: Callable[..., str], name: str) -> str:
    given = text(name)
    if given and not mail_address.is_server_address(given):
        raise SettingsUnsafe(f"Set {name} to an address such as petition@example.org.")
    return given


def _cwc(text: Callable[..., str]) -> dict[str, str]:
    """Return the settings of Congress's own system (Communicating With Congress).

    With a key, all that the format demands of the sender must be there, or every message fails.
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
                f"Set {name.upper()} to an https:// address: the key travels in it."
            )
        if url.query or url.username:
            raise SettingsUnsafe(f"Set {name.upper()} without a key: that is CWC_API_KEY.")
    if given["cwc_agent_phone"] and not _PHONE.fullmatch(given["cwc_agent_phone"]):
        raise SettingsUnsafe("Set CWC_AGENT_PHONE as 202-555-0100.")
    if given["cwc_api_key"]:
        missing = [name.upper() for name in _CWC_NEEDED if not given[name]]
        if missing:
            raise SettingsUnsafe(f"With CWC_API_KEY, set {', '.join(missing)} too.")
    return given


def require_safe(settings: Settings) -> Settings:
    """Return `settings` if a web process or a worker may run with them, else raise SettingsUnsafe.

    Look-ups, letters and checks need no secret, so only what serves or mails calls this.
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
            "SECRET_KEY can be guessed: it repeats itself, or is made of words or rows of keys. "
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
            "Set BASE_URL to an https:// address: signatures must not travel in the clear.",
        ),
    ]


def is_guessable(key: str) -> bool:
    """True for a key that somebody who knows how people make them up would find.

    Random characters take about ten guesses to the power of their number; words, repetitions, rows
    of keys and dates take far fewer (zxcvbn, USENIX Security 2016). A key is also strong whose
    guesses are 2 to the power of 128, whatever it is made of.
    """
    judged = key[:_MAX_SCORED]
    guesses_log10 = float(zxcvbn.zxcvbn(judged)["guesses_log10"])
    return guesses_log10 < min(_STRONG_LOG10, _RANDOM_SHARE * len(judged))


def _value(named: Mapping[str, str], name: str) -> str:
    """Return the value of `name`, or what the file named by NAME_FILE holds, or an empty string."""
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


def _database_url(url: str, home: Path) -> str:
    """Return a SQLAlchemy URL; a plain postgres:// address gets the driver that we install."""
    if not url:
        return f"sqlite:///{home / 'campaign.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise SettingsUnsafe("Set DATABASE_URL to a sqlite:/// or postgresql:// address.")
