"""Lists of names: whole entries in columns, every line within its column, every name once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.letters.print import fonts, name_columns
from campaign.letters.print.name_columns import (
    COLUMNS,
    FIRST_ROWS,
    MISSING,
    ROWS,
    Entry,
    lines_for,
    pages,
)

_WORDS = st.text(alphabet="aimWÆđՊ-", min_size=1, max_size=80)
_ENTRIES = st.builds(
    Entry, st.lists(_WORDS, min_size=1, max_size=4).map(" ".join), st.sampled_from(["", "Billings"])
)


@settings(max_examples=50, deadline=None)
@given(_ENTRIES)
def test_no_line_is_wider_than_its_column_and_no_letter_is_lost(entry: Entry) -> None:
    lines = lines_for(entry)

    for line in lines:
        ems = fonts.width(line.name + line.town) + line.indent
        assert ems * name_columns.SIZE <= name_columns.WIDTH + 1e-6
    whole = "".join(line.name + line.town for line in lines)
    assert "".join(whole.split()).replace("·", "") == "".join((entry.name + entry.town).split())
    assert lines[0].indent == 0
    assert all(line.indent for line in lines[1:])


def test_a_name_of_two_parts_is_broken_at_its_hyphen() -> None:
    lines = lines_for(Entry("Featherstonehaugh-Cholmondeley-Marjoribanks, Ani", "Billings"))

    assert [line.name for line in lines] == [
        "Featherstonehaugh-Cholmondeley-",
        "Marjoribanks, Ani",
    ]
    assert lines[-1].town == " · Billings"


def test_pages_fill_column_by_column_and_the_first_leaves_room_for_its_heading() -> None:
    names = [f"Name{number:04}" for number in range(COLUMNS * (FIRST_ROWS + 2 * ROWS) + 1)]

    found = list(pages(Entry(name, "") for name in names))

    assert [page.is_first for page in found] == [True, False, False, False]
    assert [len(column) for column in found[0].columns] == [FIRST_ROWS] * COLUMNS
    assert [len(column) for column in found[1].columns] == [ROWS] * COLUMNS
    assert [len(column) for column in found[3].columns] == [1, 0, 0]
    printed = [line.name for page in found for column in page.columns for line in column]
    assert printed == names
    assert (found[1].first, found[1].last) == (
        names[COLUMNS * FIRST_ROWS],
        names[COLUMNS * (FIRST_ROWS + ROWS) - 1],
    )
    assert list(pages([])) == []


def test_an_entry_is_not_parted_between_columns() -> None:
    long = Entry("Wolfeschlegelstein " * 4, "Truth or Consequences")
    height = len(lines_for(long))

    [page] = pages([Entry("A", "")] * (FIRST_ROWS - height + 1) + [long])

    assert len(page.columns[0]) == FIRST_ROWS - height + 1
    assert len(page.columns[1]) == height


def test_characters_that_no_font_has_become_squares_and_are_reported() -> None:
    assert name_columns.printable_name("Nguyễn Đặng, Պետրոսյան") == ("Nguyễn Đặng, Պետրոսյան", True)
    assert name_columns.printable_name("ﬁne") == ("fine", True)
    assert name_columns.printable_name("李 Ani") == (f"{MISSING} Ani", False)
