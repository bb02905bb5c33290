"""Workbooks are read as their makers see them, and a hostile one harms only its own reader."""

import io
import re
import subprocess
import sys
import threading
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from campaign.errors import TableRefused
from campaign.tables import workbook, workbook_reader
from campaign.tables.table import Table
from tests.tables.workbooks import claiming, made, rewritten, shared, sparse

STOPPED = "takes too much memory or time"


def read(raw: bytes) -> list[tuple[int, list[str]]]:
    return workbook.read(raw, max_rows=1_000, max_columns=50).rows


def test_a_sheet_is_read_as_text() -> None:
    raw = made(("Name", "ZIP", "Day", "OK"), ("Ձու", 59001, date(2026, 6, 15), True), (None, 2.5))

    assert read(raw) == [
        (1, ["Name", "ZIP", "Day", "OK"]),
        (2, ["Ձու", "59001", "2026-06-15", "yes"]),
        (3, ["", "2.5", "", ""]),
    ]


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["B5"] = "zip", "59001"
    file = io.BytesIO()
    book.save(file)

    table = Table(file.getvalue())

    assert table.encoding == "XLSX"
    assert table.heading == ("", "zip")
    assert [(row.number, row.cells) for row in table] == [(5, ("", "59001"))]


def test_formulas_are_read_as_their_last_value() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_formula("A1", "=1+1", None, 2)

    assert read(file.getvalue()) == [(1, ["2"])]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"PK\x03\x04 and no more", "cannot be read"),
        (made(("a",), ("b",), more="c"), "2 sheets"),
        (made(*[("a",)] * 1_001), "more than 1,000 rows"),
        (made(("a",) * 51), "more than 50 columns"),
        (rewritten(made(("a",)), "xl/workbook.xml", lambda _: b"<"), "cannot be read"),
    ],
    ids=["torn", "sheets", "rows", "columns", "xml"],
)
def test_a_file_that_is_not_a_table_is_refused(raw: bytes, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        read(raw)


def test_a_workbook_with_pictures_is_read() -> None:
    file = io.BytesIO(made(("Name",)))
    with zipfile.ZipFile(file, "a") as more:
        more.writestr("xl/media/image1.png", b"\x89PNG")
        more.writestr("xl/printerSettings/printerSettings1.bin", b"\x00\x01")

    assert read(file.getvalue()) == [(1, ["Name"])]


def test_a_cell_of_excels_maximum_length_is_read() -> None:
    assert read(made(("x" * 32_767,))) == [(1, ["x" * 32_767])]


@pytest.mark.parametrize(
    "claim",
    [
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<dimension ref="A1:XFD1048576"/>',
    ],
    ids=["merged", "dimension"],
)
def test_a_declared_size_does_not_allocate_memory(claim: bytes) -> None:
    raw = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b"</sheetData>", b"</sheetData>" + claim)
            if b"merge" in claim
            else re.sub(rb"<dimension[^>]*>", claim, xml)
        ),
    )

    assert read(raw) == [(1, ["a"])]


def test_another_zip_format_is_refused() -> None:
    """A sheet of OpenDocument repeats a cell as often as it says, without holding it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", 8) as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        ods.writestr("content.xml", "<a/>")

    with pytest.raises(TableRefused, match="cannot be read"):
        read(file.getvalue())
    with pytest.raises(TableRefused, match=r"Excel workbook \(.xlsx\)"):
        Table(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100)


def test_the_only_sheet_with_known_headings_is_the_table() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Printed", "2026"])
    people = book.create_sheet("People")
    people.append(["Name", "ZIP"])
    people.append(["Ana Lopez", "59001"])
    file = io.BytesIO()
    book.save(file)

    found = Table(file.getvalue())

    assert [row.cells for row in found] == [("Ana Lopez", "59001")]
    assert found.notes == ("Sheets that are not used: “Sheet”.",)


@pytest.mark.parametrize(
    "raw", [claiming(4_000_000_000), sparse(1_000_000)], ids=["texts", "cells"]
)
def test_a_reader_out_of_memory_ends_only_itself(raw: bytes) -> None:
    """Without a process of its own the first would end the server, whatever the guard counts."""
    with pytest.raises(TableRefused, match=STOPPED):
        workbook.read(raw, max_rows=1_000_000, max_columns=50)

    assert read(made(("zip",))) == [(1, ["zip"])]


def test_deep_nesting_is_read_or_refused_and_no_overflow() -> None:
    styles = rewritten(
        made(("zip",)), "xl/styles.xml", lambda _: b"<a>" * 500_000 + b"</a>" * 500_000
    )
    texts = rewritten(
        shared("zip"),
        "xl/sharedStrings.xml",
        lambda xml: xml.replace(b"<si>", b"<si>" + b"<r>" * 500_000).replace(
            b"</si>", b"</r>" * 500_000 + b"</si>"
        ),
    )

    with pytest.raises(TableRefused, match="cannot be read"):
        read(styles)
    assert read(texts) == [(1, ["zip"])]


def test_a_workbook_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "TIMEOUT_S", 0.3)
    slow = made(*[("a",) * 50] * 4_000)
    began = time.monotonic()

    with pytest.raises(TableRefused, match=STOPPED):
        workbook.read(slow, max_rows=10_000, max_columns=50)

    assert time.monotonic() - began < 20


def test_concurrent_workbooks_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "WAIT_S", 0.01)
    slow = made(*[("a",) * 50] * 2_000)
    told: list[str] = []

    def read_slowly() -> None:
        try:
            workbook.read(slow, max_rows=10_000, max_columns=50)
        except TableRefused as refused:
            told.append(str(refused))

    readers = [threading.Thread(target=read_slowly) for _ in range(workbook.MAX_CONCURRENT + 1)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert told == ["Other workbooks are being read just now. Try again in a minute."]
    assert read(made(("zip",))) == [(1, ["zip"])]


def test_the_reader_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []
    popen = subprocess.Popen

    def noting(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        given.append(options["env"])
        return popen(*arguments, **options)

    monkeypatch.setenv("SECRET_KEY", "not for readers of workbooks")
    monkeypatch.setattr(subprocess, "Popen", noting)

    read(made(("zip",)))

    assert [sorted(environment) for environment in given] == [["PYTHONPATH"]]


def limited(program: str) -> "subprocess.CompletedProcess[str]":
    """Run a program in a process that has limited itself as the reader does."""
    begin = "from campaign.tables import workbook_reader; workbook_reader.limit_this_process();"
    return subprocess.run(
        [sys.executable, "-c", begin + program], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not hold the limit on memory")
def test_the_reader_gets_no_more_memory_than_its_limit() -> None:
    within = limited(f"bytes({workbook_reader.MEMORY // 2})")
    beyond = limited(f"bytes({workbook_reader.MEMORY})")

    assert within.returncode == 0, within.stderr
    assert beyond.returncode == 1
    assert "MemoryError" in beyond.stderr


def test_the_reader_limits_its_time_and_writes_no_file(tmp_path: Path) -> None:
    made_up = tmp_path / "made-up"

    time_limit = limited("import resource; print(*resource.getrlimit(resource.RLIMIT_CPU))")
    written = limited(f"from pathlib import Path; Path({str(made_up)!r}).write_text('x')")

    assert time_limit.stdout.split() == [str(workbook_reader.CPU_SECONDS)] * 2
    assert "File too large" in written.stderr
    assert made_up.read_text() == ""
