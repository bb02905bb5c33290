"""Mail leaves by SMTP, or into a folder where no SMTP host is set.

Both channels take a finished message with one recipient and answer in one of three ways: it
returned (the message was accepted), DeliveryDelayed (try again later), DeliveryRefused (never
again). Which replies mean which follows RFC 5321, section 4.2.1, and their enhanced status codes
(RFC 3463): a server that blocks this sender may stop doing so, so that such mail is kept and tried
again, and says nothing about its reader's mailbox.
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

# No single step of the exchange (connect, a command, its reply) may take longer than this.
_STEP_TIMEOUT_S = 20.0


class MailChannel(Protocol):
    """A way out for mail."""

    def send(self, message: EmailMessage) -> None:
        """Hand `message` over, or raise DeliveryDelayed or DeliveryRefused."""

    def check(self) -> None:
        """Try the channel without sending; raises DeliveryDelayed with what is wrong."""

    def close(self) -> None:
        """Let go of what is held open between messages."""


class SmtpChannel:
    """Sends over one SMTP connection, opened at the first message and reused until closed."""

    def __init__(self, settings: Settings, *, step_timeout_s: float = _STEP_TIMEOUT_S) -> None:
        self._settings = settings
        self._timeout = step_timeout_s
        self._connection: smtplib.SMTP | None = None
        # Where reports go of messages that came back.
        self._sender = settings.bounce_address or settings.mail_from

    def send(self, message: EmailMessage) -> None:
        """Send `message` to its one recipient; the envelope's sender is BOUNCE_ADDRESS or
        MAIL_FROM.

        Raises DeliveryRefused when the server refuses this recipient or this text for good (5xx),
        DeliveryDelayed for all else: with `whole_channel` when the server cannot be used at all.
        A connection that drops after the text was sent counts as delayed: the next try carries
        the same Message-ID, so that a copy that did arrive can be told.
        """
        recipient = only_recipient(message)
        try:
            self._transact(recipient, message)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            raise DeliveryDelayed("The mail server hung up.") from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise DeliveryDelayed(
                f"The mail server did not keep to the protocol ({type(error).__name__})."
            ) from error

    def check(self) -> None:
        """Connect and log in, and send nothing; raises DeliveryDelayed with what went wrong."""
        try:
            self._connected().noop()
        finally:
            self.close()

    def close(self) -> None:
        """Hang up; the next message opens a new connection."""
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
                    f"The mail server does not offer what the settings ask for: {error}",
                    whole_channel=True,
                ) from error
            except ssl.SSLError as error:
                raise DeliveryDelayed(
                    "No safe connection to the mail server: check SMTP_TLS and its certificate "
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
        told = self._settings
        tls = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(told.smtp_host, told.smtp_port, timeout=self._timeout, context=tls)
            if told.smtp_tls == "tls"
            else smtplib.SMTP(told.smtp_host, told.smtp_port, timeout=self._timeout)
        )
        try:
            if told.smtp_tls == "starttls":
                connection.starttls(context=tls)
            if told.smtp_user:
                connection.login(told.smtp_user, told.smtp_password)
            else:
                connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _transact(self, recipient: str, message: EmailMessage) -> None:
        """Run MAIL, RCPT and DATA; a refusal leaves the connection ready for the next message."""
        options: list[str] = []
        policy = cast(EmailPolicy, message.policy).clone(linesep="\r\n")
        if not recipient.isascii():
            if not self._connected().has_extn("smtputf8"):
                raise DeliveryRefused("The mail server takes only plain ASCII addresses.")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            policy = policy.clone(utf8=True)
        content = message.as_bytes(policy=policy)

        if (code := self._mail_from(options)) != 250:
            # The sender is ours, so even a 5xx here speaks of the settings, not of this message:
            # nobody's mail is given up for it at once.
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
        """Begin the transaction, on a new connection where the server hung up on an idle one."""
        reused = self._connection is not None
        try:
            return self._connected().mail(self._sender, options)[0]
        except smtplib.SMTPServerDisconnected:
            self._drop()
            if not reused:
                raise
            return self._connected().mail(self._sender, options)[0]

    def _reset(self) -> None:
        """Forget the transaction; a server that hangs up instead is left, its answer stands."""
        if self._connection is not None:
            try:
                self._connection.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _drop(self) -> None:
        """Leave without a word."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class FolderChannel:
    """Writes each message as one .eml file, named by its Message-ID: nothing leaves the house."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: EmailMessage) -> None:
        """Write `message` whole or not at all; a second try replaces the first.

        Raises DeliveryDelayed when the folder cannot be written.
        """
        only_recipient(message)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        if not name.replace("-", "").replace("_", "").isalnum():
            raise DeliveryRefused("The message's id cannot name a file.")
        try:
            # The folder holds links that act for people, so it is closed to other accounts.
            files.make_own_folder(self._path)
            files.write(self._path / f"{name}.eml", message.as_bytes())
        except OSError as error:
            raise DeliveryDelayed(
                f"The folder for mail cannot be written ({error.strerror}).", whole_channel=True
            ) from error

    def check(self) -> None:
        """Write and remove one file; raises DeliveryDelayed when the folder cannot be written."""
        try:
            files.make_own_folder(self._path)
            with tempfile.TemporaryFile(dir=self._path):
                pass
        except OSError as error:
            raise DeliveryDelayed(
                f"The folder for mail, {self._path}, cannot be written ({error.strerror}).",
                whole_channel=True,
            ) from error

    def close(self) -> None:
        """Nothing is held open."""


def channel(settings: Settings) -> SmtpChannel | FolderChannel:
    """The way out that the settings ask for: SMTP where there is a host, else the folder."""
    return SmtpChannel(settings) if settings.smtp_host else FolderChannel(settings.outbox_folder)


def only_recipient(message: EmailMessage) -> str:
    """Return the addr-spec of the one recipient of `message`; raises DeliveryRefused else."""
    addresses = [address for header in message.get_all("To", []) for address in header.addresses]
    if len(addresses) != 1 or message["Cc"] or message["Bcc"]:
        raise DeliveryRefused("A message goes to one address.")
    return str(addresses[0].addr_spec)


def _answer(code: int, reply: bytes | str, to_what: str) -> DeliveryDelayed | DeliveryRefused:
    """Return what a refusal means. Its words stay out: they may name the recipient."""
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
