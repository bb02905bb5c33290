"""Mail to the people who run campaigns: invitations, new passwords, changes to their accounts.

It is in English and from the site, not from a campaign, because an account may serve several.
"""

from datetime import datetime
from email.message import EmailMessage
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import Connection

from campaign import languages
from campaign.delivery import messages
from campaign.delivery.base_mail_sender import BaseMailSender
from campaign.delivery.sender import Send
from campaign.errors import CampaignError
from campaign.link_lifetimes import LIFETIMES, Purpose
from campaign.settings import Settings
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.store.outbox import OutboxRow

#: Kind of mail -> the purpose of its link, None if it has no link to the account.
KINDS: dict[str, Purpose | None] = {
    "invitation": "invitation",
    "added": None,
    "password": "password",
    "password-changed": None,
    "held": None,
    "congress-ends": None,
}


class AccountMailSender(BaseMailSender):
    """Sends mail for outbox rows of `KINDS`.

    Links are made here, so that the database holds none.
    """

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row's mail, or None if it must not be sent."""
        account = _account(connection, row)
        if account is None or not account.active or not _is_due(row.kind, account):
            return None
        message = self._message(row, account, now)
        return partial(self._channel.send, message)

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
            "warning": row.payload.get("warning", ""),
            "held_url": f"{settings.base_url}/organize/{row.campaign}/signers?status=held",
        }
        return messages.written(
            row.kind,
            values,
            language=languages.DEFAULT,
            sender=messages.site_mailbox(settings),
            to=account.email,
            message_id=row.message_id,
            settings=settings,
            now=now,
        )

    def _title(self, campaign: str, now: datetime) -> str:
        """Return the title of a campaign, or "" for all campaigns.

        If its texts cannot be read, return its name.
        """
        try:
            return self._find_pack(campaign, now).text().title
        except CampaignError:
            return "" if campaign in {"", "*"} else campaign


def link(settings: Settings, account: Account, purpose: Purpose | None, now: datetime) -> str:
    """Return the URL that opens the account for that purpose, "" without one."""
    if purpose is None:
        return ""
    token = accounts.token(account, purpose, keyring=settings.keyring, now=now)
    return f"{settings.base_url}/organize/{purpose}/{token}"


def _account(connection: Connection, row: OutboxRow) -> Account | None:
    if "account" in row.payload:
        return accounts.find(connection, int(row.payload["account"]))
    # Someone entered this address; the mail goes to the address that the account has.
    return accounts.find_by_email(connection, row.to)


def _is_due(kind: str, account: Account) -> bool:
    """True while the mail fits the state of the account."""
    return account.is_invited == (kind == "invitation")
