"""Another system on loopback: takes what is posted, and answers by its mood.

with Receiver() as receiver:
    receiver.answers = [503, 200]
    ...
    receiver.got[0].body
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from types import TracebackType
from typing import Any, Literal

from campaign.delivery.safe_http import Address, SafeHttp

Mood = Literal["well", "hang", "drip-headers", "huge", "break"]


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server on loopback. `answers` are the statuses to come, then 200; `extra` are headers."""

    context: SSLContext | None = None
    mood: Mood = "well"
    answers: list[int] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if self.context is not None:
            self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self._server.server_address[1])

    def url(self, name: str = "receiver.example.org", path: str = "/in") -> str:
        """Return the address of this server under a name that only `reaching` resolves."""
        scheme = "https" if self.context else "http"
        return f"{scheme}://{name}:{self.port}{path}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, headers, body))
                with suppress(OSError):
                    receiver._answer(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.mood == "hang":
            self._ended.wait(60)
            return
        if self.mood == "break":
            handler.connection.close()
            return
        if self.mood == "drip-headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self._ended.wait(0.05):
                handler.wfile.write(b"X")
                handler.wfile.flush()
            return
        handler.send_response(self.answers.pop(0) if self.answers else 200)
        for name, value in self.extra.items():
            handler.send_header(name, value)
        if self.mood == "huge":
            handler.end_headers()
            while not self._ended.is_set():
                handler.wfile.write(b"x" * 65536)
            return
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")


def is_loopback(address: Address) -> bool:
    """Allow what production refuses, for a server that is on this machine."""
    return address.is_loopback


def reaching(addresses: tuple[str, ...] = ("127.0.0.1",), **rules: Any) -> SafeHttp:
    """Return a client that resolves every name to these addresses, and may reach loopback alone."""
    return SafeHttp(
        **{
            "resolve": lambda name, port: addresses,
            "is_allowed": is_loopback,
            "ports": None,
            "allow_plain": True,
            "connect_s": 20.0,
            "read_s": 20.0,
            "whole_s": 30.0,
            **rules,
        }
    )
