"""A server on loopback that plays the Census geocoder, with its good and its bad days.

with GeocoderServer() as server:
    server.mood = "hang"
    Geocoder(server.url).district(StreetAddress("421 8th Ave", zip="10001"))
"""

import csv
import io
import json
import threading
from contextlib import suppress
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

Mood = Literal[
    "well",
    "hang",
    "drip",
    "drip-headers",
    "html",
    "html-as-json",
    "next-congress",
    "unlabeled-next-congress",
    "dallas",
    "tie",
    "same-district-twice",
    "error",
    "error-once",
    "redirect",
    "list",
    "empty-object",
    "odd-match",
    "half",
    "huge",
    "no-cd",
    "no-district",
    # Of files of addresses alone:
    "elsewhere",
    "shuffled",
    "points-fail",
]

#: (street, ZIP) as a person gives them -> state FIPS and district code: known answers.
KNOWN = {
    ("421 8th Ave", "10001"): ("36", "12"),
    # Made up: its ZIP lies in two districts.
    ("421 8th Ave", "10011"): ("36", "12"),
    ("200 W 24th St", "82001"): ("56", "00"),
    ("1600 Pennsylvania Ave NW", "20500"): ("11", "98"),
    ("100 Made-Up Way", "89421"): ("41", "02"),
    ("9 Lines Moved Rd", "59001"): ("30", "09"),
}


def area(state: str, code: str, congress: int = 119) -> dict[str, Any]:
    """Return one district as the Census Bureau describes it, the fields that matter here."""
    return {
        "GEOID": f"{state}{code}",
        "STATE": state,
        f"CD{congress}": code,
        "CDSESSN": str(congress),
        "BASENAME": code.lstrip("0"),
        "NAME": f"Congressional District {code.lstrip('0')}",
    }


def match(*areas: dict[str, Any], layer: str = "119th Congressional Districts") -> dict[str, Any]:
    """Return one address match in the geocoder's shape."""
    return {
        "matchedAddress": "SOMEWHERE",
        "coordinates": {"x": -73.99, "y": 40.75},
        "addressComponents": {},
        "geographies": {"States": [{"STATE": "36"}], layer: list(areas)},
    }


def reply(*matches: dict[str, Any]) -> bytes:
    """Return a whole reply with these matches, as bytes."""
    return json.dumps({"result": {"input": {}, "addressMatches": list(matches)}}).encode()


#: What the mood "dallas" answers to whatever is asked: the likest street that it has.
_IN_DALLAS: dict[str, Any] = {
    "matchedAddress": "12 OAK ST, DALLAS, TX, 75201",
    "addressComponents": {"city": "DALLAS", "state": "TX", "zip": "75201"},
}


