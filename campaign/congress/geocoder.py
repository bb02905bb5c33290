"""Find the congressional district of one street address with the Census Bureau's geocoder.

The service needs no key and gives no guarantee: it hangs, labels block pages as JSON, and moves to
the next Congress's lines before that Congress meets. So the layer is pinned and checked, the whole
call has a time limit, only good answers are cached, and a circuit breaker spares people the wait
while the service is down. Addresses are never logged; the cache has only keyed hashes of them.

Source: Census Geocoding Services Web API, `geographies/address` and `geographies/onelineaddress`.
"""

import hashlib
import json
import logging
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError

from campaign.congress import street_lines
from campaign.congress.apportionment import AT_LARGE_STATES
from campaign.congress.place_evidence import Located
from campaign.congress.places import (
    DELEGATIONS,
    FIPS_STATES,
    District,
    StreetAddress,
    ordinal,
)
from campaign.congress.street_lines import StreetKind
from campaign.errors import (
    AddressAmbiguous,
    GeocoderUnavailable,
    GeocoderUnreachable,
    NoStreetAddress,
    PlaceUnknown,
)
from campaign.messages import Message

#: The Bureau's data set of address ranges.
BENCHMARK = "Public_AR_Current"
#: Congress -> the vintage that has its district layer. `Current_Current` changes to the next
#: Congress months before it meets.
_VINTAGES = {118: "ACS2023_Current", 119: "ACS2025_Current", 120: "ACS2026_Current"}
_NEWEST_VINTAGE = "Current_Current"

ATTEMPT_SECONDS = 3.0
TOTAL_SECONDS = 3.2
_MIN_SECONDS = 0.2
_LARGEST_REPLY = 1_000_000
MAX_CACHED = 4096
#: A slow reply can hold a thread past the time limit; beyond this many, no request is made.
MAX_IN_FLIGHT = 16

_FAILURES_TO_OPEN = 3
_OPEN_SECONDS = 60.0

_LAYER = re.compile(r"([0-9]+)(?:st|nd|rd|th) Congressional Districts")


def vintage(congress: int, attempt: int) -> str:
    """Return the vintage to ask for a Congress's layer; `attempt` counts from 0.

    The vintage of a Congress appears weeks after it begins. Until then the newest one has its
    layer, so the second attempt asks for that one, for the latest Congress in the table.
    """
    if congress not in _VINTAGES or (attempt and congress == max(_VINTAGES)):
        return _NEWEST_VINTAGE
    return _VINTAGES[congress]


