"""What the logs leave out: secrets of addresses, and every value of an error."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from campaign import logs
from campaign.secret_paths import SECRET_PATHS, redact_secrets
from campaign.store.db.engine import Database
from campaign.web.core.organizer_paths import EARLIER_PREFIX
from tests.web.whole_site import Site, make_site

TOKEN = "AaIMnPrRVzazQKL8GapHF2sOgWgWOS9A"
DEPLOY = Path(__file__).parents[1] / "deploy"


@pytest.fixture
def written() -> io.StringIO:
    """What is logged."""
    stream = io.StringIO()
    logs.configure(stream=stream)
    return stream


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A new development site."""
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


# -- Secrets of addresses --------------------------------------------------------------------------


@pytest.mark.parametrize("path", SECRET_PATHS)
def test_no_secret_of_an_address_is_logged(written: io.StringIO, path: str) -> None:
    logs.logger("site").warning(f"fault at {path}{TOKEN}?lang=es", reason=f"{path}{TOKEN}/erase")
    logging.getLogger("werkzeug").warning("GET https://example.org%s%s failed", path, TOKEN)
    logging.getLogger("werkzeug").warning("GET /organize/log-in?next=%s", quote(path + TOKEN, ""))

    said = written.getvalue()
    assert said.count(path) == 3
    assert TOKEN not in said


def test_every_address_with_a_secret_is_on_the_list(site: Site) -> None:
    rules = {
        rule.rule for rule in site.app.url_map.iter_rules() if {"token", "ticket"} & rule.arguments
    }

    begins = {rule.partition("<")[0] for rule in rules}

    assert begins == {path for path in SECRET_PATHS if not path.startswith(EARLIER_PREFIX)}


def test_no_search_engine_is_let_into_a_secret_address(site: Site) -> None:
    rows = site.client.get("/robots.txt").text.splitlines()
    closed = [row.removeprefix("Disallow: ") for row in rows if row.startswith("Disallow: ")]

    assert all(any(path.startswith(begin) for begin in closed) for path in SECRET_PATHS)


def test_the_files_for_web_servers_keep_every_secret_address_out_of_their_logs() -> None:
    nginx_file = (DEPLOY / "nginx" / "campaign.conf").read_text(encoding="utf-8")
    nginx = [re.compile(found) for found in re.findall(r"^ +~(\^\S+) 0;$", nginx_file, re.M)]
    caddy_file = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    caddy = re.search(r"^\s+@secret path (.+)$", caddy_file, re.MULTILINE)

    assert nginx
    assert caddy is not None
    globs = caddy[1].split()
    assert sorted(globs) == sorted(f"{path}*" for path in SECRET_PATHS)
    for path in SECRET_PATHS:
        assert any(one.search(path + TOKEN) for one in nginx), path
    for path in ("/c/section-907/", "/organize/log-in", "/organize/section-907/", "/method/x"):
        assert not any(one.search(path) for one in nginx)


def test_what_is_no_secret_stays_readable() -> None:
    assert redact_secrets("/c/section-907/ and /meadow/x") == "/c/section-907/ and /meadow/x"


# -- Errors ----------------------------------------------------------------------------------------


def _lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(row) for row in written.getvalue().splitlines()]


def _fail() -> None:
    try:
        raise KeyError("ani@example.org")
    except KeyError as error:
        raise ValueError("Ani Petrosyan\nof Armavir") from error


@pytest.mark.parametrize("by", ["structlog", "logging", "tuple", "flask"])
def test_an_error_is_one_line_with_its_places_and_no_values(written: io.StringIO, by: str) -> None:
    try:
        _fail()
    except ValueError as error:
        if by == "structlog":
            logs.logger("x").exception("fault", row=7)
        elif by == "logging":
            logging.getLogger("x").error("fault", exc_info=error)
        elif by == "tuple":
            logging.getLogger("x").log(logging.ERROR, "fault", exc_info=sys.exc_info())
        else:
            logging.getLogger("x").exception("fault")

    (line,) = _lines(written)
    fault = line["fault"]
    assert isinstance(fault, list)
    assert [one["type"] for one in fault] == ["ValueError", "KeyError"]
    assert re.fullmatch(r"tests/test_logs\.py:\d+ in _fail", fault[0]["at"][-1])
    assert "Petrosyan" not in written.getvalue()
    assert "ani@example.org" not in written.getvalue()


def test_no_value_of_a_statement_is_logged(written: io.StringIO, database: Database) -> None:
    try:
        with database.reading() as connection:
            connection.execute(sa.text("SELECT :email FROM nowhere"), {"email": "ani@example.org"})
    except Exception:
        logging.getLogger("x").exception("fault")

    (line,) = _lines(written)
    assert line["fault"]
    assert "ani@example.org" not in written.getvalue()
    assert "SELECT" not in written.getvalue()


def test_a_line_that_cannot_be_made_tells_no_values(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("x").warning("%d", "ani@example.org")

    assert "ani@example.org" not in written.getvalue() + capsys.readouterr().err


def test_what_nobody_caught_is_one_line_without_values(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in (
        (sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, getattr(owner, name))
    logs.log_uncaught()

    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()

    (line,) = _lines(written)
    assert line["event"] == "unforeseen"
    assert "Petrosyan" not in written.getvalue()


def test_a_command_tells_an_unforeseen_error_by_its_place_alone(tmp_path: Path) -> None:
    program = (
        "import campaign.cli.lookup as lookup, campaign.cli as cli, sys\n"
        "def broken(*_, **__): raise ValueError('ani@example.org')\n"
        "lookup.lookup.callback = broken\n"
        "sys.argv = ['campaign', 'lookup', '59001']\n"
        "cli.main()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert ended.returncode == 1
    assert "ani@example.org" not in ended.stdout + ended.stderr
    logged, said = ended.stderr.strip().splitlines()
    assert json.loads(logged)["fault"][0]["type"] == "ValueError"
    assert said.startswith("campaign: ")


def test_a_fault_of_a_page_is_one_line_without_values(
    site: Site, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ValueError("ani@example.org")

    monkeypatch.setattr("campaign.web.site.about.render_template", broken)

    assert site.client.get("/privacy?email=ani@example.org").status_code == 500
    (line,) = _lines(written)
    assert line["fault"]
    assert "ani@example.org" not in written.getvalue()
