"""Writing to signers: a draft, a look, a test to oneself, and then to those who asked for it."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.organizing import jobs as long_work
from campaign.organizing import scheduled_updates, updates
from campaign.store import models
from tests.web.organize.signing_in import add_account, logged_in, post, signed_in
from tests.web.whole_site import Site

BASE = "/organize/section-907/updates"
TYPED = {"subject": "A hearing is set", "body": "The committee **meets** on Monday."}


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return logged_in(site, add_account(site, "organizer", email="nare@example.org"))


def sign_and_confirm(site: Site, **typed: str) -> None:
    site.sign(**typed)
    site.client.post(site.mailed_path("/confirm/"))


def written(client: FlaskClient, **typed: str) -> str:
    return post(client, f"{BASE}/new", TYPED | typed).headers["Location"]


def send(site: Site, client: FlaskClient, path: str) -> str:
    page = post(client, f"{path}/send", follow_redirects=True).text
    handler = updates.handler(site.settings.keyring, lambda: site.time[0])
    long_work.run_next(
        site.database, {updates.KIND: handler}, site.settings, clock=lambda: site.time[0]
    )
    return page


def test_nothing_yet_says_what_to_write(client: FlaskClient) -> None:
    assert "There are no updates yet." in client.get(BASE).text


def test_a_draft_is_shown_as_signers_read_it(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site, mail_opt_in="y")

    page = client.get(written(client)).text

    assert "<strong>meets</strong>" in page
    assert "The committee meets on Monday.</pre>" in page
    assert "<strong>1</strong> recipient" in page


def test_a_mistake_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = post(client, f"{BASE}/new", TYPED | {"district": "Montana"})

    assert answer.status_code == 422
    assert "Enter the district, such as CA-30." in answer.text
    assert "The committee **meets** on Monday." in answer.text


def test_a_test_goes_to_the_writer_alone(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    path = written(client)

    post(client, path, TYPED | {"act": "test"})
    mail = site.mails()[-1]

    assert mail["To"] == "nare@example.org"
    assert mail["Subject"] == "Test: A hearing is set"
    assert "List-Unsubscribe" not in mail


def test_it_is_sent_after_one_more_look_and_left_with_one_press(
    site: Site, client: FlaskClient
) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    path = written(client)

    asked = client.get(f"{path}/send").text
    send(site, client, path)
    mail = site.mails()[-1]
    left = site.client.post(
        str(mail["List-Unsubscribe"]).strip("<>").removeprefix(site.settings.base_url),
        data={"List-Unsubscribe": "One-Click"},
    )
    listed = client.get(path).text

    assert "Send to 1 recipient" in asked
    assert (mail["To"], mail["Subject"]) == ("ani@example.org", "A hearing is set")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<strong>meets</strong>" in html.get_content()
    assert left.status_code == 200
    assert "<dt>Unsubscribed</dt><dd>1</dd>" in listed
    assert "<dt>Sent</dt><dd>1</dd>" in listed


def test_it_is_sent_at_the_time_that_was_chosen(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    path = written(client)

    done = post(
        client, f"{path}/schedule", {"day": "2026-07-02", "clock": "09:30"}, follow_redirects=True
    ).text

    assert "The update will be sent on July 2, 2026, 9:30\u00a0a.m. EDT." in done
    assert "It is sent on <strong>July 2, 2026, 9:30\u00a0a.m. EDT</strong>" in done
    assert "scheduled" in client.get(BASE).text
    site.pass_time(hours=26)
    assert scheduled_updates.send_due(site.database, site.time[0]) == 1
    assert "being sent" in client.get(BASE).text


def test_a_time_can_be_canceled(site: Site, client: FlaskClient) -> None:
    path = written(client)
    post(client, f"{path}/schedule", {"day": "2026-07-02", "clock": "09:30"})

    done = post(client, f"{path}/schedule", {"act": "cancel"}, follow_redirects=True).text

    assert "The update is no longer scheduled." in done
    assert scheduled_updates.send_due(site.database, site.time[0]) == 0


@pytest.mark.parametrize(
    ("day", "clock", "field"), [("2026-06-30", "09:30", "clock"), ("soon", "09:30", "day")]
)
def test_a_time_that_is_none_comes_back(
    site: Site, client: FlaskClient, day: str, clock: str, field: str
) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    path = written(client)

    answer = post(client, f"{path}/schedule", {"day": day, "clock": clock})

    assert answer.status_code == 422
    assert f'value="{day}"' in answer.text
    assert f'value="{clock}"' in answer.text
    assert re.search(rf'id="{field}"[^>]* aria-invalid="true" autofocus', answer.text)


def test_the_fourth_of_a_week_says_when(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    pages = [send(site, client, written(client)) for _ in range(4)]

    assert "The update is being sent" in pages[2]
    assert "Send the next one on July 8, 2026." in pages[3]


def test_each_reader_sees_their_own_values_and_a_text_part_without_marks(
    site: Site, client: FlaskClient
) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    typed = TYPED | {
        "subject": "News for {{ first_name }}",
        "body": "Dear {{ first_name }} of {{ state|your state }}, **come** "
        "to [the hearing](https://example.org/hearing).",
    }

    page = post(client, f"{BASE}/new", typed).headers["Location"]
    shown = client.get(page).text
    send(site, client, page)
    mail = site.mails()[-1]

    assert "Dear Ani of Montana" in shown
    assert mail["Subject"] == "News for Ani"
    assert mail["List-Id"].startswith("<section-907.updates.")
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "Dear Ani of Montana, come to the hearing" in " ".join(plain.get_content().split())
    assert "(https://example.org/hearing)" in plain.get_content()
    assert "**" not in plain.get_content()


def test_a_field_without_a_value_comes_back_with_the_text(client: FlaskClient) -> None:
    typed = TYPED | {"body": "Dear {{ frist_name }}"}

    page = post(client, f"{BASE}/new", typed)

    assert "{{ frist_name }} is not a field" in page.text
    assert "Dear {{ frist_name }}</textarea>" in page.text


def test_it_can_be_stopped(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site, mail_opt_in="y")
    path = written(client)
    send(site, client, path)

    asked = post(client, f"{path}/stop").text
    page = post(client, f"{path}/stop", {"sure": "yes"}, follow_redirects=True).text

    assert "will not be sent: 1 at this moment." in asked
    assert "1 message will not be sent" in page
    assert all(mail["Subject"] != "A hearing is set" for mail in site.mails())


def test_a_draft_can_be_deleted(site: Site, client: FlaskClient) -> None:
    path = written(client)

    asked = post(client, path, {"act": "delete"}).text
    still_there = client.get(path).status_code
    post(client, path, {"act": "delete", "sure": "yes"})

    assert "A deleted draft cannot be restored." in asked
    assert still_there == 200
    with site.database.reading() as connection:
        assert connection.execute(sa.select(models.updates.c.id)).all() == []


def test_another_campaigns_update_is_not_here(site: Site, client: FlaskClient) -> None:
    path = written(client)
    with site.database.writing() as connection:
        connection.execute(sa.update(models.updates).values(campaign="river"))

    assert client.get(path).status_code == 404
    assert post(client, f"{path}/send").status_code == 303
    with site.database.reading() as connection:
        assert connection.execute(sa.select(models.updates.c.status)).scalar_one() == "draft"


def test_it_is_not_for_everybody(site: Site) -> None:
    assert signed_in(site, "viewer").get(BASE).status_code == 403
