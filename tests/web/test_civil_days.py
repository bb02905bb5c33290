"""Days are those of the place: of the campaign, of the letter's writer, of Washington."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.web.copied_campaign import add_campaign
from tests.web.letter_builder import PAGE, a_letter, recipients
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
        ("CA", "94105", "December 31, 2026"),
        ("NY", "10001", "December 31, 2026"),
        ("GU", "96910", "January 1, 2027"),
        ("AS", "96799", "December 31, 2026"),
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
    assert "January 1, 2027" not in response.text


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
    pages = (PETITION, "/c/section-907/feed.atom", "/c/section-907/updates")

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


# -- The coming close, and what mailed links say of it ---------------------------------------------


def mail_text(site: Site) -> str:
    body = site.mails()[-1].get_body(("plain",))
    assert body is not None
    return words(str(body.get_content()))


def test_the_page_names_the_last_day_and_near_it_the_hour(site_at: MakeSiteAt) -> None:
    site = site_at(datetime(2026, 12, 1, 17, tzinfo=UTC), closes_on="2026-12-10")

    long_before = words(site.client.get(PETITION).text)
    site.pass_time(days=8)
    near = words(site.client.get(PETITION).text)

    assert "You can sign until December 10, 2026." in long_before
    assert "You can sign until December 10, 2026, 11:59 p.m. EST." in near


def test_a_petition_without_a_last_day_names_none(site: Site) -> None:
    assert "You can sign until" not in words(site.client.get(PETITION).text)


def test_the_mail_says_until_when_its_link_works(site_at: MakeSiteAt) -> None:
    site = site_at(
        datetime(2026, 12, 1, 20, tzinfo=UTC),
        closes_on="2026-12-10",
        time_zone='"America/Los_Angeles"',
    )

    site.sign()
    early = mail_text(site)
    site.pass_time(days=9)
    site.sign(email="late@example.org")
    late = mail_text(site)

    assert "The link works until December 8, 2026, noon PST." in early
    assert "The link works until December 11, 2026, 11:59 p.m. PST." in late


@pytest.mark.parametrize(("minutes", "status"), [(-1, 303), (1, 409)])
def test_a_link_works_as_long_as_its_mail_says_and_no_longer(
    site_at: MakeSiteAt, minutes: int, status: int
) -> None:
    site = site_at(datetime(2026, 12, 10, 20, tzinfo=UTC), closes_on="2026-12-10")
    site.sign()
    link = site.mailed_path("/confirm/")
    assert "The link works until December 11, 2026, 11:59 p.m. EST." in mail_text(site)

    site.time[0] = datetime(2026, 12, 12, 5, tzinfo=UTC) + timedelta(minutes=minutes)
    page, pressed = site.client.get(link), site.client.post(link)

    assert pressed.status_code == status
    is_open = "You can confirm until December 11, 2026, 11:59 p.m. EST." in words(page.text)
    assert is_open is (status == 303)
    is_late = "Your signature was not confirmed by December 11, 2026" in words(page.text)
    assert is_late is (status == 409)
    # What somebody typed with another's address can be deleted all the same.
    assert "I did not sign: delete it" in words(page.text)


def test_a_grace_of_a_day_is_24_hours_when_clocks_change(site_at: MakeSiteAt) -> None:
    site = site_at(datetime(2026, 10, 31, 20, tzinfo=UTC), closes_on="2026-10-31")
    site.sign()

    assert "The link works until November 1, 2026, 10:59 p.m. EST." in mail_text(site)


def test_no_mail_promises_a_confirmation_that_is_not_taken_any_more(site_at: MakeSiteAt) -> None:
    site = site_at(datetime(2026, 12, 10, 20, tzinfo=UTC), closes_on="2026-12-10")
    site.sign()

    site.pass_time(days=3)

    assert site.mails() == []


# -- What goes by Washington, and what by the campaign ---------------------------------------------


def test_times_in_the_back_office_name_their_zone(site_at: MakeSiteAt) -> None:
    site = site_at(NEW_YEARS_EVE, time_zone='"America/Los_Angeles"')
    with site.app.test_request_context():
        zone = site.app.extensions["campaign"].campaigns.get("section-907", NEW_YEARS_EVE).zone
        local_time = site.app.jinja_env.filters["local_time"]

        assert local_time(NEW_YEARS_EVE, zone) == "December 31, 2026, 8:00\u00a0p.m. PST"
        with pytest.raises(TypeError):
            site.app.jinja_env.filters["day"](NEW_YEARS_EVE)


@pytest.mark.parametrize(
    ("now", "delivered", "dated"),
    [
        # Eleven at night in Washington, and midnight to its minute.
        (datetime(2026, 12, 1, 4, 0, tzinfo=UTC), "20261130", "November 30, 2026"),
        (datetime(2026, 12, 1, 5, 1, tzinfo=UTC), "20261201", "November 30, 2026"),
    ],
)
def test_congress_gets_the_day_in_washington_and_the_letter_bears_its_writers(
    site_at: MakeSiteAt, now: datetime, delivered: str, dated: str
) -> None:
    site = site_at(now)
    typed = a_letter(to="senate", email="ani@example.org")

    preview = site.client.post(PAGE, data=typed).text
    member = recipients(preview)[0]
    asked = {"action": f"xml:{member}", f"prefix-{member}": "Ms."}
    made = site.client.post(PAGE, data=typed | asked)

    assert dated in words(preview)
    assert f"<DeliveryDate>{delivered}</DeliveryDate>" in made.text
