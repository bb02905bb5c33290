"""A table of paper signatures is read whatever program wrote it, and cannot exhaust the machine."""

import csv
import io
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import TableRefused
from campaign.organising import paper
from campaign.organising.paper import Line, Rejects, Table

HEADING = "first_name,last_name,zip\n"


def table(text: str | bytes) -> Table:
    return Table(io.BytesIO(text.encode() if isinstance(text, str) else text))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_usual_spelling_is_read(delimiter: str, begin: bytes, end: str) -> None:
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
        ("name,zip\nA,1\n", "must name the columns"),
        ("first_name,last_name,zip,zip\n", "zip twice"),
        ("A,B,1\n".encode("utf-16"), "UTF-16"),
        (HEADING + 'A,"' + "x" * (paper.LONGEST_RECORD + 1), "a quote not closed"),
        (HEADING + 'A,"' + "x\n" * paper.LONGEST_RECORD, "a quote not closed"),
        (HEADING + "A,B,1\n" * (paper.MOST_LINES + 1), "more than 100,000 lines"),
        (b"x" * (paper.MOST_BYTES + 1), "larger than 20 MB"),
        ("first_name,last_name,zip" + ",x" * 60 + "\n", "must name the columns"),
    ],
    ids=["empty", "heading", "twice", "utf16", "quote", "quote lines", "lines", "bytes", "columns"],
)
def test_what_cannot_be_read_or_has_no_end_is_refused(text: str | bytes, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        table(text)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="cannot be read"):
        paper.read(tmp_path / "none.csv", io.BytesIO())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    try:
        found = table(HEADING.encode() + noise)
    except TableRefused:
        return
    assert len(list(found)) == found.lines


def test_rejects_can_be_corrected_and_read_again(tmp_path: Path) -> None:
    source = table("first_name;Street;last_name;zip\n=A,1;x;B\xe9;\n")
    [line] = source
    path = tmp_path / "rejects.csv"

    with Rejects(path, source.heading) as rejects:
        rejects.add(line, "No ZIP.")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().decode() == (
        'line,reason,first_name,Street,last_name,zip\r\n2,No ZIP.,"\'=A,1",x,B\xe9,\r\n'
    )
    again = table(path.read_bytes())
    [read] = again
    assert again.passed_over == ("Street",)
    assert read.values == line.values
    # Rejected anew, its old number and reason are not carried along.
    with Rejects(path, again.heading) as rejects:
        rejects.add(read, "Still none.")
    assert path.read_text().count("line") == 1


def test_without_a_reject_there_is_no_file(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv", ("zip",)):
        pass
    with Rejects(None, ("zip",)) as nowhere:
        nowhere.add(Line(2, ("1",), {}), "No.")

    assert list(tmp_path.iterdir()) == []


def test_rejects_of_a_run_that_was_interrupted_leave_no_half(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Rejects(tmp_path / "rejects.csv", ("zip",)) as rejects:
            rejects.add(Line(2, ("1",), {}), "No.")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert list(tmp_path.iterdir()) == []
