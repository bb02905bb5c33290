"""A local server that speaks Communicating With Congress 2.0, and misbehaves on command."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from campaign.letters.cwc.schema import problems

KEY = "a-key-that-nobody-may-read-0123456789"

_ID = re.compile(rb"<DeliveryId>([^<]*)</DeliveryId>")


@dataclass
class Post:
    """One message as it came in, and when."""

    path: str
    key: str
    content_type: str
    body: bytes
    at: float

    @property
    def delivery_id(self) -> str:
        """The message's DeliveryId."""
        found = _ID.search(self.body)
        return found[1].decode() if found else ""


@dataclass
class CwcServer:
    """What came in, and how to answer next: `answers` are used up one by one, then it behaves.

    An answer is a status with a body, or a mood: "drop" hangs up having kept the message, "hang"
    says nothing, "garbage" answers in no protocol, "cut" stops in the middle of its answer.
    """

    url: str = ""
    answers: list[tuple[int, str] | str] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    delivered: dict[str, bytes] = field(default_factory=dict)
    offices: str = '["HMT01", "HMT02", "HCA30", "HAQ00"]'
    offices_type: str = "application/json"
    let_go: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, post: Post) -> tuple[int, str] | str:
        """Note a message and return how to answer it."""
        with self._lock:
            self.posts.append(post)
            if self.answers:
                answer = self.answers.pop(0)
                if answer == "drop":
                    self.delivered[post.delivery_id] = post.body
                return answer
            return self._judged(post)

    def _judged(self, post: Post) -> tuple[int, str]:
        if post.key != KEY:
            return 401, "unknown key"
        if post.content_type != "application/xml":
            return 415, "send application/xml"
        if faults := problems(post.body):
            errors = "".join(f"<Error>{fault[:80]}</Error>" for fault in faults)
            return 400, f"<Errors>{errors}</Errors>"
        if post.path == "/v2/validate":
            return 200, ""
        if post.delivery_id in self.delivered:
            return 409, "<Errors><Error>Duplicate DeliveryId</Error></Errors>"
        self.delivered[post.delivery_id] = post.body
        return (201 if post.path == "/senate" else 200), ""


@contextmanager
def serving() -> Iterator[CwcServer]:
    """Serve on a port of this machine while the block runs."""
    state = CwcServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if parse_qs(url.query).get("apikey") != [KEY]:
                self._answer(401, "unknown key")
            elif url.path == "/v2/offices":
                self._answer(200, state.offices, state.offices_type)
            else:
                self._answer(404, "")

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = state.take(
                Post(
                    url.path,
                    parse_qs(url.query).get("apikey", [""])[0],
                    self.headers.get("Content-Type", ""),
                    body,
                    time.monotonic(),
                )
            )
            if isinstance(answer, tuple):
                self._answer(*answer)
                return
            if answer == "hang":
                state.let_go.wait(10)
            elif answer == "garbage":
                self.wfile.write(b"\x00\xff NOT HTTP AT ALL\r\n\r\n")
            elif answer == "cut":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            self.close_connection = True
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

        def _answer(self, status: int, body: str, kind: str = "") -> None:
            raw = body.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            if body:
                guessed = "application/xml" if body.startswith("<E") else "text/plain"
                self.send_header(
                    "Content-Type", kind or ("text/html" if "<html" in body else guessed)
                )
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield state
    finally:
        state.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
