"""A quote without its partner never puts one person's cells into another's record."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import TableRefused
from campaign.tables.table import Table

HEADING = ("first_name", "last_name", "street", "zip", "comment")


def rows(raw: str) -> list[tuple[str, ...]]:
    return [row.cells for row in Table(raw.encode())]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'name,zip,comment\nAna,59001,"My grandmother said\nBo,59001,fine\nCy,59001,fine\n',
            "line 2 opens a quote that is never closed",
        ),
        ('name,zip,comment\nAna,59001,"a\nb"\nBo,59001,"c\n', "line 4 opens a quote"),
        ('name,zip,comment\nAna,59001,"a\nb","c\n', "line 3 opens a quote"),
        ('name\tzip\tcomment\nAna\t59001\t"a\nBo\t59001\tb\n', "line 2 opens a quote"),
        ('name,zip\r"Ana,59001\rBo,59001\r', "line 2 opens a quote"),
        ('name,zip\nAna, "59001\nBo,59001\n', "line 2 opens a quote"),
        ('name,zip\n"Ana" Lopez,59001\n', "line 2 has text after a closing quote"),
        ('name,zip\nAna,"59001\nBo,"59001"\n', "line 3 has text.*opens on line 2"),
        ('name,zip\nAna Lo"pez,59001\n', r"line 2 holds a quote \(\"\) without its partner"),
        ('name,"zip\nAna,59001\n', "line 1 opens a quote"),
    ],
)
def test_a_table_whose_quotes_do_not_pair_is_refused_with_the_line(text: str, told: str) -> None:
    with pytest.raises(TableRefused, match=told):
        rows(text)


def test_quotes_that_pair_are_read() -> None:
    assert rows(
        'name,zip,comment\n"Lopez, ""Ana""" ,59001, "a\n\nb"\nBo "Bobby" Li,59001,6\' 2\n'
    ) == [('Lopez, "Ana" ', "59001", "a\n\nb"), ('Bo "Bobby" Li', "59001", "6' 2")]


@pytest.mark.parametrize(
    "swallowing",
    [
        # Two cells lack a quote each, so that all quotes pair.
        'Ana,Lopez,12 Oak St,59001,"My aunt said\nBo,Chen,14 Oak St,59001,fine"\n',
        'Ana,Lopez,"12 Oak St,59001,yes\nBo,Chen,14 Oak St",59001,yes\n',
        '"Ana,Lopez,12 Oak St,59001,yes\nBo",Chen,14 Oak St,59001,yes\n',
        'Ana,Lopez,12 Oak St,"59001,yes\nBo,Chen,14 Oak St,59001",yes\n',
        'Ana,Lopez,12 Oak St,59001,"a\nBo,Chen,14 Oak St,59001,b\nCy,Dunn,16 Oak St,59001,c"\n',
    ],
)
def test_a_cell_that_holds_another_record_is_refused(swallowing: str) -> None:
    with pytest.raises(TableRefused, match="looks like another line of the table, line 3"):
        rows(",".join(HEADING) + "\n" + swallowing)


def test_a_long_comment_with_commas_is_not_a_record() -> None:
    said = "I came, I saw, I wept, I wrote, and so on.\nYes, no, maybe, never, always"

    [row] = rows(f'{",".join(HEADING)}\nAna,Lopez,12 Oak St,59001,"{said}"\n')

    assert row[4] == said


_WORDS = st.text(st.sampled_from("ab ,\"\n;'"), max_size=12)


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    """Draw people, and their table with one quote taken out or put in anywhere."""
    people = [
        [f"First{number}", f"Last{number}", f"{number} Oak St", f"5900{number}", draw(_WORDS)]
        for number in range(1, draw(st.integers(2, 5)))
    ]
    text = io.StringIO()
    is_quoted = draw(st.booleans())
    writer = csv.writer(
        text, quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    writer.writerows([HEADING, *people])
    whole = text.getvalue()
    places = [place for place, char in enumerate(whole) if char == '"']
    is_taken = draw(st.booleans())
    if places and is_taken:
        place = draw(st.sampled_from(places))
        return people, whole[:place] + whole[place + 1 :]
    place = draw(st.integers(0, len(whole)))
    return people, whole[:place] + '"' + whole[place:]


@settings(max_examples=500)
@given(_damaged())
def test_one_quote_too_few_or_too_many_is_always_refused(
    damaged: tuple[list[list[str]], str],
) -> None:
    _, text = damaged

    with pytest.raises(TableRefused):
        rows(text)


@settings(max_examples=300)
@given(_damaged(), st.integers(0, 10_000), st.booleans())
def test_two_wrong_quotes_never_make_two_people_one(
    damaged: tuple[list[list[str]], str], where: int, is_taken: bool
) -> None:
    _, text = damaged
    places = [place for place, char in enumerate(text) if char == '"']
    if places and is_taken:
        place = places[where % len(places)]
        text = text[:place] + text[place + 1 :]
    else:
        place = where % (len(text) + 1)
        text = text[:place] + '"' + text[place:]

    try:
        found = rows(text)
    except TableRefused:
        return
    for cells in found:
        who = {number for number in range(1, 6) for cell in cells if f"First{number}" in cell}
        assert len(who) <= 1 or len(cells) > len(HEADING)


def test_a_multi_line_address_is_not_a_record() -> None:
    raw = 'name,address,consent\nBo Chen,"12 Oak St,\nApt 4\nActon MT 59001\nUSA",yes\n'

    [row] = Table(raw.encode())

    assert row.cells[1] == "12 Oak St,\nApt 4\nActon MT 59001\nUSA"


def test_a_heading_that_swallowed_lines_is_refused_at_any_delimiter() -> None:
    raw = '"name,zip,comment\nAna,59001,";"""\nBo,59002,"\n"\nCy,59003,\nDi,59004,"\n'

    with pytest.raises(TableRefused, match="more than one heading"):
        rows(raw)
