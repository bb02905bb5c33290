"""The call page: numbers, the time where they ring, a script, and buttons for the outcome."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site


def call(client: FlaskClient, bioguide: str) -> str:
    page = client.get(f"/c/section-907/call/{bioguide}")
    assert page.status_code == 200
    return page.text


def at(site: Site, moment: datetime) -> None:
    site.time[0] = moment
    site.app.extensions["pages"].forget()


def numbers(body: str) -> list[tuple[str, str]]:
    """Each place with what is said about the time there."""
    return [
        (words(place), words(said))
        for place, said in re.findall(
            r'<p class="numbers-place">(.*?)</p>.*?<p class="hint">(.*?)</p>', body, re.DOTALL
        )
    ]


def test_each_number_says_what_time_it_is_there(site: Site, client: FlaskClient) -> None:
    # Nine in the morning in Washington, seven in Montana.
    at(site, datetime(2026, 11, 24, 14, 5, tzinfo=UTC))

    found = dict(numbers(call(client, "D000618")))

    assert found["Washington, DC"].replace("\xa0", " ") == (
        "Likely open: it is 9:05 a.m. there (Eastern Time)."
    )
    assert found["Helena, MT"].replace("\xa0", " ") == (
        "Likely closed: it is 7:05 a.m. there (Mountain Time). Try at 9 a.m. today."
    )


@pytest.mark.parametrize(
    ("now", "when"),
    [
        # By the clock of Montana: before opening, after hours, a Friday evening, a weekend, the
        # evening before it, and the days around Thanksgiving and New Year.
        (datetime(2026, 11, 23, 14, 5, tzinfo=UTC), "today"),  # Monday, 7:05 AM
        (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), "tomorrow"),  # Monday, 6 PM; Tuesday in UTC
        (datetime(2026, 11, 24, 6, 59, tzinfo=UTC), "tomorrow"),  # Monday, 11:59 PM
        (datetime(2026, 11, 24, 7, 1, tzinfo=UTC), "today"),  # Tuesday, 0:01 AM
        (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), "on Monday"),  # Friday, 6 PM
        (datetime(2026, 11, 21, 19, 0, tzinfo=UTC), "on Monday"),  # Saturday noon
        (datetime(2026, 11, 22, 19, 0, tzinfo=UTC), "tomorrow"),  # Sunday noon
        (datetime(2026, 11, 26, 1, 0, tzinfo=UTC), "on Friday"),  # the eve of Thanksgiving, 6 PM
        (datetime(2026, 11, 26, 19, 0, tzinfo=UTC), "tomorrow"),  # Thanksgiving at noon
        (datetime(2027, 1, 1, 1, 0, tzinfo=UTC), "on Monday"),  # December 31, 6 PM
    ],
)
def test_opening_hours_follow_the_calendar_of_the_office(
    site: Site, client: FlaskClient, now: datetime, when: str
) -> None:
    at(site, now)

    found = dict(numbers(call(client, "D000618")))["Helena, MT"].replace("\xa0", " ")

    assert found.startswith("Likely closed")
    assert found.endswith(f"Try at 9 a.m. {when}.")


@pytest.mark.parametrize(
    ("bioguide", "place", "said"),
    [
        # Arizona does not change its clocks in summer.
        ("G000574", "Phoenix, AZ", "Likely open: it is noon there (Arizona time)."),
        # Evansville is with Chicago, and not with Indianapolis.
        ("M001233", "Evansville, IN", "Likely open: it is 2 p.m. there (Central Time)."),
        # On Guam it is Wednesday morning already.
        ("M001219", "Hagatna, GU", "Likely closed: it is 5 a.m. there (Guam time). "),
    ],
)
def test_an_office_keeps_the_time_of_its_place(
    site: Site, client: FlaskClient, bioguide: str, place: str, said: str
) -> None:
    at(site, datetime(2026, 7, 14, 19, tzinfo=UTC))

    found = dict(numbers(call(client, bioguide)))

    assert found[place].replace("\xa0", " ").startswith(said)


def test_listed_hours_are_shown_as_listed(client: FlaskClient) -> None:
    found = dict(numbers(call(client, "C000537")))

    assert "Listed hours: Mon-Fri 9am-5pm." in found["Columbia, SC"]
    assert "Likely" not in found["Columbia, SC"]


def test_a_newcomer_without_a_number_is_reached_by_the_switchboard_and_the_page_says_why(
    client: FlaskClient,
) -> None:
    body = call(client, "G000607")
    card = words(client.get(PETITION + "members?district=CA-1").text)

    for said in (words(body), card):
        assert "202-224-3121" in said
        assert "We do not have this office's direct number yet." in said
        assert "ask for Representative Gallagher" in said
    assert 'href="tel:+12022243121"' in body
    assert 'name="outcome" value="voicemail"' in body
    assert "What to say" in body


def test_every_number_can_be_pressed_and_every_outcome_marked(client: FlaskClient) -> None:
    body = call(client, "D000618")

    assert len(re.findall(r'href="tel:\+1\d{10}"', body)) == 8
    assert re.findall(r'name="outcome" value="([^"]+)"', body) == [
        "contact", "voicemail", "no-answer",
    ]  # fmt: skip
    assert body.count("<option value=") == 8


def test_who_holds_no_seat_is_not_called(client: FlaskClient) -> None:
    assert client.get("/c/section-907/call/Z999999").status_code == 404


ROUND = "D000618,S001232,D000634"


def test_a_zip_leads_to_the_first_of_its_offices(client: FlaskClient) -> None:
    assert "Your ZIP code" in client.get("/c/section-907/call").text

    answer = client.get("/c/section-907/call?zip=59601")

    assert answer.status_code == 302
    offices = f"{ROUND},president,secretary"
    assert answer.location == f"/c/section-907/call/D000618?offices={offices}"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("typed", "status", "leads_to"),
    [("1", 422, None), ("10011", 302, "/c/section-907/members?zip=10011")],
)
def test_a_zip_that_names_no_one_asks_on(
    client: FlaskClient, typed: str, status: int, leads_to: str | None
) -> None:
    answer = client.get(f"/c/section-907/call?zip={typed}")

    assert (answer.status_code, answer.location) == (status, leads_to)


def test_after_each_call_comes_the_next_office(client: FlaskClient) -> None:
    first, second, third = ROUND.split(",")
    page = client.get(f"/c/section-907/call/{first}?offices={ROUND}").text
    assert "Call 1 of 3" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None

    def report(bioguide: str, outcome: str) -> str:
        answer = client.post(
            f"/c/section-907/contacted/{bioguide}",
            data={"token": token[1], "outcome": outcome, "offices": ROUND, "source": "call"},
        )
        assert answer.status_code == 303
        assert "Set-Cookie" not in answer.headers
        return str(answer.location)

    page = client.get(report(first, "voicemail")).text
    assert "Call 2 of 3" in page
    assert "Counted. Thank you." in words(page)
    assert f"/call/{third}?" in page
    page = client.get(report(second, "no-answer")).text
    assert "Call 3 of 3" in page
    assert "Thank you for trying." in words(page)
    assert "That was the last of your 3 calls." in words(client.get(report(third, "contact")).text)


@pytest.mark.parametrize(
    "offices",
    [
        "S001232,D000634",  # not this office
        "D000618",
        "D000618,D000618",
        "D000618,Z999999",
        "D000618,<script>",
        ",".join(["D000618"] * 21),
    ],
)
def test_what_is_not_a_round_is_a_call_by_itself(client: FlaskClient, offices: str) -> None:
    page = client.get("/c/section-907/call/D000618", query_string={"offices": offices})

    assert page.status_code == 200
    assert "Call 1 of" not in page.text
    assert 'class="calls"' not in page.text


def test_voicemail_gets_the_ask_and_an_address_and_no_question(client: FlaskClient) -> None:
    body = call(client, "D000618")
    voicemail = words(body[body.index("If you reach voicemail") :].partition("</details>")[0])

    assert "please oppose the repeal of Section 907 by H.R. 6534" in voicemail
    assert "My address is [your street address]." in voicemail
    assert "?" not in voicemail


def test_a_reminder_is_for_when_the_office_is_open_next(site: Site, client: FlaskClient) -> None:
    at(site, datetime(2026, 11, 27, 23, 0, tzinfo=UTC))  # Friday evening in Washington

    answer = client.get("/c/section-907/call/D000618/reminder.ics")

    assert answer.mimetype == "text/calendar"
    [event] = Calendar.from_ical(answer.data).events
    assert event["summary"] == "Call Senator Daines"
    assert event.start == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert str(event["url"]).endswith("/c/section-907/call/D000618")
    assert client.get("/c/section-907/call/Z999999/reminder.ics").status_code == 404


@pytest.mark.parametrize(
    ("language", "says"),
    [("es", "En la oficina se habla inglés"), ("hy", "Գրասենյակում խոսում են")],
)
def test_the_english_script_is_explained_in_the_readers_language(
    site: Site, language: str, says: str
) -> None:
    page = site.client.get(f"/c/section-907/call/D000618?lang={language}").text

    assert says in page
    assert re.search(r'<div[^>]*lang="en"[^>]*>\s*<p>Hello\. My name is', page)
    assert says not in site.client.get("/c/section-907/call/D000618").text
