"""The Census Bureau's geocoder: a street address becomes one congressional district.

It has no key and no promise: it hangs, answers block pages as JSON, and moves to the next
Congress's lines before that Congress sits. So the layer is pinned and checked, the whole call is
bounded in time, good answers alone are kept, and a breaker spares people the wait while it is
down. No address is ever logged, nor kept in memory in the clear.

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
from campaign.congress.places import DELEGATIONS, District, StreetAddress, ordinal
from campaign.congress.street_lines import StreetKind
from campaign.errors import (
    AddressAmbiguous,
    GeocoderUnavailable,
    GeocoderUnreachable,
    NoStreetAddress,
    PlaceUnknown,
)
from campaign.messages import Message

#: The address ranges that are searched.
BENCHMARK = "Public_AR_Current"
#: Congress -> the vintage whose district layer is that Congress's. `Current_Current` moves on to
#: the next Congress months before it sits.
VINTAGES = {118: "ACS2023_Current", 119: "ACS2025_Current", 120: "ACS2026_Current"}

_ATTEMPT_SECONDS = 3.0
_TOTAL_SECONDS = 3.2
_MIN_SECONDS = 0.2
_LARGEST_REPLY = 1_000_000
_MAX_CACHED = 4096
#: A slow drip can hold a thread past our patience; beyond so many we do not even ask.
_MAX_IN_FLIGHT = 16

_FAILURES_TO_OPEN = 3
_OPEN_SECONDS = 60.0

_LAYER = re.compile(r"([0-9]+)(?:st|nd|rd|th) Congressional Districts")

#: FIPS codes of the states and delegations (ANSI INCITS 38).
_FIPS = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE",
    "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA",
    "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN",
    "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM",
    "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
    "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA",
    "54": "WV", "55": "WI", "56": "WY", "60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI",
}  # fmt: skip


class _NoAddresses(logging.Filter):
    """Keeps the HTTP library from logging a request of ours: its URL holds the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "/geographies/" not in record.getMessage()


_NO_ADDRESSES = _NoAddresses()


def keep_addresses_out_of_logs() -> None:
    """Keep the HTTP library from logging what we ask the geocoder."""
    logging.getLogger("urllib3.connectionpool").addFilter(_NO_ADDRESSES)


class _Retry(Exception):
    """This attempt failed in a way that another may not: the network, a 5xx, a block page."""


class _Unreachable(_Retry):
    """No connection could be made."""


