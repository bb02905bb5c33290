"""Workbooks are read as their makers see them, and bombs are refused before they go off."""

import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from campaign.errors import TableRefused
from campaign.tables import workbook
from campaign.tables.table import Table


def made(*rows: tuple[str | float | bool | date | None, ...], more: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if more:
        book.create_sheet("Other")["A1"] = more
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(raw: bytes) -> list[tuple[int, list[str]]]:
    return workbook.read(raw, most_rows=1_000, most_columns=50).rows


def rewritten(raw: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return file.getvalue()


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


def test_formulas_come_as_what_they_were_last_worth() -> None:
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
def test_what_is_no_table_is_refused(raw: bytes, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        read(raw)


def test_a_cell_in_the_last_corner_sets_no_room_aside() -> None:
    """A reader that allots all cells up to it would ask for hundreds of gigabytes."""
    far = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</row>", b'</row><row><c r="XFD&#49;048576"><v>1</v></c></row>'),
    )

    with pytest.raises(TableRefused, match="more than 1,000 rows"):
        read(far)


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (b"<row>" + b"<c><v>1</v></c>" * 51 + b"</row>", "more than 50 columns"),
        (b'<row r="999"/><row/><row><c><v>1</v></c></row>', "more than 1,000 rows"),
        (b'<row r="1000"><c r="A1"><v>1</v></c></row><row><c r="A2"/></row>', "1,000 rows"),
    ],
    ids=["columns", "rows", "cells that say otherwise"],
)
def test_cells_that_do_not_say_where_they_stand_are_counted(sheet: bytes, told: str) -> None:
    raw = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.partition(b"<sheetData>")[0] + b"<sheetData>" + sheet + b"</sheetData></worksheet>"
        ),
    )

    with pytest.raises(TableRefused, match=told):
        read(raw)


@pytest.mark.parametrize("hidden", ["xl/worksheets/SHEET1.XML", "xl/tables/one.bin"])
def test_a_sheet_is_looked_at_under_whatever_name_it_hides(hidden: str) -> None:
    """The reader finds parts whatever the case of their names, and wherever a workbook says."""
    file = io.BytesIO()
    raw = made(*[("a",)] * 1_001)
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name).replace(
                b"/xl/worksheets/sheet1.xml", f"/{hidden.lower()}".encode()
            )
            new.writestr(hidden if name == "xl/worksheets/sheet1.xml" else name, content)

    with pytest.raises(TableRefused, match="more than 1,000 rows"):
        read(file.getvalue())


def test_pictures_are_no_fault_of_a_table() -> None:
    file = io.BytesIO(made(("Name",)))
    with zipfile.ZipFile(file, "a") as more:
        more.writestr("xl/media/image1.png", b"\x89PNG")
        more.writestr("xl/printerSettings/printerSettings1.bin", b"\x00\x01")

    assert read(file.getvalue()) == [(1, ["Name"])]


def shared(*texts: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
    return file.getvalue()


def test_a_text_that_many_cells_share_is_counted_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 200_000)

    with pytest.raises(TableRefused, match="too large"):
        read(shared(*["long " * 400] * 200))


def test_one_long_text_among_many_short_ones_is_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 200_000)

    assert len(read(shared("long " * 400, *["short"] * 200))) == 201


def test_what_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1_000_000)
    bomb = rewritten(made(("a",)), "xl/styles.xml", lambda _: b" " * 1_000_001)

    assert len(bomb) < 20_000
    with pytest.raises(TableRefused, match="too large"):
        read(bomb)


def test_a_part_that_is_larger_than_it_says_is_cut_or_refused() -> None:
    """The sizes that a ZIP states are the sender's own."""
    raw = rewritten(made(("a",)), "xl/styles.xml", lambda _: b" " * 3_000_000)
    lying = raw.replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))

    with pytest.raises(TableRefused):
        read(lying)


def test_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    raw = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: laughs + xml.partition(b"?>")[2].lstrip() if b"?>" in xml else laughs + xml,
    )

    with pytest.raises(TableRefused, match="cannot be read"):
        read(raw)


def inline(cell: bytes) -> bytes:
    """Return a workbook whose one cell holds this XML."""
    return rewritten(
        made(("zip",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.partition(b"<sheetData>")[0] + b"<sheetData><row r=\"1\">" + cell
        + b"</row></sheetData></worksheet>",
    )  # fmt: skip


LONG = b"x" * 90_000_000


@pytest.mark.parametrize(
    "cell",
    [
        lambda: b'<c r="A1" t="inlineStr"><is><t>' + LONG + b"</t></is></c>",
        lambda: b'<c r="A1" t="str"><v>' + LONG + b"</v></c>",
        lambda: (
            b'<c r="A1" t="inlineStr"><is>' + b"<r><t>xxxxxxxx</t></r>" * 500_000 + b"</is></c>"
        ),
        lambda: b'<c r="A1" s="' + LONG + b'"><v>1</v></c>',
        lambda: b"<!--" + LONG + b"-->",
    ],
    ids=["inline", "value", "runs", "attribute", "comment"],
)
def test_one_long_cell_is_refused_before_it_is_unpacked(cell: Callable[[], bytes]) -> None:
    raw = inline(cell())
    assert len(raw) < 500_000
    tracemalloc.start()
    try:
        with pytest.raises(TableRefused, match="longer than 32,767 characters"):
            read(raw)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_one_long_shared_text_is_refused_before_it_is_unpacked() -> None:
    raw = rewritten(
        shared("zip"),
        "xl/sharedStrings.xml",
        lambda xml: xml.replace(b"<t>zip</t>", b"<t>" + LONG + b"</t>"),
    )

    with pytest.raises(TableRefused, match="longer than 32,767 characters"):
        read(raw)


def test_a_cell_as_long_as_excel_lets_it_be_is_read() -> None:
    assert read(made(("x" * 32_767,))) == [(1, ["x" * 32_767])]


@pytest.mark.parametrize(
    "claim",
    [
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<dimension ref="A1:XFD1048576"/>',
    ],
    ids=["merged", "dimension"],
)
def test_a_claim_of_many_cells_sets_no_room_aside(claim: bytes) -> None:
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


def test_many_sheets_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_CELLS", 1_000)
    book = openpyxl.Workbook()
    for number in range(30):
        sheet = book.create_sheet(f"S{number}")
        for row in range(10):
            sheet.append([row] * 5)
    file = io.BytesIO()
    book.save(file)

    with pytest.raises(TableRefused, match="more than"):
        read(file.getvalue())


def test_another_format_in_a_zip_is_no_workbook() -> None:
    """A sheet of OpenDocument repeats a cell as often as it says, without holding it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", 8) as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        ods.writestr("content.xml", "<a/>")

    with pytest.raises(TableRefused, match="cannot be read"):
        read(file.getvalue())
    with pytest.raises(TableRefused, match=r"Excel workbook \(.xlsx\)"):
        Table(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100)


def test_the_only_sheet_with_headings_of_ours_is_the_table() -> None:
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
