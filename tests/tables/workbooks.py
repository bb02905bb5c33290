"""Workbooks as programs write them, and as somebody hostile would change them."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import xlsxwriter


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


def rewritten(raw: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return file.getvalue()


def shared(*texts: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, text)
    return file.getvalue()


def claiming(texts: int) -> bytes:
    """Return a workbook of 5 KB whose one text claims to be one of so many.

    The reader in Rust allocates room for all of them, and ends its process where there is none.
    """
    return rewritten(
        shared("zip"),
        "xl/sharedStrings.xml",
        lambda xml: re.sub(
            rb'count="1" uniqueCount="1"', b'count="%d" uniqueCount="%d"' % (texts, texts), xml
        ),
    )


def sparse(row: int) -> bytes:
    """Return a workbook with two cells: one in the first row, one in column 50 of the last."""
    cell = b'<row r="%d"><c r="AX%d"><v>1</v></c></row></sheetData>' % (row, row)
    return rewritten(
        made(("zip",)),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", cell),
    )
