"""One SMTP connection: it opens for the first message, and is used again until it is closed.

The meaning of replies follows RFC 5321, section 4.2.1, and their enhanced status codes (RFC 3463).
A server that blocks this sender may stop doing so, so such mail is tried again; it says nothing
about the recipient's mailbox.
"""

import contextlib
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage

from campaign.delivery import status_codes
from campaign.delivery.smtp_timeouts import DeadlineReader
from campaign.errors import DeliveryDelayed, DeliveryRefused
from campaign.mail_servers import MailServer

#: The time limit of each step: connecting, or a command and its reply.
STEP_TIMEOUT_S = 20.0
#: The time limit of one message, however slowly the server drips its replies.
MESSAGE_TIMEOUT_S = 100.0
#: Many servers close a connection after a hundred messages, some in the middle of one.
MAX_MESSAGES = 100
# RFC 5321, 4.2.1: the server closes the connection after this reply.
_CLOSING = 421

#: Returns the bytes of a message, with or without SMTPUTF8 (RFC 6531).
Encode = Callable[[EmailMessage, bool], bytes]


class ServerUnreachable(DeliveryDelayed):
    """No connection can be opened now; those that are open may still work."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, whole_channel=True)


class SmtpConnection:
    """A connection to one server. Only one thread at a time may use it."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        encode: Encode,
        *,
        step_timeout_s: float = STEP_TIMEOUT_S,
    ) -> None:
        self._server = server
        self._sender = sender
        self._encode = encode
        self._timeout = step_timeout_s
        self._smtp: _Smtp | None = None
        self._begun = 0

    @property
    def is_open(self) -> bool:
        """True while the connection can take a message, as far as this side knows."""
        return self._smtp is not None

    def open(self) -> None:
        """Connect and log in, if it is not open.

        Raises DeliveryDelayed, with `whole_channel`, if that is impossible; ServerUnreachable if it
        is a matter of the network or of too many connections.
        """
        if self._smtp is not None and self._begun >= MAX_MESSAGES:
            self.close()
        if self._smtp is None:
            self._smtp = self._connected()
            self._begun = 0

    def send(self, recipient: str, message: EmailMessage) -> None:
        """Send a message to its one recipient.

        Raises DeliveryRefused if the server permanently refuses this recipient or this text (5xx),
        and DeliveryDelayed otherwise, with `whole_channel` if the server takes no mail at all. If
        the connection drops after the text was sent, the message counts as delayed: the next
        attempt has the same Message-ID, so that a duplicate can be recognized.
        """
        try:
            self._begin(recipient, is_reused=self._begun > 0)
            self._transact(recipient, message)
        except smtplib.SMTPServerDisconnected as error:
            self.drop()
            raise DeliveryDelayed("The mail server closed the connection.") from error
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise DeliveryDelayed(
                f"The mail server did not answer as SMTP requires ({type(error).__name__})."
            ) from error

    def check(self) -> None:
        """Connect and log in without sending; raises DeliveryDelayed with the problem."""
        try:
            self.open()
            if self._smtp is not None:
                self._smtp.noop()
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection with QUIT; the next message opens a new one."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.give_time(2.0)
                smtp.quit()
            smtp.close()

    def drop(self) -> None:
        """Close the connection without QUIT."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _connected(self) -> "_Smtp":
        try:
            return self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryDelayed(
                "The mail server refused SMTP_USER and SMTP_PASSWORD.", whole_channel=True
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryDelayed(
                f"The mail server does not support these settings: {error}", whole_channel=True
            ) from error
        except ssl.SSLError as error:
            raise DeliveryDelayed(
                "No secure connection to the mail server. Check SMTP_TLS and its certificate "
                f"({error.reason or type(error).__name__}).",
                whole_channel=True,
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ServerUnreachable(
                f"The mail server {self._server} cannot be reached ({type(error).__name__})."
            ) from error

    def _connect(self) -> "_Smtp":
        server = self._server
        tls = ssl.create_default_context()
        smtp = _Smtp(server, self._timeout, tls if server.security == "tls" else None)
        try:
            if server.security == "starttls":
                smtp.starttls(context=tls)
            if server.user:
                smtp.login(server.user, server.password)
            else:
                smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _begin(self, recipient: str, *, is_reused: bool) -> None:
        """Begin the transaction, on a new connection if the server closed an idle one."""
        try:
            self.open()
            code = self._mail(recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            if not is_reused:
                raise DeliveryDelayed(
                    f"The mail server {self._server} does not answer ({type(error).__name__}).",
                    whole_channel=True,
                ) from error
            code = _CLOSING
        if code == _CLOSING and is_reused:
            self.drop()
            self._begin(recipient, is_reused=False)
            return
        self._begun += 1
        if code != 250:
            # The sender is ours, so even a 5xx here is about the settings, not about this message.
            self._reset()
            raise DeliveryDelayed(
                f"The mail server answered {code} to MAIL_FROM.", whole_channel=True
            )

    def _mail(self, recipient: str) -> int:
        smtp = self._opened()
        smtp.give_time(MESSAGE_TIMEOUT_S)
        if recipient.isascii():
            return smtp.mail(self._sender)[0]
        if not smtp.has_extn("smtputf8"):
            raise DeliveryRefused("The mail server accepts only ASCII addresses.")
        return smtp.mail(self._sender, ["SMTPUTF8", "BODY=8BITMIME"])[0]

    def _transact(self, recipient: str, message: EmailMessage) -> None:
        """Run RCPT and DATA; after a refusal, the connection can be used again."""
        smtp = self._opened()
        content = self._encode(message, not recipient.isascii())
        code, reply = smtp.rcpt(recipient)
        if code not in {250, 251}:
            self._reset(code)
            raise _answer(code, reply, "the recipient")
        try:
            code, reply = smtp.data(content)
        except smtplib.SMTPDataError as error:
            self._reset(error.smtp_code)
            raise _answer(error.smtp_code, error.smtp_error, "the DATA command") from error
        if code != 250:
            self._reset(code)
            raise _answer(code, reply, "the message")

    def _opened(self) -> "_Smtp":
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._smtp

    def _reset(self, code: int = 0) -> None:
        """Reset the transaction; drop the connection if the server does not respond."""
        if code == _CLOSING:
            self.drop()
        elif self._smtp is not None:
            try:
                self._smtp.rset()
            except (OSError, smtplib.SMTPException):
                self.drop()


class _Smtp(smtplib.SMTP):
    """smtplib's client with a deadline for each message, and TLS from the first byte if wanted."""

    def __init__(
        self, server: MailServer, step_timeout_s: float, tls: ssl.SSLContext | None
    ) -> None:
        self._tls = tls
        self._deadline = time.monotonic() + MESSAGE_TIMEOUT_S
        super().__init__(server.host, server.port, timeout=step_timeout_s)

    def give_time(self, seconds: float) -> None:
        """Let whatever follows take at most that long."""
        self._deadline = time.monotonic() + seconds

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply, but not past the deadline; raises TimeoutError."""
        if self.file is None and self.sock is not None:
            self.file = DeadlineReader(self.sock, self._step_s, lambda: self._deadline)
        return super().getreply()

    @property
    def _step_s(self) -> float:
        return float(self.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect, as smtplib asks its subclasses to (`smtplib.SMTP_SSL` does the same)."""
        plain = socket.create_connection((host, port), timeout)
        if self._tls is None:
            return plain
        return self._tls.wrap_socket(plain, server_hostname=host)


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
