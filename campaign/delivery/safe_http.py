"""HTTP to addresses that people typed in: never to a machine inside, never further than asked.

The name is resolved once, each of its addresses is checked, and the socket is opened to the checked
address itself: a name that resolves otherwise a moment later gains nothing. TLS is verified for the
name. Redirects are not followed, proxies of the environment are not used, little of an answer is
read, and a watch ends what takes too long, however the other side drips.
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

#: Name and port -> addresses in the order to try. Raises OSError where the name is unknown.
Resolver = Callable[[str, int], Iterable[str]]

# Its warnings quote the address, which may hold a key.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_CONNECT_S = 5.0
_READ_S = 10.0
_WHOLE_S = 20.0
# Nothing in an answer is used but its status and Retry-After.
_LARGEST_ANSWER = 64 * 1024
_LONGEST_WAIT_S = 24 * 3600

# Prefixes that carry an IPv4 address within: translated (RFC 6052), 6to4 (RFC 3056), Teredo.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")


@dataclass(frozen=True)
class Answer:
    """How the other side answered: its status, how long it took, and when it wants to be asked."""

    status: int
    milliseconds: int
    retry_after: int | None = None

    @property
    def is_good(self) -> bool:
        """True for any 2xx."""
        return 200 <= self.status < 300


def system_resolver(name: str, port: int) -> list[str]:
    """Resolve by the machine's own resolver."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def is_public(address: Address) -> bool:
    """True for an address of the open Internet, also when it is wrapped in IPv6.

    Private, loopback, link-local (and so a cloud's metadata), shared (RFC 6598), reserved,
    documentation and multicast addresses are not.
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
    """Whatever posts for a sender."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once and return how it was answered. Raises AddressRefused, DeliveryDelayed."""


class NoHttp:
    """Posts nothing: for a demonstration, whose signers and addresses are made up."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raise AddressRefused, which says so in the log."""
        raise AddressRefused("This is a demonstration: nothing leaves this machine.")


@dataclass(frozen=True)
class SafeHttp:
    """A client for one machine's rules: which addresses and ports it may reach, whom it trusts.

    Production uses the defaults. Tests let it reach loopback by their own rule.
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
        """Post once and return how it was answered, whatever the status.

        Raises AddressRefused for an address that must not be reached, and DeliveryDelayed with a
        few words on what went wrong where no answer came.
        """
        began = time.monotonic()
        connection = self._connection(url)
        parts = urlsplit(url)
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        is_over = threading.Event()
        watch = threading.Timer(self.whole_s, _cut, [connection, is_over])
        watch.daemon = True
        watch.start()
        try:
            connection.request(
                "POST", target, body=body, headers=dict(headers), preload_content=False
            )
            answer = connection.getresponse()
            if is_over.is_set():
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
            AttributeError,  # the watch took the socket away between two reads
        ) as error:
            raise DeliveryDelayed(
                _in_words(TimeoutError() if is_over.is_set() else error)
            ) from None
        finally:
            watch.cancel()
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
            raise AddressRefused(f"Port {port} is not one that messages are sent to.")
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
                raise AddressRefused("This name leads to an address inside a network.")
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
    """A connection whose socket the rules open."""

    def __init__(self, name: str, port: int, *, rules: SafeHttp, **settings: Any) -> None:
        super().__init__(name, port, **settings)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return self._rules.open(self.host, self.port or 80)


class _Secure(HTTPSConnection):
    """A connection whose socket the rules open; TLS is then verified for the name."""

    def __init__(self, name: str, port: int, *, rules: SafeHttp, **settings: Any) -> None:
        super().__init__(name, port, **settings)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return self._rules.open(self.host, self.port or 443)


def _cut(connection: HTTPConnection, is_over: threading.Event) -> None:
    """End a connection that another thread waits on."""
    is_over.set()
    opened = connection.sock
    if opened is not None:
        try:
            opened.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _retry_after(said: str) -> int | None:
    """Return the seconds of a Retry-After (RFC 9110, 10.2.3), a day at most; None where unsaid."""
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), _LONGEST_WAIT_S)
    try:
        seconds = parsedate_to_datetime(said).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, min(round(seconds), _LONGEST_WAIT_S))


def _in_words(error: Exception) -> str:
    """Say what went wrong in a few words: no address, no text of the other side."""
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "the name is not known"
    if isinstance(error, urllib3.exceptions.SSLError) or "CERTIFICATE" in str(error).upper():
        return "the certificate cannot be trusted"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return f"the connection broke off ({type(error).__name__})"
