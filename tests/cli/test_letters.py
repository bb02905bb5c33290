"""`campaign letters` and `campaign sheet`: a table in, files out, and what is said beside them."""

import csv
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import xlsxwriter

from campaign import cli
from campaign.letters.print.signup_sheet import PageId
from tests.congress.geocoder_server import GeocoderServer
from tests.letters.reading import pages_of, words_of
from tests.tables.workbooks import claiming

PEOPLE = (
    "First name,Last name,Street,ZIP,Consent,Own words,Shoe size\n"
    "Ani,Petrosyan,12 Main Street,59101,yes,Our town cares.,9\n"
    "Bo,Li,421 8th Ave,10011,yes,,\n"
    "Cy,Poe,9 Oak Street,82001,no,,\n"
)


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: bytes
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command in a folder of its own that holds people.csv."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    # Nothing listens here, so a look-up that ought not to happen fails at once.
    monkeypatch.setenv("GEOCODER_URL", "http://127.0.0.1:9")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")

    def run(*arguments: str, typed: bytes = b"") -> Done:
        monkeypatch.setattr("sys.argv", ["campaign", *arguments])
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(typed)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsysbinary.readouterr()
        assert isinstance(ended.value.code, int | None)
        return Done(ended.value.code or 0, said.out, said.err.decode())

    return run


def letters(run: Run, *arguments: str, **typed: bytes) -> Done:
    return run("letters", "section-907", *arguments, "--on", "2026-06-15", **typed)


def test_every_file_is_made_of_one_table(run: Run, tmp_path: Path) -> None:
    done = letters(
        run,
        "people.csv",
        *("--out", "letters.pdf", "--rejects", "rejects.csv"),
        *("--envelopes", "envelopes.pdf", "--labels", "labels.pdf"),
        *("--return-labels", "returns.pdf", "--call-sheets", "calls.pdf"),
        *("--one-file-each", "each"),
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == (
        "5 letters by 2 people. 1 letter to the House needs a district. 1 line left out.\n"
    )
    assert "do not use: “Shoe size”" in done.stderr
    assert "are in rejects.csv" in done.stderr
    assert pages_of((tmp_path / "letters.pdf").read_bytes()) == 6
    assert pages_of((tmp_path / "envelopes.pdf").read_bytes()) == 5
    for name in ("labels.pdf", "returns.pdf"):
        assert pages_of((tmp_path / name).read_bytes()) == 1
    assert pages_of((tmp_path / "calls.pdf").read_bytes()) == 5
    assert sorted(file.name for file in (tmp_path / "each").iterdir()) == [
        "00002-ani-petrosyan.pdf",
        "00003-bo-li.pdf",
    ]
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        rejects = list(csv.reader(file))
    assert [row[:2] for row in rejects] == [
        ["line", "column"],
        ["3", "house letter"],
        ["4", "consent"],
    ]
    printed = words_of((tmp_path / "letters.pdf").read_bytes(), tmp_path)
    assert printed.count("Our town cares.") == 3
    assert printed.count("June 15, 2026\n") >= 3


def test_without_a_rejects_file_the_lines_are_printed(run: Run) -> None:
    done = letters(run, "people.csv", "--out", "letters.pdf")

    assert "line 3 (house letter): There is no letter to the House yet" in done.stderr
    assert "10011 is in several districts. Fill in NY-10 or NY-12" in done.stderr
    assert "line 4 (consent): There is no consent" in done.stderr
    assert "Petrosyan" not in done.stderr


def test_streets_are_looked_up_when_that_is_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GeocoderServer() as server:
        monkeypatch.setenv("GEOCODER_URL", server.url)
        done = letters(run, "people.csv", "--out", "letters.pdf", "--look-up")

    assert done.stdout.decode() == "6 letters by 2 people. 1 line left out.\n"
    assert server.endpoints == ["addressbatch", "coordinates"]


def test_standard_input_and_output_are_a_table_and_a_pdf(run: Run) -> None:
    done = letters(run, "-", "--out", "-", typed=PEOPLE.encode("utf-16"))

    assert done.stdout.startswith(b"%PDF")
    assert pages_of(done.stdout) == 6
    assert "5 letters by 2 people." in done.stderr


def test_strict_leaves_out_people_whose_district_is_not_certain(run: Run) -> None:
    done = letters(run, "people.csv", "--out", "letters.pdf", "--strict")

    assert done.stdout.decode() == "3 letters by 1 person. 2 lines left out.\n"
    assert "line 3 (district): 10011 is in several districts" in done.stderr


def test_a_workbook_is_read(run: Run, tmp_path: Path) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Full name", "Address", "Zip", "Consent"])
        sheet.write_row(1, 0, ["Petrosyan, Ani", "12 Main Street", 59101, True])
    (tmp_path / "people.xlsx").write_bytes(file.getvalue())

    done = letters(run, "people.xlsx", "--out", "letters.pdf", "--to", "house", "--tone", "brief")

    assert done.stdout.decode() == "1 letter by 1 person. Every line of the table was used.\n"


def test_a_workbook_that_ends_its_reader_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.xlsx").write_bytes(claiming(4_000_000_000))

    done = letters(run, "people.xlsx", "--out", "letters.pdf")

    assert done.returncode == 1
    assert "campaign: The workbook takes too much memory or time to read." in done.stderr
    assert not (tmp_path / "letters.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("people.csv",), 2, "--out letters.pdf"),
        (("people.csv", "--out", "x.pdf", "--to", "mayor"), 2, "Choose the recipients: senate"),
        (("people.csv", "--out", "x.pdf", "--talking-point", "no"), 2, "no talking point “no.”"),
        (("none.csv", "--out", "x.pdf"), 1, "cannot be read: No such file"),
        (("people.csv", "--out", "none/x.pdf"), 1, "cannot be written: No such file"),
    ],
)
def test_wrong_use_is_one_sentence(
    run: Run, arguments: tuple[str, ...], status: int, told: str
) -> None:
    done = letters(run, *arguments)

    assert done.returncode == status
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_without_a_letter_in_it_fails_with_its_reasons(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("name,street,zip,consent\nA B,1 C,59101,no\n")

    done = letters(run, "none.csv", "--out", "letters.pdf", "--rejects", "rejects.csv")

    assert done.returncode == 1
    assert "No line of the table can become a letter." in done.stderr
    assert (tmp_path / "rejects.csv").exists()
    assert not (tmp_path / "letters.pdf").exists()


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_progress_bar_moves_only_on_a_terminal(tmp_path: Path, on_terminal: bool) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    begin = "from campaign.cli import main; main()"
    arguments = ("letters", "section-907", "people.csv", "--out", "l.pdf", "--on", "2026-06-15")
    environ = {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path), "TERM": "xterm"}
    shown, told = pty.openpty() if on_terminal else os.pipe()

    running = subprocess.Popen(
        [sys.executable, "-c", begin, *arguments],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=told,
        env={"PATH": os.environ["PATH"], **environ},
    )
    os.close(told)
    said = b""
    # A terminal whose other end is closed is an error, a pipe's is an end.
    with suppress(OSError):
        while piece := os.read(shown, 4096):
            said += piece
    os.close(shown)

    assert running.wait(60) == 0
    assert (b"Letters" in said) == on_terminal


