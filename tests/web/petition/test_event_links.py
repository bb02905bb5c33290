"""An event that the campaign has named: while it lasts, a hall signs without being set aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.store import models
from tests.web.copied_campaign import add_campaign
from tests.web.whole_site import PETITION, Site, make_site

LINK = f"{PETITION}?event=town-hall"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site whose campaign has an event from noon to two, UTC; it is noon."""
    folder = add_campaign(tmp_path, "section-907")
    with (folder / "campaign.toml").open("a") as file:
        file.write(
            '\n[[events]]\ncode = "town-hall"\n'
            "starts = 2026-07-01T12:00:00Z\nends = 2026-07-01T14:00:00Z\n"
        )
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


def sign(site: Site, number: int, event: str = "town-hall", **more: str) -> None:
    typed = site.form(email=f"p{number}@example.org", event=event, **more)
    assert site.client.post(PETITION + "sign", data=typed).status_code == 200


def rows(site: Site) -> list[sa.Row[tuple[str, str]]]:
    table = models.signatures
    with site.database.reading() as connection:
        return list(
            connection.execute(sa.select(table.c.status, table.c.source).order_by(table.c.id))
        )


def test_all_who_sign_in_the_hall_get_their_mail(site: Site) -> None:
    page = site.client.get(LINK).text
    assert 'name="event" type="hidden" value="town-hall"' in page

    for number in range(60):
        sign(site, number)

    assert [(row.status, row.source) for row in rows(site)] == [("pending", "town-hall")] * 60


def test_who_came_by_another_link_is_limited_as_ever(site: Site) -> None:
    for number in range(22):
        sign(site, number, event="")

    assert [row.status for row in rows(site)] == ["pending"] * 20 + ["held"] * 2


def test_who_came_by_the_event_leaves_the_network_to_others(site: Site) -> None:
    for number in range(30):
        sign(site, number)

    sign(site, 99, event="")

    assert rows(site)[-1].status == "pending"


@pytest.mark.parametrize("hours", [-1, 2])
def test_before_and_after_the_link_is_a_link_like_any_other(site: Site, hours: int) -> None:
    site.pass_time(hours=hours)

    for number in range(22):
        sign(site, number)

    assert [row.status for row in rows(site)][20:] == ["held"] * 2
    assert {row.source for row in rows(site)} == {""}


def test_a_robot_is_set_aside_at_an_event_too(site: Site) -> None:
    sign(site, 1, topic="cheap watches")

    assert rows(site)[0].status == "held"


def test_a_source_of_the_link_goes_before_the_code(site: Site) -> None:
    sign(site, 1, source="flyer")

    assert rows(site)[0].source == "flyer"


def test_a_code_that_nobody_named_reaches_no_page(site: Site) -> None:
    made_up = site.client.get(f"{PETITION}?event=made-up-code").text
    plain = site.client.get(PETITION).text

    assert "made-up-code" not in made_up
    assert "made-up-code" not in plain
    assert "event=town-hall" in site.client.get(LINK).text  # its links to other languages keep it
    assert "town-hall" not in site.client.get(PETITION).text
