"""Find the districts of many street addresses with the Census Bureau's batch geocoder.

The batch service answers with a point and a census block for each address, but no district. So the
look-up has two steps: a file of addresses gives their points, then one request for each block gives
the district. District lines follow blocks, so neighbors share an answer. The service is free and
gives no guarantee: it can take minutes and fails in the same ways as the single look-up. An address
without a clear answer gets no district.

Source: Census Geocoding Services Web API, `geographies/addressbatch` and `geographies/coordinates`.
"""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from campaign.congress.geocoder import (
    BENCHMARK,
    district_of,
    keep_addresses_out_of_logs,
    vintage,
    was_reached,
)
from campaign.congress.place_evidence import Located
from campaign.congress.places import District, StreetAddress, ordinal
from campaign.congress.street_lines import StreetKind, street_kind, without_unit
from campaign.errors import GeocoderUnavailable, GeocoderUnreachable, PlaceUnknown

#: Addresses in one file; the Bureau takes 10,000 and 5 MB, and answers smaller ones in less time.
FILE_ROWS = 1_000
FILE_BYTES = 5_000_000

_CONNECT_SECONDS = 5.0
_FILE_SECONDS = 300.0
_POINT_SECONDS = 10.0
_LARGEST_REPLY = 20_000_000
_TRIES = 2
#: After this many blocks in a row without an answer, the others are not requested.
FAILURES_TO_STOP = 3

_NOT_FOUND = "The Census Bureau does not find this address: correct it, or fill in the district."
_SEVERAL = "This address matches several places: complete the street, or fill in the district."
_UNANSWERED = "The address look-up did not answer: try again later, or fill in the district."
_NOT_REACHED = (
    "The Census Bureau's address service did not respond: try again later, or fill in the district."
)
_NO_STREET: dict[StreetKind, str] = {
    "po-box": (
        "A PO box does not show where this person lives: give the street, or fill in the district."
    ),
    "rural-route": (
        "The Census Bureau does not list rural routes: give the street address that an ambulance "
        "would use, or fill in the district."
    ),
    "general-delivery": (
        "General delivery does not show where this person lives: give the street, or fill in the "
        "district."
    ),
}


@dataclass(frozen=True)
class Unlocated:
    """An address without a district, and the reason; `is_final` if a retry would not help."""

    reason: str
    is_final: bool = True


BatchResult = Located | Unlocated


@dataclass(frozen=True)
class _Point:
    """Where an address lies: longitude and latitude in degrees as text, block and ZIP."""

    x: str
    y: str
    block: str
    zip: str