class GeocoderServer:
    """Answers the endpoints of `/geographies/` that the clients ask, by its `mood`.

    `asked` holds the parameters of every request, oldest first; those of a file of addresses have
    its rows, one a line, under `file`.
    """

    def __init__(self) -> None:
        self.mood: Mood = "well"
        #: ZIP that is asked about -> the ZIP of the street that is found.
        self.zips: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.endpoints: list[str] = []
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """The root to give to `Geocoder`, or as GEOCODER_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/geocoder"

    def __enter__(self) -> "GeocoderServer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[GeocoderServer]

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.owner.asked.append(asked)
        self.owner.endpoints.append(url.path.rsplit("/", 1)[-1])
        # A client that has lost patience leaves, as it should.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._answer(asked)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        asked = {}
        for part in BytesParser().parsebytes(head + body).walk():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(content, bytes):
                asked["file" if name == "addressFile" else name] = content.decode()
        self.owner.asked.append(asked)
        self.owner.endpoints.append(self.path.rsplit("/", 1)[-1])
        with suppress(BrokenPipeError, ConnectionResetError):
            self._answer(asked)

    def _answer(self, asked: dict[str, str]) -> None:
        mood = self.owner.mood
        ny10, ny12 = area("36", "10"), area("36", "12")
        canned: dict[str, bytes] = {
            "next-congress": reply(
                match(area("36", "12", 120), layer="120th Congressional Districts")
            ),
            "unlabeled-next-congress": reply(match(area("36", "12", 120))),
            "dallas": reply(match(area("48", "30")) | _IN_DALLAS),
            "tie": reply(match(ny10), match(ny12)),
            "same-district-twice": reply(match(ny12), match(ny12)),
            "list": b"[1, 2]",
            "empty-object": b"{}",
            "odd-match": b'{"result": {"addressMatches": [7]}}',
            "half": reply(match(ny12))[:60],
            "huge": b" " * 3_000_000,
            "no-cd": reply(match({key: ny12[key] for key in ("GEOID", "STATE", "CDSESSN")})),
            "no-district": reply(match(area("17", "ZZ"))),
            "html-as-json": b"<html>Request Rejected</html>",
        }
        if mood == "hang":
            self.owner.closing.wait(60)
        elif mood in {"drip", "drip-headers"}:
            self._drip(headers=mood == "drip-headers")
        elif mood == "html":
            self._send(200, b"<html>Down for maintenance</html>", "text/html")
        elif mood == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
        elif mood == "error" or (mood == "error-once" and len(self.owner.asked) == 1):
            self._send(500, b"{}", "application/json")
        elif "file" in asked:
            self._send(200, self._points(asked["file"]), "text/csv")
        elif "x" in asked:
            self._send(*self._at_point(asked), "application/json")
        elif mood in canned:
            self._send(200, canned[mood], "application/json")
        else:
            self._send(200, self._known(asked), "application/json")

    def _known(self, asked: dict[str, str]) -> bytes:
        for (street, five), (state, code) in KNOWN.items():
            one_line = asked.get("address", "")
            if (street in one_line and five in one_line) or (
                (asked.get("street"), asked.get("zip")) == (street, five)
            ):
                return reply(match(area(state, code)))
        return reply()

    def _points(self, file: str) -> bytes:
        """Answer a file of addresses in the Bureau's shape, rows of the unknown cut short."""
        mood = self.owner.mood
        if mood in {"html-as-json", "list", "empty-object"}:
            return b"<html>Request Rejected</html>"
        rows: list[list[object]] = []
        for number, street, city, state, five in csv.reader(io.StringIO(file)):
            typed = f"{street}, {city}, {state}, {five}"
            five = self.owner.zips.get(five, five)
            place = list(KNOWN).index((street, five)) if (street, five) in KNOWN else None
            if mood == "tie":
                rows.append([number, typed, "Tie"])
            elif mood == "dallas":
                there = _IN_DALLAS["matchedAddress"]
                rows.append([number, typed, "Match", "Non_Exact", there, "-96.8,32.8", 1, "L"])
                rows[-1] += ["48", "113", "000100", "1000"]
            elif place is None:
                rows.append([number, typed, "No_Match"])
            else:
                there = "99999" if mood == "elsewhere" else five
                fips = KNOWN[street, five][0]
                found = f"{street.upper()}, SOMEWHERE, XX, {there}"
                point, block = f"{-100 - place}.5,40.25", f"100{place}"
                rows.append([number, typed, "Match", "Exact", found, point, 1234, "L"])
                rows[-1] += [fips, "001", "000100", block]
        if mood == "shuffled":
            rows.reverse()
        made = io.StringIO()
        csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        whole = made.getvalue().encode()
        return whole[: len(whole) * 2 // 3] if mood == "half" else whole

    def _at_point(self, asked: dict[str, str]) -> tuple[int, bytes]:
        mood = self.owner.mood
        if mood == "points-fail":
            return 500, b"{}"
        if mood == "dallas":
            state, code = "48", "30"
        else:
            state, code = list(KNOWN.values())[int(-float(asked["x"]) - 100)]
        congress = 120 if mood == "next-congress" else 119
        layer = f"{congress}th Congressional Districts"
        there = area("17", "ZZ") if mood == "no-district" else area(state, code, congress)
        return 200, json.dumps({"result": {"geographies": {layer: [there]}}}).encode()

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, *, headers: bool) -> None:
        """Send a byte at a time, each within any timeout for one read."""
        if headers:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
        while not self.owner.closing.wait(0.1):
            self.wfile.write(b" ")
            self.wfile.flush()
