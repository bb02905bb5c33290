"""When Congress's electronic system (CWC) is closed, by the Capitol's clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.delivery.cwc_hours import closed_until

EASTERN = ZoneInfo("America/New_York")


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("chamber", "now", "opens"),
    [
        ("house", "2026-06-16T00:00", "2026-06-16T06:00"),
        ("house", "2026-06-16T05:59:59", "2026-06-16T06:00"),
        ("house", "2026-06-16T06:00", None),
        ("house", "2026-06-16T23:59:59", None),
        ("senate", "2026-06-16T03:00", None),
        ("senate", "2026-06-14T00:00", "2026-06-14T06:00"),
        ("senate", "2026-06-13T23:59:59", None),
        ("senate", "2026-06-17T04:59", None),
        ("senate", "2026-06-17T05:00", "2026-06-17T07:00"),
        ("senate", "2026-06-17T07:00", None),
        # The night in which clocks go forward, and the one in which they go back.
        ("house", "2026-03-08T00:30", "2026-03-08T06:00"),
        ("house", "2026-03-08T03:30", "2026-03-08T06:00"),
        ("senate", "2026-03-08T01:00", "2026-03-08T06:00"),
        ("senate", "2026-11-01T05:59", "2026-11-01T06:00"),
    ],
)
def test_it_is_closed_and_opens_by_eastern_time(chamber: str, now: str, opens: str | None) -> None:
    expected = at(opens) if opens else None

    assert closed_until(chamber, at(now)) == expected  # type: ignore[arg-type]


def test_a_night_is_as_long_as_the_clocks_make_it() -> None:
    nights = {}
    for day in ("2026-03-08", "2026-06-16", "2026-11-01"):
        opens = closed_until("house", at(f"{day}T00:00"))
        assert opens is not None
        nights[day] = opens - at(f"{day}T00:00")

    assert nights == {
        "2026-03-08": timedelta(hours=5),
        "2026-06-16": timedelta(hours=6),
        "2026-11-01": timedelta(hours=7),
    }


def test_the_hour_that_comes_twice_is_closed_both_times() -> None:
    for fold in (0, 1):
        assert closed_until("house", at("2026-11-01T01:30", fold)) == at("2026-11-01T06:00")