def test_blank_sheets_say_their_ids(run: Run, tmp_path: Path) -> None:
    done = run("sheet", "section-907", "--out", "sheet.pdf", "--pages", "2", "--kind", "pledge")

    assert done.returncode == 0
    made = (tmp_path / "sheet.pdf").read_bytes()
    ids = done.stdout.decode().removeprefix("Page ids: ").rstrip(".\n").split(", ")
    assert [str(PageId.parse(one)) for one in ids] == ids
    printed = words_of(made, tmp_path)
    assert all(f"Page {one}" in printed for one in ids)
    assert "127.0.0.1:8000/c/section-907/" in printed


def test_sheets_go_to_standard_output_too(run: Run) -> None:
    assert run("sheet", "section-907", "--out", "-").stdout.startswith(b"%PDF")
    assert run("sheet", "section-907", "--out", "x.pdf", "--pages", "0").returncode == 2


def test_a_table_whose_quotes_do_not_pair_makes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text(
        "first_name,last_name,street,zip,consent,personal\n"
        'Ana,Lopez,12 Oak St,59001,yes,"My grandmother said\n'
        "Bo,Chen,14 Oak St,59001,yes,fine\n"
    )

    done = letters(run, "open.csv", "--out", "letters.pdf", "--rejects", "rejects.csv")

    assert done.returncode == 1
    assert "line 2 opens a quote that is never closed" in done.stderr
    assert sorted(file.name for file in tmp_path.glob("*.*")) == ["open.csv", "people.csv"]


def test_what_is_left_out_is_printed_before_the_letters_are_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "nowhere").mkdir()

    done = letters(run, "people.csv", "--out", "nowhere")

    assert done.returncode == 1
    assert "do not use: “Shoe size”" in done.stderr
    assert "line 4 (consent): There is no consent" in done.stderr
