"""Signatures over time: nothing is left out, nothing is drawn higher than it was."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaign.web.core.chart import HEIGHT, WIDTH, chart

TODAY = date(2026, 7, 1)


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def test_a_day_without_signatures_leaves_a_gap() -> None:
    drawn = chart({days_ago(3): 10, days_ago(1): 5}, TODAY)

    assert drawn is not None
    assert drawn.span == "day"
    assert [(bar.start, bar.count) for bar in drawn.bars] == [
        (days_ago(3), 10),
        (days_ago(2), 0),
        (days_ago(1), 5),
        (TODAY, 0),
    ]
    assert [bar.height for bar in drawn.bars] == [HEIGHT, 0, HEIGHT / 2, 0]


def test_there_is_no_chart_of_one_day() -> None:
    assert chart({}, TODAY) is None
    assert chart({TODAY: 5}, TODAY) is None


def test_a_long_time_is_drawn_by_weeks_and_then_by_months() -> None:
    by_week = chart({days_ago(200): 3, days_ago(199): 4, TODAY: 1}, TODAY)
    by_month = chart({date(2024, 2, 29): 3, date(2024, 3, 1): 4, TODAY: 1}, TODAY)

    assert by_week is not None
    assert by_month is not None
    assert by_week.span == "week"
    assert all(bar.start.weekday() == 0 for bar in by_week.bars)
    assert by_month.span == "month"
    assert [bar.count for bar in by_month.bars[:2]] == [3, 4]
    assert by_month.bars[-1].start == date(2026, 7, 1)


def test_a_day_on_which_signatures_were_taken_back_has_no_bar() -> None:
    drawn = chart({days_ago(2): 4, days_ago(1): -1}, TODAY)

    assert drawn is not None
    assert drawn.bars[1].count == -1
    assert drawn.bars[1].height == 0
    assert drawn.total == 3


@given(st.dictionaries(st.integers(1, 1500), st.integers(-3, 100_000), min_size=1, max_size=80))
def test_the_bars_add_up_and_stay_inside_the_picture(counts: dict[int, int]) -> None:
    drawn = chart({days_ago(ago): count for ago, count in counts.items()}, TODAY)

    assert drawn is not None
    assert drawn.total == sum(counts.values())
    assert len(drawn.bars) <= 63
    for bar in drawn.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH + 0.1
        assert bar.y >= -0.1
        assert bar.y + bar.height <= HEIGHT + 0.2
        assert (bar.height > 0) == (bar.count > 0)
