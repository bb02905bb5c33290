"""Send messages through Communicating with Congress (CWC), or into a folder if there is no key.

Both channels take one finished message. They return a status (the office has it) or raise
DeliveryHeld (not now; no attempt counts), DeliveryDelayed (try again later, under the same
DeliveryId) or DeliveryRefused (never try again). Request URLs contain the API key, so no URL is
logged or quoted in an error.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import requests

from campaign import files, text
from campaign.congress.members import Chamber
from campaign.delivery import cwc_hours
from campaign.errors import DeliveryDelayed, DeliveryHeld, DeliveryRefused, InvalidInput
from campaign.lazy_import import lazy_import
from campaign.letters.cwc import codes
from campaign.settings import Settings
from campaign.store.statuses import DeliveryStatus

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = lazy_import("lxml.etree")

_CONNECT_S = 10.0
_REPLY_S = 20.0
_WHOLE_S = 40.0
_LARGEST_REPLY = 256_000
_LONGEST_REASON = 300
# Keys and IP allowlists are fixed by people, so an earlier retry is useless.
_MENDING = timedelta(minutes=15)
_UNSET = timedelta(hours=1)
_AHEAD = timedelta(minutes=3)

_OFFICE = re.compile(r"\bH[A-Z]{2}[0-9]{2}\b")


class _NoKeys(logging.Filter):
    """Keeps the HTTP library from logging URLs that contain the API key."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "apikey=" not in record.getMessage()


_NO_KEYS = _NoKeys()


class CwcChannel(Protocol):
    """A way to send messages to offices."""

    def send(self, message: bytes, office: str, delivery_id: str, now: datetime) -> DeliveryStatus:
        """Send a message, or raise DeliveryHeld, DeliveryDelayed or DeliveryRefused."""

    def close(self) -> None:
        """Close what is open between messages."""


