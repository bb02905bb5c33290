"""A table of paper signatures: its columns, its lines, and what is refused."""

import csv
import io
from pathlib import Path

import pytest

from campaign.errors import TableRefused
from campaign.organizing.paper import table as paper_table
from campaign.organizing.paper.table import Table

HEADING = "first_name,last_name,zip\n"


def table(text: str | bytes) -> Table:
    return Table(text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_common_csv_dialects_are_read(delimiter: str, begin: bytes, end: str) -> None:
    lines = [["First Name", "LAST-NAME", " zip ", "Street"], ["Ani", 'P"a', "59001", "1 Main"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(lines)

    found = table(begin + text.getvalue().encode())

    assert found.lines == 1
    assert found.passed_over == ("Street",)
    assert [line.values for line in found] == [
        {"first_name": "Ani", "last_name": 'P"a', "zip": "59001"}
    ]


def test_lines_are_numbered_as_an_editor_does() -> None:
    found = table(HEADING + '\nA,"B\nC",1\n,,\nD,E,2\n')

    assert [line.number for line in found] == [3, 6]
    assert repr(next(iter(found))) == "Line(3)"


def test_a_line_with_more_cells_than_headings_is_a_fault_of_its_own() -> None:
    wide, fit = table(HEADING + "A,B,1,more\nA,B,1,,\n")

    assert "more columns" in wide.fault
    assert not fit.fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("street,zip\nA,1\n", "must name the columns.*It names: “street”, “zip”"),
        ("A,B,1\n".encode("utf-16"), "must name the columns"),
        (HEADING + "A,B,1\n" * (paper_table.CAPS.lines + 1), "more than 100,000 lines"),
        (b"x" * (paper_table.CAPS.bytes + 1), "larger than 20 MB"),
    ],
    ids=["empty", "heading", "utf16", "lines", "bytes"],
)
def test_an_unusable_table_is_refused(text: str | bytes, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        table(text)


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="cannot be read"):
        paper_table.read(tmp_path / "none.csv", io.BytesIO())


def test_standard_input_is_read(tmp_path: Path) -> None:
    assert paper_table.read(None, io.BytesIO(HEADING.encode() + b"A,B,1\n")).lines == 1


def test_a_corrected_rejects_file_is_read_again() -> None:
    [line] = table("line,column,reason,first_name,last_name,zip\n7,zip,No ZIP.,'=A,B,1\n")

    assert line.values == {"first_name": "=A", "last_name": "B", "zip": "1"}
