"""A bar chart of signatures over time: a bar per day, week or month, by how long the campaign
runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Span = Literal["day", "week", "month"]

#: The size of the picture in its own units; the page scales it.
WIDTH, HEIGHT = 640, 120

_MOST_BARS = 62


@dataclass(frozen=True)
class Bar:
    """The signatures of one span that begins on `start`, and the position of their bar."""

    start: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars from the first signature to today, oldest first; spans without a signature are included.

    `peak` is the highest bar. The bars' counts add up to `total`.
    """

    span: Span
    bars: tuple[Bar, ...]
    total: int

    @property
    def peak(self) -> Bar:
        """The highest bar; the latest one where several are equal."""
        return max(self.bars, key=lambda bar: (bar.count, bar.start))


def chart(by_day: Mapping[date, int], today: date) -> Chart | None:
    """Return the chart of the counts by civil day up to `today`, or None for fewer than two days.

    A span with more withdrawals than signatures has a negative count and an empty bar.
    """
    days = {day: count for day, count in by_day.items() if day <= today}
    if not days or (today - min(days)).days < 1:
        return None
    span = _span(min(days), today)
    counts = dict.fromkeys(_starts(min(days), today, span), 0)
    for day, count in days.items():
        counts[_start(day, span)] += count
    maximum = max(1, *counts.values())
    pitch = WIDTH / len(counts)
    gap = 2.0 if pitch > 6 else 1.0
    return Chart(
        span=span,
        bars=tuple(
            Bar(
                start=start,
                count=count,
                x=round(index * pitch, 1),
                y=round(HEIGHT - _height(count, maximum), 1),
                width=round(min(pitch - gap, 40), 1),
                height=_height(count, maximum),
            )
            for index, (start, count) in enumerate(counts.items())
        ),
        total=sum(counts.values()),
    )


def _height(count: int, maximum: int) -> float:
    """Return the height of a bar: proportional, and at least a visible minimum for any
    signature.
    """
    return round(max(count / maximum * HEIGHT, 1.5), 1) if count > 0 else 0.0


def _span(first: date, last: date) -> Span:
    days = (last - first).days + 1
    if days <= _MOST_BARS:
        return "day"
    return "week" if days <= 7 * _MOST_BARS else "month"


def _start(day: date, span: Span) -> date:
    if span == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span == "month" else day


def _starts(first: date, last: date, span: Span) -> list[date]:
    starts = [_start(first, span)]
    step = timedelta(days={"day": 1, "week": 7, "month": 31}[span])
    while (following := _start(starts[-1] + step, span)) <= last:
        starts.append(following)
    return starts
