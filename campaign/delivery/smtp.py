"""Send mail by SMTP, or into a folder if no SMTP host is set.

Both channels take a finished message with one recipient. They return if it was accepted, or raise
DeliveryDelayed (try again later) or DeliveryRefused (never try again). Several threads may use one
channel.
"""

import tempfile
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Protocol

from campaign import files
from campaign.delivery import dkim_signer
from campaign.delivery.dkim_signer import Sign
from campaign.delivery.smtp_connection import STEP_TIMEOUT_S, SmtpConnection
from campaign.delivery.smtp_pool import FallbackServers, SmtpPool
from campaign.delivery.wire_policy import WIRE, WIRE_UTF8
from campaign.errors import DeliveryDelayed, DeliveryRefused
from campaign.settings import Settings


class MailChannel(Protocol):
    """A way to send mail."""

    def send(self, message: EmailMessage) -> None:
        """Send a message, or raise DeliveryDelayed or DeliveryRefused."""

    def check(self) -> None:
        """Try the channel without sending; raises DeliveryDelayed with the problem."""

    def close(self) -> None:
        """Close what is open between messages."""


class SmtpChannel:
    """Sends to the servers of the settings over up to MAIL_CONNECTIONS connections each.

    Thread-safe. The envelope sender is BOUNCE_ADDRESS or MAIL_FROM. Raises SettingsUnsafe if
    DKIM_KEY cannot be used.
    """

    def __init__(self, settings: Settings, *, step_timeout_s: float = STEP_TIMEOUT_S) -> None:
        sender = settings.bounce_address or settings.mail_from
        encode = partial(_encoded, dkim_signer.signer(settings))
        self._servers = FallbackServers(
            [
                SmtpPool(
                    partial(SmtpConnection, server, sender, encode, step_timeout_s=step_timeout_s),
                    settings.mail_connections,
                )
                for server in settings.mail_servers
            ]
        )

    def send(self, message: EmailMessage) -> None:
        """Send a message; raises DeliveryDelayed or DeliveryRefused (`SmtpConnection.send`)."""
        self._servers.send(only_recipient(message), message)

    def check(self) -> None:
        """Connect and log in without sending; raises DeliveryDelayed with the problem."""
        self._servers.check()

    def close(self) -> None:
        """Close the connections that are not in use; the next message opens a new one."""
        self._servers.close()


class FolderChannel:
    """Writes each message to an .eml file named by its Message-ID; nothing is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: EmailMessage) -> None:
        """Write a complete file or none; a second attempt replaces the first.

        Raises DeliveryDelayed if the folder cannot be written.
        """
        only_recipient(message)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        if not name.replace("-", "").replace("_", "").isalnum():
            raise DeliveryRefused("The message's id cannot name a file.")
        try:
            # The mail contains links that act for people, so other users cannot read the folder.
            files.make_own_folder(self._path)
            files.write(self._path / f"{name}.eml", message.as_bytes())
        except OSError as error:
            raise DeliveryDelayed(
                f"The mail folder cannot be written ({error.strerror}).", whole_channel=True
            ) from error

    def check(self) -> None:
        """Write and remove a file; raises DeliveryDelayed if the folder cannot be written."""
        try:
            files.make_own_folder(self._path)
            with tempfile.TemporaryFile(dir=self._path):
                pass
        except OSError as error:
            raise DeliveryDelayed(
                f"The mail folder {self._path} cannot be written ({error.strerror}).",
                whole_channel=True,
            ) from error

    def close(self) -> None:
        """Nothing is open."""


def channel(settings: Settings) -> SmtpChannel | FolderChannel:
    """Return the channel of the settings: SMTP if there is a server, otherwise the folder."""
    return SmtpChannel(settings) if settings.mail_servers else FolderChannel(settings.outbox_folder)


def only_recipient(message: EmailMessage) -> str:
    """Return the addr-spec of the only recipient; raises DeliveryRefused if there are others."""
    addresses = [address for header in message.get_all("To", []) for address in header.addresses]
    if len(addresses) != 1 or message["Cc"] or message["Bcc"]:
        raise DeliveryRefused("A message must have exactly one address.")
    return str(addresses[0].addr_spec)


def _encoded(sign: Sign | None, message: EmailMessage, utf8: bool) -> bytes:
    content = message.as_bytes(policy=WIRE_UTF8 if utf8 else WIRE)
    return content if sign is None else sign(message, content) + content
