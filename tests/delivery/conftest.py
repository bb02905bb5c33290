"""A real SMTP server with moods, and campaigns, settings and messages made for mail."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from campaign.settings import Settings, read


class Inbox:
    """What the server does with a message, by its mood, and what it has accepted."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.connections = 0
        self.rcpt_answers: list[str] = []
        self.data_answers: list[str] = []
        self.slow_s = 0.0
        self.drop_after_data = 0
        self.drop_idle = False
        self.hung_up = threading.Event()

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt_answers.pop(0) if self.rcpt_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow_s)
        if self.drop_after_data:
            self.drop_after_data -= 1
            self.accepted.append(envelope)
            cast(asyncio.Transport, server.transport).abort()
            return "421 gone"
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            self.accepted.append(envelope)
            if self.drop_idle:

                def hang_up() -> None:
                    cast(asyncio.Transport, server.transport).abort()
                    self.hung_up.set()

                server.loop.call_later(0.05, hang_up)
        return answer


class _AnyPort(Controller):
    """A server on a port that the system chooses."""

    async def _listen(self) -> asyncio.AbstractServer:
        server = cast(asyncio.Server, await super()._create_server())
        self.port = server.sockets[0].getsockname()[1]
        return server

    def _create_server(self) -> Coroutine[object, object, asyncio.AbstractServer]:
        return self._listen()


def _knows(password: str) -> Callable[..., AuthResult]:
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=login.password == password.encode(), handled=False)

    return authenticate


#: Starts a server with this inbox, and returns its port.
StartServer = Callable[..., int]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def start_server(inbox: Inbox) -> Iterator[StartServer]:
    with ExitStack() as stack:

        def start(
            *,
            tls: ssl.SSLContext | None = None,
            starttls: ssl.SSLContext | None = None,
            password: str = "",
        ) -> int:
            controller = _AnyPort(
                inbox,
                hostname="127.0.0.1",
                port=0,
                ssl_context=tls,
                tls_context=starttls,
                require_starttls=starttls is not None,
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                authenticator=_knows(password) if password else None,
            )
            controller.start()
            stack.callback(controller.stop)
            return controller.port

        yield start


@pytest.fixture
def server_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 by an authority that this process trusts."""
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    def make(**named: str) -> Settings:
        return read(
            {
                "CAMPAIGN_ENV": "development",
                "CAMPAIGN_HOME": str(tmp_path / "home"),
                "BASE_URL": "https://petition.example.org",
                "SMTP_TLS": "none",
                "MAIL_FROM": "petition@example.org",
                **named,
            },
            working_directory=tmp_path,
        )

    return make


@pytest.fixture
def make_message() -> Callable[..., EmailMessage]:
    def make(to: str = "ada@example.org", message_id: str = "0123abcd") -> EmailMessage:
        message = EmailMessage()
        message["From"] = "petition@example.org"
        message["To"] = to
        message["Subject"] = "Confirm your signature"
        message["Message-ID"] = f"<{message_id}@petition.example.org>"
        message.set_content(".A line that begins with a dot.\n")
        return message

    return make