class Geocoder:
    """A client of one geocoder, for the lines of one Congress; safe to share between threads.

    `url` is the service's root, such as `https://geocoding.geo.census.gov/geocoder`. `congress` is
    the number of the Congress, or says it when asked, where a refresh may bring the next. `clock`
    gives seconds that only grow, and paces the breaker.
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
        self._slots = threading.BoundedSemaphore(_MAX_IN_FLIGHT)
        self._failures = 0
        self._closed_until = 0.0
        keep_addresses_out_of_logs()

    def locate(self, address: StreetAddress) -> Located:
        """Return the one district that the address lies in, within about 3.2 seconds.

        Whether the answer agrees with the address is for `place_evidence.agrees` to say.

        A unit (`Apt 4B`, `#4`) is asked about too, and left out where the whole is not found.
        Raises PlaceUnknown when the geocoder knows no such address, AddressAmbiguous for several in
        different districts, NoStreetAddress for a PO box or a rural route, which is not asked
        about; GeocoderUnavailable when no usable answer comes in time, with one retry, and
        GeocoderUnreachable when no connection could be made.
        """
        if not address.street.strip():
            raise PlaceUnknown(Message("Enter the street address where you live."))
        if (kind := street_lines.street_kind(address.street)) != "street":
            raise NoStreetAddress(NO_STREET[kind])
        congress = self._congress if isinstance(self._congress, int) else self._congress()
        key = self._key(address, congress)
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
            if self._clock() < self._closed_until:
                raise GeocoderUnavailable("The address look-up is resting after failures.")
            if self._failures >= _FAILURES_TO_OPEN:
                # One caller tries while the others are still spared the wait.
                self._closed_until = self._clock() + _TOTAL_SECONDS
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
            while len(self._kept) > _MAX_CACHED:
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
        """Ask in a thread of its own and leave it behind when the time is up.

        `requests` bounds each read, not the whole: name resolution and a drip of single bytes
        escape it. The thread is a daemon, so a hanging server holds up neither page nor exit.
        """
        if not self._slots.acquire(blocking=False):
            raise GeocoderUnavailable("The address look-up is busy.")
        outcome: list[Located | Exception] = []
        deadline = time.monotonic() + _TOTAL_SECONDS

        def run() -> None:
            try:
                outcome.append(self._ask(address, congress, deadline))
            except (GeocoderUnavailable, PlaceUnknown) as error:
                outcome.append(error)
            finally:
                self._slots.release()

        worker = threading.Thread(target=run, name="geocoder", daemon=True)
        worker.start()
        worker.join(_TOTAL_SECONDS)
        if not outcome:
            raise GeocoderUnavailable("The address look-up did not answer in time.")
        result = outcome[0]
        if isinstance(result, Exception):
            raise result
        return result

    def _ask(self, address: StreetAddress, congress: int, deadline: float) -> Located:
        """Ask about the address, and about it without its unit where it is not found."""
        try:
            return self._ask_patiently(address, congress, deadline)
        except AddressAmbiguous:
            raise
        except PlaceUnknown:
            street = street_lines.without_unit(address.street)
            if street == address.street:
                raise
            return self._ask_patiently(replace(address, street=street), congress, deadline)

    def _ask_patiently(self, address: StreetAddress, congress: int, deadline: float) -> Located:
        """Ask once, and once more where that may help and time is left."""
        was_reached = True
        for _ in range(2):
            left = min(_ATTEMPT_SECONDS, deadline - time.monotonic())
            if left < _MIN_SECONDS:
                break
            try:
                reply = self._fetch(address, congress, time.monotonic() + left)
                return _read(reply, congress, address.zip[:5])
            except _Unreachable:
                was_reached = False
            except _Retry:
                was_reached = True
        if not was_reached:
            raise GeocoderUnreachable(NOT_REACHED)
        raise GeocoderUnavailable("The address look-up gave no usable answer.")

    # -- one request -------------------------------------------------------------------------------

    def _fetch(self, address: StreetAddress, congress: int, deadline: float) -> Any:
        """Return the reply's JSON. Raises _TryAgain for whatever is not JSON in time."""
        endpoint, where = _question(address)
        parameters = {
            **where,
            "benchmark": BENCHMARK,
            "vintage": VINTAGES.get(congress, "Current_Current"),
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
    """False for an error of the HTTP library that says that no connection could be made."""
    return not (
        isinstance(error, requests.ConnectionError)
        and bool(error.args)
        and isinstance(error.args[0], MaxRetryError)
    )


def _question(address: StreetAddress) -> tuple[str, dict[str, str]]:
    """Return the endpoint and its parameters: parts where there are enough, else one line."""
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


#: Why a line that is no street cannot be looked up.
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

    Of several matches those count that lie in the ZIP `five`, where any do. Raises PlaceUnknown for
    no match, for matches in different districts and for water; GeocoderUnavailable for another
    shape or another Congress's layer.
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
    """Return the ZIP of the address that was matched, "" where the reply names none."""
    parts = match.get("addressComponents")
    named = str(parts.get("zip") or "") if isinstance(parts, Mapping) else ""
    ending = re.search(r"\b([0-9]{5})(?:-[0-9]{4})?$", named or str(match.get("matchedAddress")))
    return ending[1] if ending else ""


def district_of(match: Any, congress: int) -> District:
    """Return the district in a match's `geographies`, of that Congress's own layer.

    Raises PlaceUnknown for water; GeocoderUnavailable for another shape or another Congress.
    """
    geographies = match.get("geographies") if isinstance(match, Mapping) else None
    if not isinstance(geographies, Mapping):
        raise GeocoderUnavailable("The address look-up answered in another shape.")
    for layer, areas in geographies.items():
        named = _LAYER.fullmatch(str(layer))
        if named is None or int(named[1]) != congress:
            continue
        if isinstance(areas, list) and len(areas) == 1 and isinstance(areas[0], Mapping):
            return _district_in(areas[0], congress)
    raise GeocoderUnavailable("The address look-up answered for another Congress.")


def _district_in(area: Mapping[str, Any], congress: int) -> District:
    """Read STATE and CDnnn, or the GEOID that joins them; the Congress must be ours."""
    session = str(area.get("CDSESSN", congress))
    if session != str(congress):
        raise GeocoderUnavailable("The address look-up answered for another Congress.")
    geoid = str(area.get("GEOID", ""))
    state = _FIPS.get(str(area.get("STATE") or geoid[:2]))
    code = str(area.get(f"CD{congress}") or geoid[2:])
    if code == "ZZ":
        raise PlaceUnknown("This address is not in any district. Check its number.")
    if state is None or not (code.isascii() and code.isdigit() and len(code) <= 2):
        raise GeocoderUnavailable("The address look-up answered in another shape.")
    if code in {"00", "98"} or state in AT_LARGE_STATES | DELEGATIONS:
        return District(state, 0)
    return District(state, int(code))