class _NoAddresses(logging.Filter):
    """Keeps the HTTP library from logging the geocoder's URLs, which contain the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "/geographies/" not in record.getMessage()


_NO_ADDRESSES = _NoAddresses()


def keep_addresses_out_of_logs() -> None:
    """Keep the HTTP library from logging the URLs of geocoder requests."""
    logging.getLogger("urllib3.connectionpool").addFilter(_NO_ADDRESSES)


class _Retry(Exception):
    """This attempt failed, but another may succeed: a network error, a 5xx, a block page."""


class _Unreachable(_Retry):
    """No connection could be made."""


class Geocoder:
    """A client of the geocoder for the district lines of one Congress; thread-safe.

    `url` is the service's root, such as `https://geocoding.geo.census.gov/geocoder`. `congress` is
    the number of the Congress, or a function that returns it, because a refresh may bring the next.
    `clock` returns monotonic seconds, for the circuit breaker.
    """

    def __init__(
        self,
        url: str,
        *,
        congress: int | Callable[[], int] = 119,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.rstrip("/")
        self._congress = congress
        self._clock = clock
        self._kept: OrderedDict[bytes, Located] = OrderedDict()
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(MAX_IN_FLIGHT)
        self._failures = 0
        self._closed_until = 0.0
        keep_addresses_out_of_logs()

    def locate(self, address: StreetAddress, congress: int | None = None) -> Located:
        """Return the one district that the address lies in, within about 3.2 seconds.

        `congress` is the Congress whose lines count, by default the one of this client. The caller
        checks with `place_evidence.agrees` whether the answer agrees with the address. An address
        with a unit (`Apt 4B`, `#4`) that is not found is tried again without the unit.
        Raises PlaceUnknown if the geocoder finds no such address, AddressAmbiguous for matches in
        different districts, NoStreetAddress for a PO box or a rural route, which is not sent,
        GeocoderUnavailable if no usable answer comes in time, with one retry, and
        GeocoderUnreachable if no connection could be made.
        """
        if not address.street.strip():
            raise PlaceUnknown(Message("Enter the street address where you live."))
        if (kind := street_lines.street_kind(address.street)) != "street":
            raise NoStreetAddress(NO_STREET[kind])
        if congress is None:
            congress = self._congress if isinstance(self._congress, int) else self._congress()
        key = self._key(address, congress)
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
            if self._clock() < self._closed_until:
                raise GeocoderUnavailable("The address look-up is resting after failures.")
            if self._failures >= _FAILURES_TO_OPEN:
                # One caller tries; the others are still refused at once.
                self._closed_until = self._clock() + TOTAL_SECONDS
        try:
            found = self._ask_within_budget(address, congress)
        except GeocoderUnavailable:
            with self._lock:
                self._failures += 1
                if self._failures >= _FAILURES_TO_OPEN:
                    self._closed_until = self._clock() + _OPEN_SECONDS
            raise
        except PlaceUnknown:
            self._note_success()
            raise
        self._note_success()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MAX_CACHED:
                self._kept.popitem(last=False)
        return found

    def _note_success(self) -> None:
        with self._lock:
            self._failures = 0
            self._closed_until = 0.0

    def _key(self, address: StreetAddress, congress: int) -> bytes:
        """Return a keyed hash of the address: the cache holds no address that could leak."""
        parts = (str(congress), address.street, address.city, address.state, address.zip[:5])
        text = "\n".join(" ".join(part.casefold().split()) for part in parts)
        return hashlib.blake2b(text.encode(), key=self._salt, digest_size=16).digest()

    # -- time --------------------------------------------------------------------------------------

    def _ask_within_budget(self, address: StreetAddress, congress: int) -> Located:
        """Ask in a thread of its own, and abandon the thread when the time is up.

        The timeout of `requests` limits each read, not the whole call: it covers neither name
        resolution nor a server that sends single bytes. The thread is a daemon, so that a hanging
        server delays neither the page nor the exit of the process.
        """
        if not self._slots.acquire(blocking=False):
            raise GeocoderUnavailable("The address look-up is busy.")
        outcome: list[Located | Exception] = []
        deadline = time.monotonic() + TOTAL_SECONDS

        def run() -> None:
            try:
                outcome.append(self._ask(address, congress, deadline))
            except (GeocoderUnavailable, PlaceUnknown) as error:
                outcome.append(error)
            finally:
                self._slots.release()

        worker = threading.Thread(target=run, name="geocoder", daemon=True)
        worker.start()
        worker.join(TOTAL_SECONDS)
        if not outcome:
            raise GeocoderUnavailable("The address look-up did not answer in time.")
        result = outcome[0]
        if isinstance(result, Exception):
            raise result
        return result

    def _ask(self, address: StreetAddress, congress: int, deadline: float) -> Located:
        """Ask about the address; if it is not found, ask again without its unit."""
        try:
            return self._ask_twice(address, congress, deadline)
        except AddressAmbiguous:
            raise
        except PlaceUnknown:
            street = street_lines.without_unit(address.street)
            if street == address.street:
                raise
            return self._ask_twice(replace(address, street=street), congress, deadline)

    def _ask_twice(self, address: StreetAddress, congress: int, deadline: float) -> Located:
        """Ask once, and once more if that may help and time is left."""
        was_reached = True
        for attempt in range(2):
            left = min(ATTEMPT_SECONDS, deadline - time.monotonic())
            if left < _MIN_SECONDS:
                break
            try:
                reply = self._fetch(address, congress, attempt, time.monotonic() + left)
                return _read(reply, congress, address.zip[:5])
            except _Unreachable:
                was_reached = False
            except _Retry:
                was_reached = True
        if not was_reached:
            raise GeocoderUnreachable(NOT_REACHED)
        raise GeocoderUnavailable("The address look-up gave no usable answer.")

    # -- one request -------------------------------------------------------------------------------

    def _fetch(self, address: StreetAddress, congress: int, attempt: int, deadline: float) -> Any:
        """Return the reply's JSON. Raises _Retry, or _Unreachable, if none comes in time."""
        endpoint, location = _question(address)
        parameters = {
            **location,
            "benchmark": BENCHMARK,
            "vintage": vintage(congress, attempt),
            "layers": f"{ordinal(congress)} Congressional Districts",
            "format": "json",
        }
        try:
            with requests.get(
                f"{self._url}/geographies/{endpoint}",
                params=parameters,
                timeout=max(_MIN_SECONDS, deadline - time.monotonic()),
                headers={"Accept": "application/json", "User-Agent": "campaign-toolkit"},
                allow_redirects=False,
                stream=True,
            ) as reply:
                if reply.status_code != 200:
                    raise _Retry
                body = bytearray()
                for chunk in reply.iter_content(16_384):
                    body += chunk
                    if len(body) > _LARGEST_REPLY or time.monotonic() > deadline:
                        raise _Retry
            return json.loads(body)
        except (requests.RequestException, ValueError, RecursionError) as error:
            # Not chained: the error names the URL, and so the address.
            raise (_Retry if was_reached(error) else _Unreachable) from None