class HttpChannel:
    """Sends over HTTPS, as Communicating with Congress 2.0 specifies.

    `pace` waits for the next time slot: all workers together send at most five messages a second.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        pace: Callable[[], None],
        reply_s: float = _REPLY_S,
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._timeout = (_CONNECT_S, reply_s)
        self._session = requests.Session()
        # The proxy of the environment is used, because callers are known by IP address. Passwords
        # from ~/.netrc are not used.
        self._session.auth = _no_password
        for name in ("urllib3.connectionpool", "urllib3.util.retry"):
            logging.getLogger(name).addFilter(_NO_KEYS)

    def send(self, message: bytes, office: str, delivery_id: str, now: datetime) -> DeliveryStatus:
        """Post one message to the chamber of the office.

        A message that the system already has (409) counts as delivered: an earlier attempt
        succeeded, but its response was lost.
        """
        chamber = codes.chamber_of(office)
        # A batch takes a while, so the system must still be open at its end.
        opens = cwc_hours.closed_until(chamber, now) or cwc_hours.closed_until(
            chamber, now + _AHEAD
        )
        if opens is not None:
            raise DeliveryHeld(f"The {_name(chamber)}'s system is closed.", until=opens)
        self._post(self._address(chamber, now), message, now)
        return DeliveryStatus.DELIVERED

    def validate(self, message: bytes, now: datetime) -> None:
        """Have the House's system validate a message, without keeping it. Raises as `send` does."""
        self._post(f"{self._settings.cwc_house_url}/v2/validate", message, now)

    def offices(self, now: datetime) -> frozenset[str]:
        """Return the codes of the participating House offices.

        Raises DeliveryDelayed or DeliveryHeld if the system does not return the list.
        """
        address = f"{self._settings.cwc_house_url}/v2/offices"
        status, kind, body = self._ask("GET", address, None)
        if status != 200:
            raise _failure(status, body, now)
        codes = frozenset(_OFFICE.findall(_plain(body, kind)))
        if not codes:
            raise DeliveryDelayed("The House's system listed no offices.")
        return codes

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _address(self, chamber: Chamber, now: datetime) -> str:
        if chamber == "house":
            return f"{self._settings.cwc_house_url}/v2/message"
        if not self._settings.cwc_senate_url:
            raise DeliveryHeld("CWC_SENATE_URL is not set.", until=now + _UNSET)
        return self._settings.cwc_senate_url

    def _post(self, address: str, message: bytes, now: datetime) -> None:
        status, kind, body = self._ask("POST", address, message)
        if status == 409:
            return
        if not 200 <= status < 300:
            raise _failure(status, self._without_key(body), now)
        if kind == "text/html":
            # A proxy responded. If the message arrived anyway, the next attempt gets 409.
            raise DeliveryDelayed("A proxy responded instead of Congress's system.")

    def _ask(self, method: str, address: str, message: bytes | None) -> tuple[int, str, bytes]:
        """Return status, content type and body; raises DeliveryDelayed for all failures."""
        self._pace()
        failure = ""
        try:
            with self._session.request(
                method,
                address,
                params={"apikey": self._settings.cwc_api_key},
                data=message,
                headers={"Content-Type": "application/xml"} if message is not None else None,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                return response.status_code, kind, _read(response)
        except requests.Timeout:
            failure = "did not respond in time"
        except (requests.RequestException, OSError) as error:
            # The text of the error would contain the URL, and so the key.
            failure = f"broke off ({type(error).__name__})"
        raise DeliveryDelayed(f"Congress's system {failure}.")

    def _without_key(self, body: bytes) -> bytes:
        return body.replace(self._settings.cwc_api_key.encode(), b"")


class FolderChannel:
    """Writes each message to an .xml file named by its DeliveryId; nothing is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: bytes, office: str, delivery_id: str, now: datetime) -> DeliveryStatus:
        """Write a complete file or none; a second attempt replaces the first.

        Raises DeliveryDelayed if the folder cannot be written.
        """
        try:
            # The folder holds personal data, so other users of the machine cannot read it.
            files.make_own_folder(self._path)
            files.write(self._path / f"{delivery_id}.xml", message)
        except OSError as error:
            raise DeliveryDelayed(
                f"The folder for messages to Congress cannot be written ({error.strerror})."
            ) from error
        return DeliveryStatus.KEPT

    def close(self) -> None:
        """Nothing is open."""


def channel(settings: Settings, *, pace: Callable[[], None]) -> HttpChannel | FolderChannel:
    """Return the channel of the settings: HTTPS if there is an API key, otherwise a folder."""
    if settings.cwc_api_key:
        return HttpChannel(settings, pace=pace)
    return FolderChannel(settings.cwc_folder)


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


# -- Answers ---------------------------------------------------------------------------------------


def _failure(
    status: int, body: bytes, now: datetime
) -> DeliveryDelayed | DeliveryHeld | DeliveryRefused:
    """Return the error for a response other than success."""
    if status in {401, 403}:
        return DeliveryHeld(
            f"Congress's system answered {status}: check CWC_API_KEY, and that this machine is on "
            "its list of callers.",
            until=now + _MENDING,
        )
    if status in {404, 408, 425, 429} or status >= 500 or 300 <= status < 400:
        return DeliveryDelayed(f"Congress's system answered {status}.")
    return DeliveryRefused(f"{status}: {reason(body)}")


def reason(body: bytes) -> str:
    """Return the reason of a refusal: the texts of `<Errors><Error>`, or the whole text."""
    errors: Sequence[str] = ()
    try:
        root = etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
        errors = ["".join(map(str, each.itertext())) for each in root.iter("Error")]
    except (etree.XMLSyntaxError, ValueError):
        errors = ()
    full = "; ".join(errors) or body.decode("utf-8", "replace")
    try:
        return text.line(full[:_LONGEST_REASON], limit=_LONGEST_REASON) or "no reason given"
    except InvalidInput:
        return "a reason that cannot be read"


def _plain(body: bytes, kind: str) -> str:
    """Return the list of offices as text, in whatever format: JSON, XML or lines."""
    whole = body.decode("utf-8", "replace")
    if kind == "application/json":
        try:
            return json.dumps(json.loads(whole))
        except ValueError:
            return ""
    return whole


def _read(response: requests.Response) -> bytes:
    """Return the start of the body. Raises requests.RequestException or OSError."""
    kept = bytearray()
    until = time.monotonic() + _WHOLE_S
    for piece in response.iter_content(16_384):
        kept += piece
        if len(kept) > _LARGEST_REPLY:
            break
        if time.monotonic() > until:
            raise requests.Timeout
    return bytes(kept[:_LARGEST_REPLY])


def _name(chamber: Chamber) -> str:
    return "House" if chamber == "house" else "Senate"
