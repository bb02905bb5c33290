"""Mail to the people who run campaigns: the way in, a new password, what became of their account.

In plain English, from the site and not from a campaign: an account may serve several.
"""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import Connection

from campaign import languages
from campaign.delivery import messages
from campaign.delivery.outbox import Send
from campaign.delivery.smtp import MailChannel
from campaign.errors import CampaignError
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.store.outbox import OutboxRow
from campaign.store.tokens import LIFETIMES, Purpose

#: Kind of mail -> the purpose of the link in it, None where none opens the account.
KINDS: dict[str, Purpose | None] = {
    "invitation": "invitation",
    "added": None,
    "password": "password",
    "password-changed": None,
    "held": None,
}


class AccountMailSender:
    """Writes mail for rows of `KINDS`; links are derived here, so that the database holds none."""

    def __init__(
        self,
        settings: Settings,
        channel: MailChannel,
        *,
        find_pack: Callable[[str, datetime], Pack],
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._find_pack = find_pack

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return what sends this row's mail, None where no account is there to read it."""
        account = _account(connection, row)
        if account is None or not account.active or not _is_due(row.kind, account):
            return None
        message = self._message(row, account, now)
        return partial(self._channel.send, message)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _message(self, row: OutboxRow, account: Account, now: datetime) -> EmailMessage:
        settings = self._settings
        site = urlsplit(settings.base_url)
        values = {
            "language": languages.DEFAULT,
            "name": account.name,
            "campaign": self._title(row.campaign, now),
            "site_name": site.netloc,
            "site": f"{settings.base_url}/organize/",
            "link": link(settings, account, KINDS[row.kind], now),
            "days": LIFETIMES["invitation"].days,
            "hours": LIFETIMES["password"].seconds // 3600,
            "count": row.payload.get("count", 0),
            "held_url": f"{settings.base_url}/organize/{row.campaign}/signers?status=held",
        }
        return messages.written(
            row.kind,
            values,
            language=languages.DEFAULT,
            from_name=site.netloc,
            to=account.email,
            message_id=row.message_id,
            settings=settings,
            now=now,
        )

    def _title(self, campaign: str, now: datetime) -> str:
        """The campaign's title; its name where its texts cannot be read, "" for every one."""
        try:
            return self._find_pack(campaign, now).text().title
        except CampaignError:
            return "" if campaign in {"", "*"} else campaign


def link(settings: Settings, account: Account, purpose: Purpose | None, now: datetime) -> str:
    """Return the address that opens the account for that purpose, "" for none."""
    if purpose is None:
        return ""
    token = accounts.token(account, purpose, keyring=settings.keyring, now=now)
    return f"{settings.base_url}/organize/{purpose}/{token}"


def _account(connection: Connection, row: OutboxRow) -> Account | None:
    if "account" in row.payload:
        return accounts.find(connection, int(row.payload["account"]))
    # Asked for by whoever typed the address; the mail goes to the address of the account.
    return accounts.find_by_email(connection, row.to)


def _is_due(kind: str, account: Account) -> bool:
    """True while the account stands where the mail would say it does."""
    return account.is_invited == (kind == "invitation")