class BatchGeocoder:
    """A client of the batch service for the lines of one Congress.

    `url` is the service's root, such as `https://geocoding.geo.census.gov/geocoder`.
    """

    def __init__(self, url: str, *, congress: int, timeout_scale: float = 1.0) -> None:
        self._url = url.rstrip("/")
        self._congress = congress
        # Multiplies all timeouts, so that tests do not wait for minutes.
        self._timeout_scale = timeout_scale
        keep_addresses_out_of_logs()

    def districts(
        self,
        addresses: Sequence[StreetAddress],
        report: Callable[[int], None] = lambda done: None,
    ) -> tuple[BatchResult, ...]:
        """Return where each address lies, or why that is not known, in order. Never raises.

        The caller checks with `place_evidence.agrees` whether an answer agrees with its address.
        `report` is called with the number of addresses done so far; an exception from it ends the
        look-up.
        """
        found: list[BatchResult] = []
        for begin, part in _files(addresses):
            try:
                points = self._placed(part)
            except GeocoderUnavailable as error:
                # The next file would wait as long and fail as well.
                missing = Unlocated(str(error), is_final=False)
                found += [missing] * (len(addresses) - len(found))
                break
            found += self._districts_at(points, lambda done, begin=begin: report(begin + done))  # type: ignore[misc]
        report(len(found))
        return tuple(
            Unlocated(_NO_STREET[kind])
            if (kind := street_kind(address.street)) != "street"
            else one
            for address, one in zip(addresses, found, strict=True)
        )

    # -- addresses to points -----------------------------------------------------------------------

    def _placed(self, addresses: Sequence[StreetAddress]) -> list[_Point | Unlocated]:
        """Return each address's point; an address not found is tried again without its unit.

        Lines that are not a street are not sent. Raises GeocoderUnavailable if the first file gets
        no usable answer.
        """
        found: list[_Point | Unlocated] = [Unlocated(_NOT_FOUND)] * len(addresses)
        asked = [
            place for place, one in enumerate(addresses) if street_kind(one.street) == "street"
        ]
        if not asked:
            return found
        for place, point in zip(
            asked, self._points([addresses[place] for place in asked]), strict=True
        ):
            found[place] = point
        again = {
            place: replace(addresses[place], street=street)
            for place in asked
            if found[place] == Unlocated(_NOT_FOUND)
            and (street := without_unit(addresses[place].street)) != addresses[place].street
        }
        if again:
            try:
                points = self._points(list(again.values()))
            except GeocoderUnavailable as error:
                points = [Unlocated(str(error), is_final=False)] * len(again)
            for place, point in zip(again, points, strict=True):
                found[place] = point
        return found

    def _points(self, addresses: Sequence[StreetAddress]) -> list[_Point | Unlocated]:
        """Return each address's point.

        Raises GeocoderUnavailable if no usable answer comes, GeocoderUnreachable if no connection
        could be made.
        """
        for attempt in range(_TRIES):
            reply = self._posted(_file(addresses), attempt)
            points = _read(reply, addresses) if reply is not None else None
            if points is not None:
                return points
        raise GeocoderUnavailable(_UNANSWERED)

    def _posted(self, file: bytes, attempt: int) -> bytes | None:
        fields = {"benchmark": BENCHMARK, "vintage": vintage(self._congress, attempt)}
        return self._fetched(
            lambda session, timeout: session.post(
                f"{self._url}/geographies/addressbatch",
                data=fields,
                files={"addressFile": ("addresses.csv", file, "text/csv")},
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ),
            _FILE_SECONDS,
        )

    # -- points to districts -----------------------------------------------------------------------

    def _districts_at(
        self, points: Sequence[_Point | Unlocated], report: Callable[[int], None]
    ) -> Iterator[BatchResult]:
        by_block: dict[str, District | Unlocated] = {}
        failures = 0
        for done, point in enumerate(points):
            report(done)
            if isinstance(point, Unlocated):
                yield point
                continue
            if point.block not in by_block:
                if failures < FAILURES_TO_STOP:
                    answer = self._district_at(point)
                    failed = isinstance(answer, Unlocated) and not answer.is_final
                    failures = failures + 1 if failed else 0
                else:
                    answer = Unlocated(_UNANSWERED, is_final=False)
                by_block[point.block] = answer
            settled = by_block[point.block]
            yield settled if isinstance(settled, Unlocated) else Located(settled, point.zip)

    def _district_at(self, point: _Point) -> District | Unlocated:
        parameters = {
            "x": point.x,
            "y": point.y,
            "benchmark": BENCHMARK,
            "layers": f"{ordinal(self._congress)} Congressional Districts",
            "format": "json",
        }
        for attempt in range(_TRIES):
            parameters["vintage"] = vintage(self._congress, attempt)
            try:
                reply = self._fetched(
                    lambda session, timeout: session.get(
                        f"{self._url}/geographies/coordinates",
                        params=parameters,
                        timeout=timeout,
                        allow_redirects=False,
                        stream=True,
                    ),
                    _POINT_SECONDS,
                )
                return district_of(_result(reply), self._congress)
            except PlaceUnknown:
                return Unlocated(_NOT_FOUND)
            except GeocoderUnavailable:
                continue
        return Unlocated(_UNANSWERED, is_final=False)

    # -- one request -------------------------------------------------------------------------------

    def _fetched(
        self,
        send: Callable[[requests.Session, tuple[float, float]], requests.Response],
        seconds: float,
    ) -> bytes | None:
        """Return the reply's body, or None if it does not arrive whole within `seconds`.

        Raises GeocoderUnreachable if no connection could be made.

        The timeout of `requests` limits each read, not the whole reply, so a server that sends
        single bytes would never time out. So the request runs in a thread of its own, which is
        abandoned when the time is up.
        """
        seconds *= self._timeout_scale
        outcome: list[bytes] = []
        failed: list[Exception] = []

        def run() -> None:
            try:
                with requests.Session() as session:
                    session.headers["User-Agent"] = "campaign-toolkit"
                    with send(session, (_CONNECT_SECONDS, seconds)) as reply:
                        if reply.status_code == 200:
                            outcome.append(_bounded(reply))
            except requests.RequestException as error:
                failed.append(error)

        worker = threading.Thread(target=run, name="batch-geocoder", daemon=True)
        worker.start()
        worker.join(seconds)
        if failed and not was_reached(failed[0]):
            raise GeocoderUnreachable(_NOT_REACHED)
        return outcome[0] if outcome else None


