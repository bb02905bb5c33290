"""HTTP to URLs that people entered: never to internal machines, with limits on time and size.

The host name is resolved once, all its addresses are checked, and the socket is opened to a checked
address, so that DNS rebinding has no effect. TLS is verified for the host name. Redirects are not
followed, proxies of the environment are not used, little of a response is read, and a timer ends
requests that take too long, even if the server sends slowly.
"""

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection

from campaign.errors import AddressRefused, DeliveryDelayed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: (name, port) -> addresses in the order to try. Raises OSError if the name is unknown.
Resolver = Callable[[str, int], Iterable[str]]

# Its warnings quote the URL, which may contain a key.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_CONNECT_S = 5.0
_READ_S = 10.0
_WHOLE_S = 20.0
# Only the status and Retry-After of a response are used.
_LARGEST_ANSWER = 64 * 1024
_LONGEST_WAIT_S = 24 * 3600

# Prefixes of addresses with an embedded IPv4 address (RFC 6052, RFC 8215).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")


@dataclass(frozen=True)
class Answer:
    """A response: its status, how long it took, and after how many seconds to try again."""

    status: int
    milliseconds: int
    retry_after: int | None = None

    @property
    def is_good(self) -> bool:
        """True for any 2xx."""
        return 200 <= self.status < 300


def system_resolver(name: str, port: int) -> list[str]:
    """Resolve a name with the resolver of the system."""
    infos = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def is_public(address: Address) -> bool:
    """True for an address of the public Internet, also if it is embedded in IPv6.

    Private, loopback, link-local (such as cloud metadata), shared (RFC 6598), reserved,
    documentation and multicast addresses are not public.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address in _LOCAL_NAT64 or address.is_site_local:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or int(address) >> 32 == 0:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


class Http(Protocol):
    """A client that can post."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return the response. Raises AddressRefused, DeliveryDelayed."""


class NoHttp:
    """Posts nothing: for a demonstration, whose signers and addresses are made up."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raise AddressRefused, whose text appears in the log."""
        raise AddressRefused("This is a demonstration: nothing leaves this machine.")


@dataclass(frozen=True)
class SafeHttp:
    """A client with rules: which addresses and ports it may reach, and which CAs it trusts.

    Production uses the defaults. Tests allow loopback.
    """

    resolve: Resolver = system_resolver
    is_allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] | None = frozenset({443})
    allow_plain: bool = False
    trusted: str = ""
    connect_s: float = _CONNECT_S
    read_s: float = _READ_S
    whole_s: float = _WHOLE_S

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return the response, whatever its status.

        Raises AddressRefused for an address that must not be reached, and DeliveryDelayed with a
        short reason if there was no response.
        """
        began = time.monotonic()
        connection = self._connection(url)
        parts = urlsplit(url)
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        is_too_late = threading.Event()
        timer = threading.Timer(self.whole_s, _cut, [connection, is_too_late])
        timer.daemon = True
        timer.start()
        try:
            connection.request(
                "POST", target, body=body, headers=dict(headers), preload_content=False
            )
            answer = connection.getresponse()
            if is_too_late.is_set():
                raise TimeoutError
            answer.read(_LARGEST_ANSWER, decode_content=False)
            return Answer(
                answer.status,
                _milliseconds(began),
                _retry_after(answer.headers.get("Retry-After", "")),
            )
        except AddressRefused:
            raise
        except (
            urllib3.exceptions.HTTPError,
            HTTPException,
            OSError,
            ValueError,
            AttributeError,  # the timer closed the socket between two reads
        ) as error:
            raise DeliveryDelayed(
                _in_words(TimeoutError() if is_too_late.is_set() else error)
            ) from None
        finally:
            timer.cancel()
            connection.close()

    def _connection(self, url: str) -> HTTPConnection:
        parts = urlsplit(url)
        name = parts.hostname or ""
        is_plain = parts.scheme == "http"
        if parts.scheme != "https" and not (is_plain and self.allow_plain):
            raise AddressRefused("The address must begin with https://.")
        port = parts.port or (80 if is_plain else 443)
        allowed = self.ports
        if allowed is not None and is_plain:
            allowed = allowed | {80}
        if allowed is not None and port not in allowed:
            raise AddressRefused(f"Port {port} is not allowed. Use an address with port 443.")
        if is_plain:
            return _Plain(name, port, rules=self, timeout=self.read_s)
        return _Secure(
            name,
            port,
            rules=self,
            timeout=self.read_s,
            cert_reqs="CERT_REQUIRED",
            ca_certs=self.trusted or DEFAULT_CA_BUNDLE_PATH,
        )

    def open(self, name: str, port: int) -> socket.socket:
        """Open a socket to a checked address of that name. Raises AddressRefused, OSError."""
        addresses = list(self.resolve(name, port))
        for text in addresses:
            if not self.is_allowed(ipaddress.ip_address(text.partition("%")[0])):
                raise AddressRefused(
                    "This name leads to an address inside a network. Use a public address."
                )
        failure: OSError = socket.gaierror("no address")
        for text in addresses[:4]:
            try:
                opened = socket.create_connection((text, port), timeout=self.connect_s)
            except OSError as error:
                failure = error
                continue
            opened.settimeout(self.read_s)
            return opened
        raise failure


class _Plain(HTTPConnection):
    """A connection whose socket `SafeHttp` opens."""

    def __init__(self, name: str, port: int, *, rules: SafeHttp, **settings: Any) -> None:
        super().__init__(name, port, **settings)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return self._rules.open(self.host, self.port or 80)


class _Secure(HTTPSConnection):
    """A connection whose socket `SafeHttp` opens; TLS is then verified for the host name."""

    def __init__(self, name: str, port: int, *, rules: SafeHttp, **settings: Any) -> None:
        super().__init__(name, port, **settings)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return self._rules.open(self.host, self.port or 443)


def _cut(connection: HTTPConnection, is_too_late: threading.Event) -> None:
    """End a connection that another thread waits for."""
    is_too_late.set()
    opened = connection.sock
    if opened is not None:
        try:
            opened.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _retry_after(header: str) -> int | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3), at most a day, or None."""
    if header.isascii() and header.isdigit():
        return min(int(header[:9]), _LONGEST_WAIT_S)
    try:
        seconds = parsedate_to_datetime(header).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, min(round(seconds), _LONGEST_WAIT_S))


def _in_words(error: Exception) -> str:
    """Return a short reason, without the URL or text of the other side."""
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "no response in time"
    if isinstance(error, socket.gaierror):
        return "the host name is unknown"
    if isinstance(error, urllib3.exceptions.SSLError) or "CERTIFICATE" in str(error).upper():
        return "the certificate is not trusted"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return f"the connection broke off ({type(error).__name__})"
