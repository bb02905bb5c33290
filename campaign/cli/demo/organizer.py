"""The demonstration's organizer: an account that owns the campaign, with a random password."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaign import files
from campaign.organizing.accounts import passwords
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN
from campaign.store import accounts
from campaign.store.db.engine import Database

#: The organizer's address; example.org accepts no mail.
ADDRESS = "organizer@example.org"
_NAME = "Demo Organizer"
#: The file with the password, beside the demonstration's database.
PASSWORD_FILE = "organizer-password.txt"  # noqa: S105


@dataclass(frozen=True)
class LogIn:
    """What to type on the log-in page."""

    address: str
    password: str = field(repr=False)


def prepare(db: Database, home: Path, now: datetime) -> LogIn:
    """Create the organizer's account where it is missing, and return how to log in.

    The password is random, and stays the same until the demonstration is deleted.
    """
    file = home / PASSWORD_FILE
    password = _read(file)
    with db.writing() as connection:
        account = accounts.find_by_email(connection, ADDRESS)
        if account is None:
            account = accounts.add(connection, email=ADDRESS, name=_NAME, now=now)
            accounts.grant(connection, account.id, campaign=EVERY_CAMPAIGN, role="owner", now=now)
            password = ""
        if not password:
            password = f"demo-{secrets.token_hex(6)}"
            accounts.change(connection, account.id, password=passwords.hash_password(password))
            accounts.end_sessions(connection, account.id)
            files.write(file, f"{password}\n".encode("ascii"))
    return LogIn(ADDRESS, password)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
