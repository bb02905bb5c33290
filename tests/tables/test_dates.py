"""Days are read as people and programs in the United States write them, or not at all."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.tables import dates

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-05", "2026-10-05 13:02:11", "2026-10-05T13:02", "2026-10-05T13:02:11Z",
        "2026-10-05T13:02:11.000Z", "2026-10-05 13:02:11 UTC", "2026-10-05 13:02:11 -0400",
        "2026-10-05T13:02:11-04:00", "2026-10-06T02:00:00Z", "10/5/2026", "10/05/2026", "10/5/26",
        "10-5-2026", "10/5/2026 13:02:11", "10/5/2026 1:02 PM", "10/5/2026, 1:02:11 p.m.",
        "10/5/2026 13:02 EDT", "2026/10/05", "5 October 2026", "5 Oct 2026", "05-Oct-2026",
        "5-Oct-26", "October 5, 2026", "Oct 5, 2026", "Oct. 5th, 2026", "OCTOBER 5 2026",
        "Monday, October 5, 2026", "Mon, 5 Oct 2026", "Oct 5, 2026 at 1:02 PM", " 10/5/2026 ",
        "46300", "46300.5432",
    ],
)  # fmt: skip
def test_a_day_is_read(cell: str) -> None:
    assert dates.read(cell, NEW_YORK) == date(2026, 10, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "", "13/15/2026", "15/6/2026", "31/12/2026", "2/30/2026", "2026-02-30", "5.10.2026",
        "October 2026", "10/2026", "2026", "12345", "99999", "yesterday", "10/5/20266", "1/2/3/4",
        "10/5/2026 25:99:99 o'clock",
    ],
)  # fmt: skip
def test_ambiguous_and_impossible_days_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="no day that can be read"):
        dates.read(cell, NEW_YORK)


def test_numeric_days_are_month_first() -> None:
    assert dates.read("6/5/2026") == date(2026, 6, 5)
    assert dates.read("Sept 5, 2026") == date(2026, 9, 5)


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)))
def test_every_usual_spelling_of_a_day_is_that_day(day: date) -> None:
    for form in ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%m/%d/%Y %I:%M %p"):
        assert dates.read(f"{datetime(day.year, day.month, day.day, tzinfo=UTC):{form}}") == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_refused(cell: str) -> None:
    assert dates.is_day(cell) in {True, False}


@pytest.mark.parametrize("cell", ["Monday, June 16, 2026", "6/15/0026", "0026-06-15"])
def test_a_day_that_never_existed_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="no such day"):
        dates.read(cell)


def test_ambiguous_days_are_refused_next_to_day_first_ones() -> None:
    mixed = dates.DayOrder([(2, "6/25/2026"), (3, "25.6.2026"), (4, "")])
    month_first = dates.DayOrder([(2, "6/25/2026"), (3, "13/15/2026")])

    with pytest.raises(ValueError, match="Line 3 has the day before the month"):
        mixed.require_clear("5/6/2026 10:11")
    for clear in ("6/6/2026", "6/25/2026", "2026-06-05", "June 5, 2026", ""):
        mixed.require_clear(clear)
    month_first.require_clear("5/6/2026")


@pytest.mark.parametrize("cell", ["13/1/2026", "31/12/2026", "25.6.26"])
def test_a_day_first_cell_makes_days_of_its_table_unclear(cell: str) -> None:
    order = dates.DayOrder([(2, cell)])

    for unclear in ("5/6/2026", "1/12/2026", "12/1/2026"):
        with pytest.raises(ValueError, match="Write such days as 2026-06-15"):
            order.require_clear(unclear)
    for clear in ("13/1/2026", "0/5/2026", "1/13/2026", "5/0/2026", "1/32/2026"):
        order.require_clear(clear)


@pytest.mark.parametrize(
    "cell", ["", "yesterday", "32/12/2026", "25/0/2026", "25/13/2026", "0/5/2026", "12/31/2026"]
)
def test_an_impossible_or_wordy_cell_says_nothing_about_the_order(cell: str) -> None:
    dates.DayOrder([(2, cell)]).require_clear("5/6/2026")


def test_is_day_says_whether_a_cell_is_read() -> None:
    assert dates.is_day("10/5/2026")
    assert not dates.is_day("yesterday")
