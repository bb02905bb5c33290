"""How fast the site answers, as ratios to bare equivalents on the same server.

    python tests/bench/bench_web.py [--seconds 4] [--rounds 3] [--million] [--threads 8,16,32]

Prints the petition page against a bare Flask answer, and sign-ups against a bare Flask handler with
one committed insert through the same engine, with 1,000 signatures in the database and, on demand,
1,000,000. Bare and own run alternately, and the best round of each counts, so that what else the
machine does weighs on both alike. Only loopback is used. The load comes from `wrk` where it is
installed; else from Python threads, which take processor time from the server, and so flatter the
ratios.
"""

import argparse
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from sqlalchemy import insert

from campaign.cli import serve
from campaign.settings import Settings, read
from campaign.store import models, tokens
from campaign.store.db.engine import Database

NAME = "section-907"
CONNECTIONS = 16

# Every sign-up comes from a network of its own, as in a crowd: the limits see a /24.
_POST_SCRIPT = """
local count = 0
function request()
  count = count + 1
  local body = "%(body)s&email=p%(run)sx" .. count .. "%%40example.org"
  local network = string.format("%(octet)d.%%d.%%d.1", math.floor(count / 250) %% 250, count %% 250)
  return wrk.format("POST", "%(path)s", {
    ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Forwarded-For"] = network,
  }, body)
end
"""
_octets = count(11)


@dataclass(frozen=True)
class Load:
    """What to ask for; with a body it is posted, each time with another e-mail address."""

    path: str
    body: str = ""


@dataclass(frozen=True)
class Rate:
    """Answers a second, the 99th percentile of waiting in ms, and answers that were errors."""

    per_second: float
    p99_ms: float
    errors: int


# -- servers -------------------------------------------------------------------------------------


def bare(database_url: str) -> Flask:
    """Flask, and one committed Core insert: what cannot be left out."""
    app = Flask(__name__)
    db = Database(database_url)
    statement = insert(models.audit)

    @app.get("/")
    def answer() -> str:
        return "ok"

    @app.post("/sign")
    def sign() -> tuple[str, int, dict[str, str]]:
        with db.writing() as connection:
            connection.execute(
                statement,
                {
                    "at": datetime.now(UTC),
                    "actor": request.form["email"],
                    "action": request.form["first_name"],
                    "campaign": request.form["zip"],
                    "details": {},
                },
            )
        return "", 303, {"Location": "/"}

    return app


def run_server(kind: str, settings: Settings, port: int, threads: int) -> None:
    """Serve until told to stop: the same server, with either application in it."""
    if kind == "own":
        serve.run(settings, host="127.0.0.1", port=port, with_worker=False, threads=threads)
    else:
        processes = serve.default_processes(settings)
        server = serve.web_server("127.0.0.1", port, processes, threads=threads)
        server.serve(target_loader=partial(bare, settings.database_url), wrap_loader=False)


@contextmanager
def serving(kind: str, home: Path, threads: int) -> Iterator[int]:
    """Yield the port of a server of that kind in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, __file__, "--serve", kind, "--home", str(home), "--port", str(port)]
    log = home / f"{kind}.log"
    with log.open("w") as lines:
        process = subprocess.Popen(
            [*command, "--threads", str(threads)], stdout=lines, stderr=subprocess.STDOUT
        )
    try:
        wait_for(port, "/" if kind == "bare" else "/healthz", process, log)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(port: int, path: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return once that path answers."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"A server did not start: {log.read_text()}") from None
            time.sleep(0.1)
        else:
            return


# -- load ----------------------------------------------------------------------------------------


def measure(port: int, load: Load, seconds: float) -> Rate:
    """Ask as fast as `CONNECTIONS` connections can, for that long."""
    return (_by_wrk if shutil.which("wrk") else _by_threads)(port, load, seconds)


def _by_wrk(port: int, load: Load, seconds: float) -> Rate:
    command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if load.body:
            run = f"{time.monotonic_ns():x}"
            filled = {"body": load.body, "path": load.path, "run": run, "octet": next(_octets)}
            script.write(_POST_SCRIPT % filled)
            script.flush()
            command += ["-s", script.name]
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{load.path}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate is not None
    assert tail is not None
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[tail.group(2)]
    return Rate(
        float(rate.group(1)), float(tail.group(1)) * unit, int(failed.group(1)) if failed else 0
    )


def _by_threads(port: int, load: Load, seconds: float) -> Rate:
    waits: list[float] = []
    errors: list[int] = []
    end = time.monotonic() + seconds
    run, octet = f"{time.monotonic_ns():x}", next(_octets)
    numbers = count(1)

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end:
            number = next(numbers)
            begun = time.monotonic()
            if load.body:
                email = urlencode({"email": f"p{run}x{number}@example.org"})
                network = f"{octet}.{number // 250 % 250}.{number % 250}.1"
                headers = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Forwarded-For": network,
                }
                connection.request("POST", load.path, f"{load.body}&{email}", headers)
            else:
                connection.request("GET", load.path)
            answer = connection.getresponse()
            answer.read()
            waits.append(time.monotonic() - begun)
            if answer.status >= 400:
                errors.append(answer.status)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.sort()
    return Rate(len(waits) / seconds, waits[int(len(waits) * 0.99) - 1] * 1000, len(errors))


def signup_body(port: int) -> str:
    """What the petition's form would post, but for the e-mail address."""
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/c/{NAME}/", timeout=30).read().decode()
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
    assert token is not None, "the form has no token"
    return urlencode(
        {"first_name": "Ada", "last_name": "Example", "zip": "59001", "token": token.group(1)}
    )


