"""Days are those of the place: of the campaign, of the letter's writer, of Washington."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.web.copied_campaign import add_campaign
from tests.web.letter_builder import PAGE, a_letter
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, is_taken, make_site

#: Eight in the evening of December 31 in Los Angeles; in UTC the new year is four hours old.
NEW_YEARS_EVE = datetime(2027, 1, 1, 4, tzinfo=UTC)

MakeSiteAt = Callable[..., Site]


@pytest.fixture
def site_at(tmp_path: Path) -> Iterator[MakeSiteAt]:
    """Make a site whose clock shows an instant, its campaign with settings of its own."""
    made: list[Site] = []

    def make(now: datetime, **settings: str) -> Site:
        add_campaign(tmp_path, "section-907", **settings)
        site = make_site(tmp_path)
        site.time[0] = now
        made.append(site)
        return site

    yield make
    for site in made:
        site.database.dispose()


@pytest.mark.parametrize(
    ("state", "code", "dated"),
    [
        ("CA", "94105", "31 December 2026"),
        ("NY", "10001", "31 December 2026"),
        ("GU", "96910", "1 January 2027"),
        ("AS", "96799", "31 December 2026"),
    ],
)
def test_a_letter_is_dated_where_its_writer_lives(
    site_at: MakeSiteAt, state: str, code: str, dated: str
) -> None:
    site = site_at(NEW_YEARS_EVE)

    typed = a_letter(zip=code, state=state, city="Somewhere", to="president")
    preview = site.client.post(PAGE, data=typed)
    text = site.client.post(PAGE, data={**typed, "action": "txt:all"})

    assert dated in words(preview.text)
    assert dated in text.text


def test_a_letter_to_the_editor_is_dated_where_its_writer_lives(site_at: MakeSiteAt) -> None:
    site = site_at(NEW_YEARS_EVE)
    typed = {"first_name": "Ani", "last_name": "Petrosyan", "city": "Fresno", "state": "CA"}

    response = site.client.post("/c/section-907/editor", data={**typed, "action": "preview"})

    assert response.status_code == 200
    assert "1 January 2027" not in response.text


@pytest.mark.parametrize(
    ("zone", "closes"),
    [
        ("America/New_York", datetime(2026, 12, 11, 5, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 12, 11, 8, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 12, 11, 11, tzinfo=UTC)),
        ("Pacific/Guam", datetime(2026, 12, 10, 14, tzinfo=UTC)),
    ],
)
def test_the_last_day_ends_at_midnight_where_the_campaign_is(
    site_at: MakeSiteAt, zone: str, closes: datetime
) -> None:
    site = site_at(closes - timedelta(minutes=5), closes_on="2026-12-10", time_zone=f'"{zone}"')
    typed = site.form()

    taken = site.client.post(PETITION + "sign", data=typed)
    site.pass_time(minutes=6)
    late = site.client.post(PETITION + "sign", data=typed | {"email": "late@example.org"})

    assert is_taken(taken)
    assert late.status_code == 409
    assert "This petition is closed" in words(site.client.get(PETITION).text)


def test_the_last_day_has_25_hours_when_clocks_are_set_back(site_at: MakeSiteAt) -> None:
    site = site_at(datetime(2026, 11, 2, 4, 30, tzinfo=UTC), closes_on="2026-11-01")

    assert is_taken(site.sign())

    site.pass_time(hours=1)
    assert "This petition is closed" in words(site.client.get(PETITION).text)


def test_the_first_day_begins_at_midnight_where_the_campaign_is(site_at: MakeSiteAt) -> None:
    site = site_at(
        datetime(2026, 8, 1, 6, 55, tzinfo=UTC),
        opens_on="2026-08-01",
        time_zone='"America/Los_Angeles"',
    )

    assert "not open yet" in words(site.client.get(PETITION).text)

    site.pass_time(minutes=10)
    assert "not open yet" not in words(site.client.get(PETITION).text)


def test_an_update_is_not_shown_on_the_evening_before(site_at: MakeSiteAt) -> None:
    site = site_at(NEW_YEARS_EVE, time_zone='"America/Los_Angeles"')
    folder = site.settings.home / "campaigns" / "section-907" / "updates"
    folder.mkdir(exist_ok=True)
    (folder / "2027-01-01-embargoed.md").write_text(
        '+++\ntitle = "The hearing is set"\n+++\n\nIt is on Tuesday.\n', encoding="utf-8"
    )
    pages = (PETITION, "/c/section-907/feed.xml", "/c/section-907/updates")

    before = [site.client.get(page).text for page in pages]
    site.pass_time(hours=4, minutes=1)
    after = [site.client.get(page).text for page in pages]

    assert not any("The hearing is set" in body for body in before)
    assert any("The hearing is set" in body for body in after)


def test_a_fact_may_be_stated_until_its_day_is_over_where_the_campaign_is(
    site_at: MakeSiteAt,
) -> None:
    site = site_at(NEW_YEARS_EVE, time_zone='"America/Los_Angeles"')
    ledger = site.settings.home / "campaigns" / "section-907" / "facts.toml"
    found = ledger.read_text(encoding="utf-8")
    ledger.write_text(found.replace('review_by = ""', "review_by = 2026-12-31"), encoding="utf-8")

    assert 'class="ledger-entry"' in site.client.get(PETITION + "facts").text

    site.pass_time(hours=5)
    assert site.client.get(PETITION + "facts").status_code == 503


def test_a_campaign_whose_zone_is_unknown_is_not_shown_by_another_calendar(
    site_at: MakeSiteAt,
) -> None:
    site = site_at(NEW_YEARS_EVE, time_zone='"America/Nowhere"')

    assert site.client.get(PETITION).status_code == 503
