"""After a call or a letter: an outcome counted without a name, thanks, a reminder."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from campaign.petition.contact_reports import Figure, figures
from tests.web.made_site import words
from tests.web.whole_site import Site

CALL = "/c/section-907/call/D000618"
MARK = "/c/section-907/contacted/D000618"


def token(client: FlaskClient, page: str = CALL) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def counted(site: Site) -> tuple[Figure, ...]:
    with site.database.reading() as connection:
        return figures(connection, "section-907")


@pytest.mark.parametrize("outcome", ["contact", "voicemail", "no-answer", "posted", "sent"])
def test_an_outcome_is_counted_and_thanked_for(
    site: Site, client: FlaskClient, outcome: str
) -> None:
    answer = client.post(MARK, data={"token": token(client), "outcome": outcome, "source": "call"})

    assert answer.status_code == 303
    assert counted(site) == (Figure("D000618", outcome, 1),)  # type: ignore[arg-type]
    thanks = client.get(answer.headers["Location"])
    assert thanks.status_code == 200
    assert "Senator Daines" in words(thanks.text)
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_lay_open_for_days_counts_nothing_and_says_so(
    site: Site, client: FlaskClient
) -> None:
    old = token(client)
    site.pass_time(days=2)

    answer = client.post(MARK, data={"token": old, "outcome": "contact"})

    assert answer.status_code == 422
    assert "press the button again" in words(answer.text)
    assert counted(site) == ()


def test_a_token_of_another_form_counts_nothing(site: Site, client: FlaskClient) -> None:
    answer = client.post(MARK, data={"token": site.form()["token"], "outcome": "contact"})

    assert answer.status_code == 422
    assert counted(site) == ()


def test_an_outcome_or_office_that_is_not_offered_is_refused(
    site: Site, client: FlaskClient
) -> None:
    good = token(client)

    assert client.post(MARK, data={"token": good, "outcome": "won"}).status_code == 400
    assert client.post(MARK, data={"token": good}).status_code == 400
    nobody = "/c/section-907/contacted/Z999999"
    assert client.post(nobody, data={"token": good, "outcome": "sent"}).status_code == 404
    assert client.get(MARK).status_code == 404
    assert client.get(f"{MARK}?outcome=won").status_code == 404
    assert counted(site) == ()


def test_one_network_can_mark_no_more_than_a_room_full_of_callers(
    site: Site, client: FlaskClient
) -> None:
    good = token(client)
    answers = [
        client.post(MARK, data={"token": good, "outcome": "contact"}).status_code for _ in range(32)
    ]

    assert answers == [303] * 30 + [429] * 2
    assert counted(site) == (Figure("D000618", "contact", 30),)


def test_a_letter_to_the_president_is_counted_as_his_offices(
    site: Site, client: FlaskClient
) -> None:
    page = "/c/section-907/contacted/president"

    answer = client.post(page, data={"token": token(client), "outcome": "posted"})

    assert counted(site) == (Figure("president", "posted", 1),)
    thanks = words(client.get(answer.headers["Location"]).text)
    assert "Phone numbers and what to say" not in thanks
    assert "Save the reminder" in thanks


def test_the_reminder_is_for_two_weeks_on_and_leads_to_the_call(
    site: Site, client: FlaskClient
) -> None:
    answer = client.get(f"{MARK}/follow-up.ics")

    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="follow-up.ics"'
    (event,) = Calendar.from_ical(answer.data).events
    assert event.start == datetime.fromisoformat("2026-07-15T10:00")
    assert str(event["summary"]) == "Follow up with Senator Daines about “Enforce Section 907”"
    assert str(event["url"]) == f"{site.settings.base_url}{CALL}"


def test_a_reminder_is_in_the_language_of_the_page(client: FlaskClient) -> None:
    answer = client.get(f"{MARK}/follow-up.ics?lang=hy")

    assert answer.status_code == 200
    (event,) = Calendar.from_ical(answer.data).events
    assert "907" in str(event["summary"])


def test_the_thanks_page_is_the_same_for_everybody(client: FlaskClient) -> None:
    page = client.get(f"{MARK}?outcome=contact")

    assert page.headers["Cache-Control"].startswith("public")
    assert page.text == client.get(f"{MARK}?outcome=contact").text