# -- what is measured ----------------------------------------------------------------------------


def fill(settings: Settings, signers: int) -> None:
    """Create a database with that many confirmed signatures, rolled up as the worker would."""
    db = Database(settings.database_url)
    db.upgrade()
    start = datetime.now(UTC) - timedelta(days=30)
    with db.writing() as connection:
        for first in range(0, signers, 20_000):
            numbers = range(first, min(first + 20_000, signers))
            connection.execute(
                insert(models.signatures), [_row(number, start, signers) for number in numbers]
            )
        connection.execute(
            insert(models.tallies),
            [
                {"campaign": NAME, "kind": "total", "key": "", "count": signers},
                {"campaign": NAME, "kind": "state", "key": "MT", "count": signers},
                {"campaign": NAME, "kind": "district", "key": "MT-2", "count": signers},
                {"campaign": NAME, "kind": "day", "key": str(start.date()), "count": signers},
            ],
        )
    db.dispose()


def _row(number: int, start: datetime, signers: int) -> dict[str, Any]:
    at = start + timedelta(days=29) * (number / signers)
    return {
        "public_id": tokens.new_public_id(at),
        "campaign": NAME,
        "status": "confirmed",
        "first_name": "Ada",
        "last_name": f"Example {number}",
        "name_key": f"ada example {number}",
        "email": f"filled{number}@example.org",
        "email_key": f"filled{number}@example.org",
        "zip": "59001",
        "state": "MT",
        "district": "MT-2",
        "city": "Absarokee",
        "show_name": number % 3 == 0,
        "nonce": tokens.new_nonce(),
        "created_at": at,
        "confirmed_at": at,
        "number": number + 1,
    }


def pair(
    home: Path,
    threads: int,
    seconds: float,
    rounds: int,
    bare_load: Load,
    own_load: Callable[[int], Load],
) -> tuple[Rate, Rate]:
    """Return the best rate of the bare handler and of our own, measured in turn."""
    best: list[Rate] = []
    with serving("bare", home, threads) as bare_port, serving("own", home, threads) as own_port:
        sides: Sequence[tuple[int, Load]] = ((bare_port, bare_load), (own_port, own_load(own_port)))
        measured: list[list[Rate]] = [[], []]
        for port, load in sides:
            measure(port, load, 1)
        for _ in range(rounds):
            for side, (port, load) in enumerate(sides):
                measured[side].append(measure(port, load, seconds))
        best = [max(side, key=lambda rate: rate.per_second) for side in measured]
    errors = sum(rate.errors for side in measured for rate in side)
    if errors:
        raise SystemExit(f"{errors} answers were errors; the figures would mean nothing.")
    return best[0], best[1]


def report(what: str, pair_: tuple[Rate, Rate], target: float) -> None:
    """Print one line: both rates, their ratio, and what it is meant to reach."""
    bare_rate, own = pair_
    print(
        f"{what:<44} bare {bare_rate.per_second:7,.0f}/s (p99 {bare_rate.p99_ms:6.1f} ms)   "
        f"own {own.per_second:7,.0f}/s (p99 {own.p99_ms:6.1f} ms)   "
        f"ratio {own.per_second / bare_rate.per_second:.2f} (target {target})",
        flush=True,
    )


def told(home: Path) -> Settings:
    """Settings of a throw-away installation that believes one proxy, so that networks differ."""
    environ = {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(home), "TRUSTED_PROXIES": "1"}
    return read(environ, working_directory=home)


def main() -> None:
    """Measure, or be one of the servers that are measured."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--threads", default=str(serve.THREADS))
    arguments.add_argument("--serve", choices=("bare", "own"))
    arguments.add_argument("--home", type=Path)
    arguments.add_argument("--port", type=int)
    given = arguments.parse_args()
    if given.serve:
        run_server(given.serve, told(given.home), given.port, int(given.threads))
        return
    print(f"{os.cpu_count()} processors, {'wrk' if shutil.which('wrk') else 'Python threads'}")
    sizes = (1_000, 1_000_000) if given.million else (1_000,)
    for signers in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            fill(told(home), signers)
            for threads in map(int, given.threads.split(",")):
                what = f"{signers:,} signatures, {threads} threads"
                measured = partial(pair, home, threads, given.seconds, given.rounds)
                report(
                    f"petition page, {what}",
                    measured(Load("/"), lambda _port: Load(f"/c/{NAME}/")),
                    0.5,
                )
                signing = Load("/sign", "first_name=Ada&last_name=Example&zip=59001")
                report(
                    f"sign-ups, {what}",
                    measured(signing, lambda port: Load(f"/c/{NAME}/sign", signup_body(port))),
                    0.6,
                )


if __name__ == "__main__":
    main()