def _bounded(reply: requests.Response) -> bytes:
    body = bytearray()
    for chunk in reply.iter_content(16_384):
        body += chunk
        if len(body) > _LARGEST_REPLY:
            return b""
    return bytes(body)


# -- the file, and its answer ----------------------------------------------------------------------


def _files(addresses: Sequence[StreetAddress]) -> Iterator[tuple[int, Sequence[StreetAddress]]]:
    for begin in range(0, len(addresses), FILE_ROWS):
        yield begin, addresses[begin : begin + FILE_ROWS]


def _file(addresses: Sequence[StreetAddress]) -> bytes:
    """Return the addresses in the Bureau's format: no header row, `id,street,city,state,zip`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, address in enumerate(addresses):
        writer.writerow([number, address.street, address.city, address.state, address.zip[:5]])
    content = out.getvalue().encode()
    assert len(content) <= FILE_BYTES
    return content


def _read(reply: bytes, addresses: Sequence[StreetAddress]) -> list[_Point | Unlocated] | None:
    """Return the answers in the order of the addresses, whatever order they came in.

    Returns None for a reply that answers none of them: a block page, or another table. A row is
    `id, input, Match|No_Match|Tie, Exact|Non_Exact, address, "lon,lat", line, side, state, county,
    tract, block`, cut short where there is no match.
    """
    missing = Unlocated(_UNANSWERED, is_final=False)
    found: list[_Point | Unlocated] = [missing] * len(addresses)
    answered = False
    try:
        for cells in csv.reader(io.StringIO(reply.decode("utf-8", "replace"), newline="")):
            if len(cells) < 3 or not (cells[0].isascii() and cells[0].isdigit()):
                continue
            number = int(cells[0][:9])
            if number < len(addresses) and (point := _point(cells)) is not None:
                found[number] = point
                answered = True
    except csv.Error:
        return None
    return found if answered else None


def _point(cells: Sequence[str]) -> _Point | Unlocated | None:
    outcome = cells[2].strip().casefold()
    if outcome in {"no_match", "tie"}:
        return Unlocated(_NOT_FOUND if outcome == "no_match" else _SEVERAL)
    if outcome != "match" or len(cells) < 12:
        return None
    x, _, y = cells[5].partition(",")
    block = "".join(cell.strip() for cell in cells[8:12])
    if not (_is_degrees(x) and _is_degrees(y) and block.isascii() and block.isdigit()):
        return None
    # The match may be another address: the Bureau returns the most similar one that it has.
    return _Point(x.strip(), y.strip(), block, cells[4].strip()[-5:])


def _is_degrees(text: str) -> bool:
    try:
        return abs(float(text)) <= 180
    except ValueError:
        return False


def _result(reply: bytes | None) -> Mapping[str, Any] | None:
    """Return the `result` of a JSON reply, which holds `geographies`; or None for anything else."""
    try:
        whole = json.loads(reply or b"")
    except (ValueError, RecursionError):
        return None
    result = whole.get("result") if isinstance(whole, Mapping) else None
    return result if isinstance(result, Mapping) else None