def was_reached(error: Exception) -> bool:
    """Return False for an error of the HTTP library that means that no connection was made."""
    return not (
        isinstance(error, requests.ConnectionError)
        and bool(error.args)
        and isinstance(error.args[0], MaxRetryError)
    )


def _question(address: StreetAddress) -> tuple[str, dict[str, str]]:
    """Return the endpoint and its parameters: the parts if there are enough, else one line."""
    if address.zip or (address.city and address.state):
        parts = {
            "street": address.street,
            "city": address.city,
            "state": address.state,
            "zip": address.zip[:5],
        }
        return "address", {name: value for name, value in parts.items() if value}
    return "onelineaddress", {"address": address.one_line}


# -- one reply ------------------------------------------------------------------------------------


#: Why a line that is not a street cannot be looked up.
NO_STREET: dict[StreetKind, Message] = {
    "po-box": Message("A PO box does not show where you live. Enter your street address."),
    "rural-route": Message(
        "The Census Bureau does not list rural routes. Enter the street address that an "
        "ambulance would use to find your home."
    ),
    "general-delivery": Message(
        "General delivery does not show where you live. Enter your street address."
    ),
}
NOT_REACHED = Message(
    "We could not look up the street, because the Census Bureau's address service did not respond."
)
_SEVERAL = Message(
    "This address matches several places. Complete it, such as with North or South, Street or "
    "Avenue."
)
_NOT_FOUND = Message("This address was not found. Check the street's spelling and number.")


def _read(reply: Any, congress: int, five: str) -> Located:
    """Return the district of the reply's matches, which must agree.

    If any match lies in the ZIP `five`, only those in it count. Raises PlaceUnknown for no match or
    water, AddressAmbiguous for matches in different districts, _Retry for a reply of another
    shape, GeocoderUnavailable for another Congress's layer.
    """
    result = reply.get("result") if isinstance(reply, Mapping) else None
    matches = result.get("addressMatches") if isinstance(result, Mapping) else None
    if not isinstance(matches, list):
        raise _Retry
    found = {Located(district_of(match, congress), _zip_of(match)) for match in matches}
    found = {one for one in found if one.zip == five} or found
    districts = {one.district for one in found}
    if len(districts) != 1:
        raise AddressAmbiguous(_SEVERAL) if found else PlaceUnknown(_NOT_FOUND)
    return min(found, key=lambda one: one.zip)


def _zip_of(match: Mapping[str, Any]) -> str:
    """Return the ZIP of the matched address, "" if the reply has none."""
    parts = match.get("addressComponents")
    five = str(parts.get("zip") or "") if isinstance(parts, Mapping) else ""
    ending = re.search(r"\b([0-9]{5})(?:-[0-9]{4})?$", five or str(match.get("matchedAddress")))
    return ending[1] if ending else ""


def district_of(match: Any, congress: int) -> District:
    """Return the district in a match's `geographies`, of that Congress's own layer.

    Raises PlaceUnknown for water; GeocoderUnavailable for another shape or another Congress.
    """
    geographies = match.get("geographies") if isinstance(match, Mapping) else None
    if not isinstance(geographies, Mapping):
        raise GeocoderUnavailable("The address look-up answered in another shape.")
    for layer, areas in geographies.items():
        name = _LAYER.fullmatch(str(layer))
        if name is None or int(name[1]) != congress:
            continue
        if isinstance(areas, list) and len(areas) == 1 and isinstance(areas[0], Mapping):
            return _district_in(areas[0], congress)
    raise GeocoderUnavailable("The address look-up answered for another Congress.")


def _district_in(area: Mapping[str, Any], congress: int) -> District:
    """Read STATE and CDnnn, or GEOID, which joins them; the Congress must be the one asked for."""
    session = str(area.get("CDSESSN", congress))
    if session != str(congress):
        raise GeocoderUnavailable("The address look-up answered for another Congress.")
    geoid = str(area.get("GEOID", ""))
    state = FIPS_STATES.get(str(area.get("STATE") or geoid[:2]))
    code = str(area.get(f"CD{congress}") or geoid[2:])
    if code == "ZZ":
        raise PlaceUnknown("This address is not in any district. Check its number.")
    if state is None or not (code.isascii() and code.isdigit() and len(code) <= 2):
        raise GeocoderUnavailable("The address look-up answered in another shape.")
    if code in {"00", "98"} or state in AT_LARGE_STATES | DELEGATIONS:
        return District(state, 0)
    return District(state, int(code))
