"""A table is read whatever program wrote it, and cannot exhaust the machine."""

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import TableRefused
from campaign.tables import table
from campaign.tables.table import Table, TableLimits


def opened(text: str | bytes, caps: TableLimits | None = None) -> Table:
    raw = text.encode() if isinstance(text, str) else text
    return Table(raw, caps)


def cells(found: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in found]


# What each encoding can hold, without what parts lines and without a NUL.
_LATIN = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=20
)
_ANY = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)


@st.composite
def _spelled(draw: st.DrawFn) -> tuple[list[list[str]], bytes, str]:
    """Draw rows, the same as bytes in some encoding, and what they should be read as."""
    encoding, read_as, words = draw(
        st.sampled_from(
            [
                ("utf-8", "UTF-8", _ANY),
                ("utf-8-sig", "UTF-8", _ANY),
                ("utf-16", "UTF-16", _ANY),
                ("utf-16-be", "UTF-16", _LATIN),
                ("latin-1", "Windows-1252", _LATIN),
            ]
        )
    )
    rows = draw(st.lists(st.tuples(words, words, words), min_size=1, max_size=6))
    given_rows = [["Name", "Town", "ZIP"], *map(list, rows)]
    if encoding == "latin-1":
        # Text that is also good UTF-8 is UTF-8: a letter alone, before a plain one, never is.
        given_rows[1][0] = "Åsa Ñuñez"
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        given_rows
    )
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return given_rows, mark + text.getvalue().encode(encoding, "replace"), read_as


@settings(max_examples=50)
@given(_spelled())
def test_encodings_and_delimiters_are_recognized(
    spelled: tuple[list[list[str]], bytes, str],
) -> None:
    rows, raw, read_as = spelled

    found = opened(raw)

    assert list(found.heading) == rows[0]
    kept = [row for row in rows[1:] if any(map(str.strip, row))]
    if read_as != "Windows-1252":
        assert found.encoding == read_as
        assert [list(row) for row in cells(found)] == kept
    elif found.encoding == "Windows-1252":
        assert [list(row) for row in cells(found)] == kept
    else:
        # More good UTF-8 than not: nobody means that, and only the wrong bytes are spoiled.
        assert found.encoding == "UTF-8"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_names_in_latin_letters_survive_old_encodings(encoding: str) -> None:
    found = opened("name;town\nJosé Ångström-Müller;São João\n".encode(encoding))

    assert found.encoding == "Windows-1252"
    assert cells(found) == [("José Ångström-Müller", "São João")]


def test_windows_1252_punctuation_survives() -> None:
    assert cells(opened("name,town\nO’Brien – “Jo”,€\n".encode("cp1252"))) == [
        ("O’Brien – “Jo”", "€")
    ]


def test_utf_16_without_a_byte_order_mark_is_detected() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        found = opened("name,zip\nAni,59001\n".encode(encoding))
        assert (found.encoding, cells(found)) == ("UTF-16", [("Ani", "59001")])


def test_one_invalid_byte_spoils_only_its_line() -> None:
    found = opened("name,town\nJosé,Saõ\nBad,\n".encode() + b"B\xe9,x\n")

    assert found.encoding == "UTF-8"
    assert cells(found) == [("José", "Saõ"), ("Bad", ""), ("B\udce9", "x")]


def test_commas_within_cells_do_not_outvote_the_delimiter() -> None:
    found = opened("name;town;zip\nDoe, Jo, Jr.;A, B, C;1\nRoe, Al, III;D, E;2\n")

    assert found.heading == ("name", "town", "zip")
    assert cells(found)[0] == ("Doe, Jo, Jr.", "A, B, C", "1")


def test_a_sep_line_sets_the_delimiter_and_is_skipped() -> None:
    [row] = opened("sep=|\nname|zip\nA|1\n")

    assert (row.number, row.cells) == (3, ("A", "1"))


def test_lines_are_numbered_as_an_editor_does() -> None:
    found = opened('name,zip\n\nA,"B\nC"\n,,\nD,E\n')

    assert [row.number for row in found] == [3, 6]
    assert repr(next(iter(found))) == "Row(3)"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("\n , \n", "empty"),
        ('name\nA,"' + "x" * 20_001, "line 2 opens a quote that is never closed"),
        ('name\nA,"' + "x\n" * 20_000, "line 2 opens a quote that is never closed"),
        ("name\nA," + "x" * 20_001, "record at line 2 is longer than 20,000 characters"),
        ("name\n" + "A\n" * 101, "more than 100 lines"),
        (b"x" * 1_000_001, "larger than 0 MB"),
        ("name" + ",x" * 60 + "\n", "more than 50 columns"),
    ],
    ids=["empty", "blank", "quote", "quote lines", "record", "lines", "bytes", "columns"],
)
def test_an_endless_record_is_refused(text: str | bytes, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        opened(text, TableLimits(bytes=1_000_000, lines=100))


def test_a_large_table_of_old_line_ends_is_read_in_time() -> None:
    started = time.process_time()

    assert opened(b"name,zip\r" + b"Ani,59001\r" * 90_000).lines == 90_000
    assert time.process_time() - started < 5


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    for begin in (b"", b"name,zip\n", b"PK\x03\x04", b"\xff\xfe"):
        try:
            found = opened(begin + noise)
        except TableRefused:
            continue
        assert len(list(found)) == found.lines


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="cannot be read"):
        table.read(tmp_path / "none.csv")


def test_an_endless_stream_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="larger"):
        table.read_stream(io.BytesIO(b"x" * 2_000_000), TableLimits(bytes=1_000_000))


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", ",\n"])
def test_empty_lines_are_limited(ending: str) -> None:
    """Twenty megabytes of them would keep a process busy for a quarter of a minute."""
    caps = TableLimits(lines=100)
    few = f"name,zip{ending}" + ending * 9_000 + f"Ani,59001{ending}"
    many = f"name,zip{ending}" + ending * 11_000 + f"Ani,59001{ending}"

    assert Table(few.encode(), caps).lines == 1
    with pytest.raises(TableRefused, match="empty lines"):
        Table(many.encode(), caps)
