"""Send mail by SMTP, or into a folder if no SMTP host is set.

Both channels take a finished message with one recipient. They return if it was accepted, or raise
DeliveryDelayed (try again later) or DeliveryRefused (never try again). The meaning of replies
follows RFC 5321, section 4.2.1, and their enhanced status codes (RFC 3463). A server that blocks
this sender may stop doing so, so such mail is tried again; it says nothing about the recipient's
mailbox.
"""

import contextlib
import smtplib
import ssl
import tempfile
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path
from typing import Protocol, cast

from campaign import files
from campaign.delivery import status_codes
from campaign.errors import DeliveryDelayed, DeliveryRefused
from campaign.settings import Settings

# The time limit of each step: connecting, or a command and its reply.
_STEP_TIMEOUT_S = 20.0


class MailChannel(Protocol):
    """A way to send mail."""

    def send(self, message: EmailMessage) -> None:
        """Send a message, or raise DeliveryDelayed or DeliveryRefused."""

    def check(self) -> None:
        """Try the channel without sending; raises DeliveryDelayed with the problem."""

    def close(self) -> None:
        """Close what is open between messages."""


class SmtpChannel:
    """Sends over one SMTP connection, opened for the first message and reused until closed."""

    def __init__(self, settings: Settings, *, step_timeout_s: float = _STEP_TIMEOUT_S) -> None:
        self._settings = settings
        self._timeout = step_timeout_s
        self._connection: smtplib.SMTP | None = None
        # The address for bounce reports.
        self._sender = settings.bounce_address or settings.mail_from

    def send(self, message: EmailMessage) -> None:
        """Send a message to its one recipient; the envelope sender is BOUNCE_ADDRESS or MAIL_FROM.

        Raises DeliveryRefused if the server permanently refuses this recipient or this text (5xx),
        and DeliveryDelayed otherwise, with `whole_channel` if the server cannot be used at all. If
        the connection drops after the text was sent, the message counts as delayed: the next
        attempt has the same Message-ID, so that a duplicate can be recognized.
        """
        recipient = only_recipient(message)
        try:
            self._transact(recipient, message)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            raise DeliveryDelayed("The mail server closed the connection.") from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise DeliveryDelayed(
                f"The mail server violated the protocol ({type(error).__name__})."
            ) from error

    def check(self) -> None:
        """Connect and log in without sending; raises DeliveryDelayed with the problem."""
        try:
            self._connected().noop()
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection; the next message opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except smtplib.SMTPAuthenticationError as error:
                raise DeliveryDelayed(
                    "The mail server refused SMTP_USER and SMTP_PASSWORD.", whole_channel=True
                ) from error
            except smtplib.SMTPNotSupportedError as error:
                raise DeliveryDelayed(
                    f"The mail server does not support these settings: {error}",
                    whole_channel=True,
                ) from error
            except ssl.SSLError as error:
                raise DeliveryDelayed(
                    "No secure connection to the mail server. Check SMTP_TLS and its certificate "
                    f"({error.reason or type(error).__name__}).",
                    whole_channel=True,
                ) from error
            except (OSError, smtplib.SMTPException) as error:
                raise DeliveryDelayed(
                    f"The mail server {self._settings.smtp_host}:{self._settings.smtp_port} "
                    f"cannot be reached ({type(error).__name__}).",
                    whole_channel=True,
                ) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=self._timeout, context=tls
            )
            if settings.smtp_tls == "tls"
            else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=self._timeout)
        )
        try:
            if settings.smtp_tls == "starttls":
                connection.starttls(context=tls)
            if settings.smtp_user:
                connection.login(settings.smtp_user, settings.smtp_password)
            else:
                connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _transact(self, recipient: str, message: EmailMessage) -> None:
        """Run MAIL, RCPT and DATA; after a refusal, the connection can be used again."""
        options: list[str] = []
        policy = cast(EmailPolicy, message.policy).clone(linesep="\r\n")
        if not recipient.isascii():
            if not self._connected().has_extn("smtputf8"):
                raise DeliveryRefused("The mail server accepts only ASCII addresses.")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            policy = policy.clone(utf8=True)
        content = message.as_bytes(policy=policy)

        if (code := self._mail_from(options)) != 250:
            # The sender is ours, so even a 5xx here is about the settings, not about this message.
            self._reset()
            raise DeliveryDelayed(
                f"The mail server answered {code} to MAIL_FROM.", whole_channel=True
            )
        connection = self._connected()
        code, reply = connection.rcpt(recipient)
        if code not in {250, 251}:
            self._reset()
            raise _answer(code, reply, "the recipient")
        try:
            code, reply = connection.data(content)
        except smtplib.SMTPDataError as error:
            self._reset()
            raise _answer(error.smtp_code, error.smtp_error, "the DATA command") from error
        if code != 250:
            self._reset()
            raise _answer(code, reply, "the message")

    def _mail_from(self, options: list[str]) -> int:
        """Begin the transaction, on a new connection if the server closed an idle one."""
        reused = self._connection is not None
        try:
            return self._connected().mail(self._sender, options)[0]
        except smtplib.SMTPServerDisconnected:
            self._drop()
            if not reused:
                raise
            return self._connected().mail(self._sender, options)[0]

    def _reset(self) -> None:
        """Reset the transaction; drop the connection if the server does not respond."""
        if self._connection is not None:
            try:
                self._connection.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _drop(self) -> None:
        """Close the connection without QUIT."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


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
    """Return the channel of the settings: SMTP if there is a host, otherwise the folder."""
    return SmtpChannel(settings) if settings.smtp_host else FolderChannel(settings.outbox_folder)


def only_recipient(message: EmailMessage) -> str:
    """Return the addr-spec of the only recipient; raises DeliveryRefused if there are others."""
    addresses = [address for header in message.get_all("To", []) for address in header.addresses]
    if len(addresses) != 1 or message["Cc"] or message["Bcc"]:
        raise DeliveryRefused("A message must have exactly one address.")
    return str(addresses[0].addr_spec)


def _answer(code: int, reply: bytes | str, to_what: str) -> DeliveryDelayed | DeliveryRefused:
    """Return the error for a refusal. Its text is left out, because it may name the recipient."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    enhanced = status_codes.ENHANCED.search(text)
    sentence = f"The mail server answered {code} {enhanced[0] if enhanced else ''}".rstrip()
    sentence += f" to {to_what}."
    if not 500 <= code < 600:
        return DeliveryDelayed(sentence)
    cause = status_codes.cause("", text)
    if cause == "blocked":
        return DeliveryDelayed(f"{sentence} It refuses mail from this server.", is_blocked=True)
    return DeliveryRefused(sentence, mailbox="" if cause == "failed" else cause)
