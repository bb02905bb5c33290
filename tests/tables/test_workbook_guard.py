"""Bombs are refused before they are unpacked, and what is large but honest passes."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from campaign.errors import TableRefused
from campaign.tables import workbook_guard
from tests.tables.workbooks import made, rewritten, shared


def checked(raw: bytes) -> bytes:
    return workbook_guard.check_and_repack(raw, max_rows=1_000, max_columns=50)


def test_a_cell_in_the_last_corner_is_refused() -> None:
    """A reader that allots all cells up to it would ask for hundreds of gigabytes."""
    far = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</row>", b'</row><row><c r="XFD&#49;048576"><v>1</v></c></row>'),
    )

    with pytest.raises(TableRefused, match="more than 1,000 rows"):
        checked(far)


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (b"<row>" + b"<c><v>1</v></c>" * 51 + b"</row>", "more than 50 columns"),
        (b'<row r="999"/><row/><row><c><v>1</v></c></row>', "more than 1,000 rows"),
        (b'<row r="1000"><c r="A1"><v>1</v></c></row><row><c r="A2"/></row>', "1,000 rows"),
    ],
    ids=["columns", "rows", "cells that say otherwise"],
)
def test_cells_without_a_reference_are_counted(sheet: bytes, told: str) -> None:
    raw = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.partition(b"<sheetData>")[0] + b"<sheetData>" + sheet + b"</sheetData></worksheet>"
        ),
    )

    with pytest.raises(TableRefused, match=told):
        checked(raw)


@pytest.mark.parametrize("hidden", ["xl/worksheets/SHEET1.XML", "xl/tables/one.bin"])
def test_a_sheet_is_checked_under_any_name(hidden: str) -> None:
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
        checked(file.getvalue())


def test_a_text_that_many_cells_share_is_counted_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 200_000)

    with pytest.raises(TableRefused, match="too large"):
        checked(shared(*["long " * 400] * 200))


def test_one_long_shared_text_among_short_ones_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 200_000)

    assert checked(shared("long " * 400, *["short"] * 200)).startswith(b"PK")


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_guard, "MAX_UNPACKED", 1_000_000)
    bomb = rewritten(made(("a",)), "xl/styles.xml", lambda _: b" " * 1_000_001)

    assert len(bomb) < 20_000
    with pytest.raises(TableRefused, match="too large"):
        checked(bomb)


def test_a_part_larger_than_declared_is_cut_or_refused() -> None:
    """The sizes that a ZIP states are the sender's own."""
    raw = rewritten(made(("a",)), "xl/styles.xml", lambda _: b" " * 3_000_000)
    lying = raw.replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little"))

    with pytest.raises(TableRefused):
        checked(lying)


def test_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    raw = rewritten(
        made(("a",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: laughs + xml.partition(b"?>")[2].lstrip() if b"?>" in xml else laughs + xml,
    )

    with pytest.raises(TableRefused, match="cannot be read"):
        checked(raw)


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
            checked(raw)
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
        checked(raw)


def test_many_sheets_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_guard, "MAX_CELLS", 1_000)
    book = openpyxl.Workbook()
    for number in range(30):
        sheet = book.create_sheet(f"S{number}")
        for row in range(10):
            sheet.append([row] * 5)
    file = io.BytesIO()
    book.save(file)

    with pytest.raises(TableRefused, match="more than"):
        checked(file.getvalue())
