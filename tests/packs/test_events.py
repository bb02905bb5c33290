"""Events of a campaign: read by the campaign's clock, and every fault told by its line."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.packs import events
from campaign.packs import pack as packs
from tests.web.copied_campaign import add_campaign

GOOD = """
[[events]]
code = "town-hall"
starts = 2026-09-12T17:00:00
ends = 2026-09-12T22:00:00
"""
DAY = date(2026, 7, 1)


def written(tmp_path: Path, more: str) -> Path:
    folder = add_campaign(tmp_path, "ours", time_zone='"America/Los_Angeles"')
    file = folder / "campaign.toml"
    file.write_text(file.read_text() + more)
    return folder


def test_an_event_lasts_by_the_clock_of_the_campaign(tmp_path: Path) -> None:
    [event] = packs.load(written(tmp_path, GOOD), DAY).events

    assert event.starts == datetime(2026, 9, 13, 0, tzinfo=UTC)
    assert event.ends == datetime(2026, 9, 13, 5, tzinfo=UTC)
    assert not event.is_on(event.starts - timedelta(seconds=1))
    assert event.is_on(event.starts)
    assert not event.is_on(event.ends)


def test_a_time_may_say_its_offset(tmp_path: Path) -> None:
    said = GOOD.replace("17:00:00", "17:00:00-04:00").replace("22:00:00", "22:00:00-04:00")

    [event] = packs.load(written(tmp_path, said), DAY).events

    assert event.starts == datetime(2026, 9, 12, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("town-hall", "Town Hall"), "3 to 40 lowercase letters"),
        (GOOD.replace('"town-hall"', "7"), "3 to 40 lowercase letters"),
        (GOOD.replace('code = "town-hall"\n', ""), "3 to 40 lowercase letters"),
        (GOOD + GOOD, "used twice"),
        (GOOD.replace("2026-09-12T17:00:00", "2026-09-12"), "Write starts as a date and time"),
        (GOOD.replace("2026-09-12T22:00:00", '"late"'), "Write ends as a date and time"),
        (GOOD.replace("T22:00:00", "T16:00:00"), "end after it starts"),
        (GOOD.replace("2026-09-12T22", "2026-09-20T22"), "3 days at most"),
        (GOOD.replace("22:00:00", "22:00:00Z"), "both with an offset"),
        (GOOD + 'room = "A"\n', 'no setting "room"'),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(tmp_path: Path, wrong: str, said: str) -> None:
    folder = written(tmp_path, wrong)

    found = packs.check(folder, DAY)

    assert any(said in problem.reason for problem in found), found
    lines = (folder / "campaign.toml").read_text().splitlines()
    assert all(lines[problem.line - 1].startswith("[[events]]") for problem in found)


@pytest.mark.parametrize("odd", ["events = 7\n", 'events = ["x", 3]\n', "events = [[1]]\n"])
def test_events_of_another_shape_are_a_problem_and_no_fault(tmp_path: Path, odd: str) -> None:
    folder = add_campaign(tmp_path, "ours")
    file = folder / "campaign.toml"
    file.write_text(odd + file.read_text())

    assert packs.check(folder, DAY)


_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "starts", "ends", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_anything)
def test_whatever_is_written_is_faulted_or_read(rows: object) -> None:
    if not list(events.faults(rows)):
        for event in events.read(rows, ZoneInfo("America/New_York")):
            assert event.starts < event.ends
