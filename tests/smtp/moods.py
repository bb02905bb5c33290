"""An SMTP server on loopback that behaves as the address before the @ says.

`slow` is answered late, `hung` never, `deferred` with 451, `refused` with 550, `reset` loses its
connection at RCPT and `dropped` after its text was taken. Everything else is accepted.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SLOW_S = 0.2


@dataclass
class Moods:
    """What the server accepted, by recipient, and how many connections it had at most."""

    port: int = 0
    max_connections: int = 100
    accepted: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    open_now: int = 0
    opened: int = 0
    most: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = address.partition("@")[0].partition("-")[0]
        if mood == "hung":
            while not self.is_over.is_set():
                await asyncio.sleep(0.02)
        if mood == "slow":
            await asyncio.sleep(SLOW_S)
        if mood == "reset":
            cast(asyncio.Transport, server.transport).abort()
        if mood in {"deferred", "refused"}:
            return "451 later" if mood == "deferred" else "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.texts.append(cast(bytes, envelope.content))
        self.accepted.append(envelope.rcpt_tos[0])
        if envelope.rcpt_tos[0].startswith("dropped"):
            cast(asyncio.Transport, server.transport).abort()
        return "250 OK"


class _Server(Controller):
    def factory(self) -> SMTP:
        moods = cast(Moods, self.handler)

        class Counting(SMTP):
            def connection_made(self, transport: Any) -> None:
                moods.open_now += 1
                moods.opened += 1
                moods.most = max(moods.most, moods.open_now)
                if moods.open_now > moods.max_connections:
                    transport.abort()
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                moods.open_now -= 1
                super().connection_lost(error)

        return Counting(moods, hostname="127.0.0.1")

    def _create_server(self) -> Coroutine[object, object, asyncio.AbstractServer]:
        return self._listen()

    async def _listen(self) -> asyncio.AbstractServer:
        server = cast(asyncio.Server, await super()._create_server())
        self.port = server.sockets[0].getsockname()[1]
        return server


@contextmanager
def serving(*, at_port: int = 0, **options: Any) -> Iterator[Moods]:
    """Serve while the block runs, on a free port by default."""
    moods = Moods(**options)
    server = _Server(moods, hostname="127.0.0.1", port=at_port)
    server.start()
    moods.port, moods.opened = server.port, 0  # the controller has tried a connection of its own
    try:
        yield moods
    finally:
        moods.is_over.set()
        server.stop()
