"""The network that a request comes from: the only reader of client addresses, for limits and
records.

A proxy may write a visitor's address with a port, in brackets, or not at all (RFC 7239, section 6).
Addresses that cannot be read count as one network, so that no request escapes the limits.
"""

import hashlib
import hmac
import ipaddress
import logging
import re
import threading
from datetime import date

from flask import Flask, request

from campaign.errors import StoreUnavailable
from campaign.keys import Keyring
from campaign.settings import Settings
from campaign.store import daily_counters
from campaign.web.core.services import Services, current_services

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_log = logging.getLogger(__name__)

_IN_BRACKETS = re.compile(r"\[([^\]]*)\](?::[^:\]]*)?")
_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def read_address(written: str | None) -> IpAddress | None:
    """Return the address that a server or proxy wrote, or None where it wrote none.

    Reads `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1` and `[2001:db8::1]:443`, quoted or not, with
    or without a zone. `unknown`, `_hidden` and an empty text are no addresses. An IPv4-mapped IPv6
    address (`::ffff:192.0.2.1`) is read as IPv4.
    """
    text = (written or "").strip().strip('"')
    if found := _IN_BRACKETS.fullmatch(text):
        text = found[1]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def network_hash(written: str | None, keyring: Keyring) -> str:
    """Return a keyed hash of the network of an address: 32 hexadecimal digits, never "".

    The network is the /24 of IPv4 and the /48 of IPv6: enough to see a burst from one place, too
    little to identify a person, and meaningless without the key. All unreadable addresses are one
    network.
    """
    address = read_address(written)
    if address is None:
        network = "unknown"
    else:
        # `ipaddress.ip_network` gives the same result and takes ten times as long.
        prefix = int(address) >> (8 if address.version == 4 else 80)
        network = f"{address.version}:{prefix:x}"
    key, *_ = keyring.networks()
    return hmac.digest(key, f"network:{network}".encode(), hashlib.sha256).hex()[:32]


def client_network() -> str:
    """Return the keyed hash of the network of the current request."""
    return network_hash(request.remote_addr, current_services().settings.keyring)


# -- A proxy that the settings do not know ---------------------------------------------------------


def init_app(app: Flask, settings: Settings) -> None:
    """Detect visitors who come through a proxy while TRUSTED_PROXIES is 0."""
    if settings.trusted_proxies:
        return
    noticed = _Noticed()

    @app.before_request
    def _notice() -> None:
        for header in _HEADERS:
            if header in request.environ:
                noticed.note(
                    current_services(), is_near=_is_near(request.environ.get("REMOTE_ADDR"))
                )
                return


def _is_near(peer: str | None) -> bool:
    """Return True for a peer on this machine or its local network, which must be a proxy."""
    address = read_address(peer)
    return address is None or address.is_private


class _Noticed:
    """Warns once per process, and records once a day, that requests come through an unknown
    proxy.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, date] = {}
        self._is_logged = False

    def note(self, services: Services, *, is_near: bool) -> None:
        """Inspect one request."""
        kind = daily_counters.PROXY if is_near else daily_counters.PROXY_PERHAPS
        today = services.today()
        with self._lock:
            if self._kept.get(kind) == today:
                return
            self._kept[kind] = today
            is_first, self._is_logged = not self._is_logged, True
        if is_first:
            _log.warning(
                "this site is behind a proxy, and TRUSTED_PROXIES is 0: all its visitors look "
                "like one network and meet one limit; set TRUSTED_PROXIES to the number of proxies"
            )
        try:
            with services.database.counting() as connection:
                daily_counters.add(connection, today, {("", kind): 1})
        except StoreUnavailable:
            with self._lock:
                self._kept.pop(kind, None)
