"""Nothing is set aside in silence: organizers see it, are mailed, and release it with one press."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.organizing import held_notice
from campaign.store import accounts, audit, models
from tests.web.organize.signing_in import HASHED, add_account, logged_in, post, signed_in
from tests.web.whole_site import PETITION, Site

BASE = "/organize/section-907/"


@pytest.fixture
def hall(site: Site) -> Site:
    """Sixty people have signed in one hall, within a minute."""
    typed = site.form()
    for number in range(60):
        answer = site.client.post(
            PETITION + "sign",
            data={**typed, "first_name": f"P{number}", "email": f"p{number}@example.org"},
        )
        assert answer.status_code == 200
    return site


def statuses(site: Site) -> dict[str, int]:
    with site.database.reading() as connection:
        table = models.signatures
        rows = connection.execute(
            sa.select(table.c.status, sa.func.count()).group_by(table.c.status)
        )
        return {str(status): int(count) for status, count in rows}


def confirm_mails(site: Site) -> int:
    site.mails()  # so many leave at once, and no more
    bodies = (mail.get_body(("plain",)) for mail in site.mails())
    return sum(body is not None and "/confirm/" in body.get_content() for body in bodies)


def release(client: FlaskClient, **asked: str) -> str:
    """Press the button under the list of what is set aside; return the path of what came of it."""
    answer = post(client, BASE + "signers/release", {"status": "held", **asked})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_sixty_from_one_hall_are_seen_at_once_and_released_with_one_press(hall: Site) -> None:
    client = signed_in(hall, "organizer")
    assert statuses(hall) == {"pending": 20, "held": 40}
    assert "40 sign-ups are set aside" in client.get(BASE).text
    listed = client.get(BASE + "signers?status=held").text
    assert re.search(r"Release\s+40", listed)

    done = client.get(release(client)).text

    assert "40 sign-ups are released" in done
    assert statuses(hall) == {"pending": 60}
    assert confirm_mails(hall) == 60
    assert "set aside" not in client.get(BASE).text


def test_a_release_is_taken_back_with_one_press_but_for_who_confirmed(hall: Site) -> None:
    client = signed_in(hall, "organizer")
    path = release(client)
    hall.client.post(hall.mailed_path("/confirm/"))

    assert post(client, path.partition("?")[0]).status_code == 303

    found = statuses(hall)
    assert found["held"] in {39, 40}
    assert found["held"] + found.get("pending", 0) + found["confirmed"] == 60
    assert found["confirmed"] == 1
    assert "Undone: " in client.get(BASE + "signers?status=held").text


def test_mails_that_have_not_left_do_not_leave_after_it_is_taken_back(hall: Site) -> None:
    client = signed_in(hall, "organizer")
    path = release(client)
    post(client, path.partition("?")[0])

    assert statuses(hall) == {"pending": 20, "held": 40}
    assert confirm_mails(hall) == 20


def test_only_what_fits_the_search_is_released(hall: Site) -> None:
    with hall.database.writing() as connection:
        held = sa.select(models.signatures.c.id).where(models.signatures.c.status == "held")
        some = connection.scalars(held.limit(5)).all()
        connection.execute(
            sa.update(models.signatures)
            .where(models.signatures.c.id.in_(some))
            .values(flags="filled-by-program")
        )
    client = signed_in(hall, "organizer")

    release(client, flag="network-burst")

    assert statuses(hall)["held"] == 5


def test_each_release_is_on_record(hall: Site) -> None:
    release(signed_in(hall, "organizer"))

    with hall.database.reading() as connection:
        found = audit.records(connection, action="release", limit=None)
    assert len(found) == 40
    assert len({one.details["press"] for one in found}) == 1


@pytest.mark.parametrize("role", ["exporter", "volunteer", "viewer"])
def test_others_release_nothing(hall: Site, role: str) -> None:
    client = signed_in(hall, role)

    assert post(client, BASE + "signers/release", {"status": "held"}).status_code == 403
    assert post(client, BASE + "signers/pressed/x").status_code == 403


def test_a_press_that_there_was_not_takes_nothing_back(hall: Site) -> None:
    client = signed_in(hall, "organizer")

    answer = post(client, BASE + "signers/pressed/nothing", follow_redirects=True)

    assert "no such decision to undo" in answer.text
    assert statuses(hall) == {"pending": 20, "held": 40}


def test_what_was_struck_at_once_is_put_back_at_once(hall: Site) -> None:
    client = signed_in(hall, "organizer")
    sure = {"status": "held", "sure": "yes", "reason": "made up"}
    path = post(client, BASE + "signers/strike", sure).headers["Location"]
    assert statuses(hall) == {"pending": 20, "invalid": 40}
    assert "40 signatures struck from the count" in client.get(path).text

    post(client, path.partition("?")[0])

    assert statuses(hall) == {"pending": 20, "held": 40}


class TestNotices:
    def notices(self, site: Site) -> list[str]:
        """Whom the notices that are due go to."""
        before = len(site.mails())
        held_notice.send_notices(site.database, site.time[0])
        new = site.mails()[before:]
        assert all("set aside" in str(mail["Subject"]) for mail in new)
        return sorted(str(mail["To"]) for mail in new)

    def sign(self, site: Site, number: int) -> None:
        site.sign(email=f"more{number}@example.org", topic="filled in")

    def test_owners_and_organizers_are_mailed_at_once_and_others_are_not(self, hall: Site) -> None:
        for role in ("owner", "organizer", "exporter", "volunteer", "viewer"):
            add_account(hall, role, email=f"{role}@example.org", password=HASHED)
        add_account(hall, "owner", "other-campaign", email="other@example.org", password=HASHED)
        invited = add_account(hall, "owner", email="invited@example.org", password=HASHED)
        with hall.database.writing() as connection:
            accounts.change(connection, invited.id, password=None)

        assert self.notices(hall) == ["organizer@example.org", "owner@example.org"]

    def test_a_notice_holds_a_number_and_a_link_and_nobody(self, hall: Site) -> None:
        owner = add_account(hall, email="owner@example.org", password=HASHED)
        self.notices(hall)

        mail = hall.mails()[-1]
        body = mail.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        assert "40 sign-ups" in str(mail["Subject"])
        assert not re.search(r"p\d+@example.org|Petrosyan|59001", mail.as_string())
        link = re.search(r"http://localhost(/organize/\S+)", text)
        assert link is not None
        assert "Release" in logged_in(hall, owner).get(link[1]).text

    def test_it_comes_once_an_hour_at_most_and_only_while_it_grows(self, hall: Site) -> None:
        add_account(hall, email="owner@example.org", password=HASHED)
        assert len(self.notices(hall)) == 1
        self.sign(hall, 1)
        hall.pass_time(minutes=30)
        self.sign(hall, 2)
        assert self.notices(hall) == []

        hall.pass_time(minutes=31)
        assert len(self.notices(hall)) == 1
        hall.pass_time(hours=5)
        assert self.notices(hall) == []
        self.sign(hall, 3)
        assert len(self.notices(hall)) == 1
