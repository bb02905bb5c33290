"""Calls to officials outside Congress: one after the other, and the next step after each."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from tests.web.letter_builder import a_letter
from tests.web.made_site import visitor, words
from tests.web.test_targets import aim
from tests.web.whole_site import Site

HEADER = "id,name,title,block,salutation,phone,form,mail,places\n"


def row(key: str, name: str, block: str, phone: str, places: str, title: str = "") -> str:
    return f'{key},{name},{title},"{block}",Dear {name}:,{phone},,,"{places}"\n'


#: A mayor and a council of Helena, a board without a number, a governor, and a council elsewhere.
CITY = "".join(
    (
        row("mayor", "Jo Doe", "Jo Doe|Helena, MT 59601", "406-555-0142", "Helena, MT", "Mayor"),
        row("board", "Water Board", "Water Board|Helena, MT 59601", "", "Helena, MT"),
        row("havre", "Havre Council", "City Hall|Havre, MT 59501", "406-555-0144", "59501"),
        row("council", "Helena Council", "City Hall|Room 3", "(406) 555-0143", "Helena, MT"),
        row("governor", "Al Roe", "Al Roe|Helena, MT 59620", "406-555-0145", "MT", "Governor"),
    )
)
ONLY_OFFICIALS = "[targets]\nchambers = []"
ROUND = "mayor,council,governor"


def marked(client: FlaskClient, page: str, recipient: str, outcome: str, offices: str) -> str:
    """Report a call, and return where the answer leads."""
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    answer = client.post(
        f"/c/clinics/contacted/{recipient}",
        data={"token": token, "outcome": outcome, "offices": offices, "source": "call"},
    )
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    return str(answer.location)


def test_a_zip_leads_to_the_officials_who_answer_to_it_and_have_a_number(tmp_path: Path) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path) as client:
        helena = client.get("/c/clinics/call?zip=59601")
        havre = client.get("/c/clinics/call?zip=59501")
        wyoming = client.get("/c/clinics/call?zip=82001")

    assert helena.location == f"/c/clinics/call/mayor?offices={ROUND}"
    assert havre.location == "/c/clinics/call/havre?offices=havre,governor"
    assert wyoming.location == "/c/clinics/members?zip=82001"


def test_one_official_with_a_number_is_a_call_by_itself(tmp_path: Path) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY.splitlines()[0])

    with visitor(tmp_path) as client:
        answer = client.get("/c/clinics/call?zip=59601")
        page = client.get(answer.location)

    assert answer.location == "/c/clinics/call/mayor"
    assert "Call 1 of" not in page.text


def test_a_city_with_several_districts_of_congress_is_asked_for_no_street(tmp_path: Path) -> None:
    rows = (
        'ny,New York City Council,,"City Hall|New York, NY 10007",Dear Council:,212-555-0142,,,NY\n'
    )
    aim(tmp_path, ONLY_OFFICIALS, HEADER + rows)

    with visitor(tmp_path) as client:
        answer = client.get("/c/clinics/call?zip=10011")

    assert answer.location == "/c/clinics/call/ny"


def test_after_each_call_to_an_official_comes_the_next(tmp_path: Path) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path) as client:
        page = client.get(f"/c/clinics/call/mayor?offices={ROUND}").text
        assert "Call 1 of 3" in words(page)
        assert 'aria-current="step">Mayor Jo Doe<' in page
        page = client.get(marked(client, page, "mayor", "voicemail", ROUND)).text
        assert "Call 2 of 3" in words(page)
        assert "Call Helena Council" in words(page)
        assert "Skip to Governor Al Roe" in words(page)
        page = client.get(marked(client, page, "council", "contact", ROUND)).text
        assert "Call 3 of 3" in words(page)
        thanks = client.get(marked(client, page, "governor", "no-answer", ROUND)).text

    assert "That was the last of your 3 calls." in words(thanks)
    assert "Try this office again later. Voicemail counts too." in words(thanks)
    assert "member" not in words(thanks)


def test_members_come_before_officials_in_a_mixed_round(tmp_path: Path) -> None:
    aim(
        tmp_path,
        '[targets]\nchambers = ["senate"]\nexecutive = ["president", "health"]',
        HEADER + CITY,
    )

    with visitor(tmp_path) as client:
        answer = client.get("/c/clinics/call?zip=59601")
        members = client.get("/c/clinics/members?zip=59601").text
        health = client.get("/c/clinics/call/health")
        president = client.get("/c/clinics/call/president").text

    offices = f"D000618,S001232,{ROUND},president"
    assert answer.location == f"/c/clinics/call/D000618?offices={offices}"
    assert f'href="/c/clinics/call/S001232?offices={offices}"' in members
    assert f'href="/c/clinics/call/mayor?offices={offices}"' in members
    assert health.status_code == 404
    assert "202-456-1414" in president
    assert "This number is a switchboard." in words(president)


def test_a_street_is_asked_for_where_it_decides_a_member_of_the_round(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nstates = ["NY"]', HEADER + CITY)

    with visitor(tmp_path) as client:
        answer = client.get("/c/clinics/call?zip=10011")

    assert answer.location == "/c/clinics/members?zip=10011"


def test_a_long_council_is_called_as_far_as_an_address_goes(tmp_path: Path) -> None:
    rows = "".join(
        row(f"seat-{number}", f"Seat {number}", "City Hall|Helena, MT", "406-555-0142", "MT")
        for number in range(1, 26)
    )
    aim(tmp_path, ONLY_OFFICIALS, HEADER + rows)

    with visitor(tmp_path) as client:
        answer = client.get("/c/clinics/call?zip=59601")
        page = client.get(answer.location)

    assert "Call 1 of 20" in words(page.text)


@pytest.mark.parametrize("offices", ["mayor,board", "mayor,nobody", "mayor,Mayor", "mayor,a b"])
def test_an_office_that_cannot_be_called_is_in_no_round(tmp_path: Path, offices: str) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path) as client:
        page = client.get("/c/clinics/call/mayor", query_string={"offices": offices})

    assert page.status_code == 200
    assert 'class="calls"' not in page.text


def test_an_office_whose_time_is_unknown_is_called_all_the_same(tmp_path: Path) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path, on_date=date(2026, 7, 3)) as client:
        page = client.get("/c/clinics/call/council").text
        reminder = client.get("/c/clinics/call/council/reminder.ics")

    assert 'href="tel:+14065550143"' in page
    assert "there (" not in words(page)
    # July 3, 2026, is a holiday; the campaign's days are those of New York.
    [event] = Calendar.from_ical(reminder.data).events
    assert event.start == datetime(2026, 7, 6, 14, 0, tzinfo=UTC)
    assert event["summary"] == "Call Helena Council"


def test_letters_lead_to_the_calls_of_their_officials(tmp_path: Path) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path) as client:
        page = client.post(
            "/c/clinics/write", data=a_letter(points=[], personal="", to=["local"])
        ).text

    assert f'href="/c/clinics/call/mayor?offices={ROUND}"' in page
    assert "406-555-0143" in page


def test_the_round_of_letters_keeps_the_order_of_targets(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nexecutive = ["treasury"]', HEADER + CITY)
    to = ["senate", "executive", "local"]

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=to)).text

    assert f"?offices=D000618,S001232,{ROUND},treasury" in page


def test_one_letter_leads_to_its_call(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nchambers = []\nexecutive = ["treasury"]')

    with visitor(tmp_path) as client:
        page = client.post(
            "/c/clinics/write", data=a_letter(points=[], personal="", to=["executive"])
        ).text

    assert 'href="/c/clinics/call/treasury"' in page
    assert "Call the Secretary of the Treasury (in a new tab)" in words(page)


@pytest.mark.parametrize(
    ("recipient", "outcome", "said"),
    [
        ("mayor", "no-answer", "Try this office again later."),
        ("mayor", "posted", "A letter takes a few days. Many offices reply in writing."),
        (
            "treasury",
            "posted",
            "A letter to Washington takes weeks. Many offices reply in writing.",
        ),
        ("treasury", "voicemail", "Offices write down messages just as they write down calls."),
    ],
)
def test_the_next_step_is_said_of_the_office_that_was_contacted(
    tmp_path: Path, recipient: str, outcome: str, said: str
) -> None:
    aim(tmp_path, '[targets]\nchambers = []\nexecutive = ["treasury"]', HEADER + CITY)

    with visitor(tmp_path) as client:
        page = words(client.get(f"/c/clinics/contacted/{recipient}?outcome={outcome}").text)

    assert said in page
    assert "Find my officials" in page
    assert "member" not in page
    assert "comes to a vote" not in page


def test_where_officials_only_are_asked_the_page_of_calls_does_not_name_congress(
    tmp_path: Path,
) -> None:
    aim(tmp_path, ONLY_OFFICIALS, HEADER + CITY)

    with visitor(tmp_path) as client:
        page = client.get("/c/clinics/call").text

    assert "<title>Call your officials –" in page
    assert "Congress" not in page


def thanks(site: Site, zip_code: str) -> str:
    """Sign the clinics campaign, confirm, and return the page of thanks."""
    page = site.client.get("/c/clinics/").text
    token = re.findall(r'name="token"[^>]*value="([^"]+)"', page)[0]
    person = {"first_name": "Ani", "last_name": "Petrosyan", "email": "ani@example.org"}
    site.client.post("/c/clinics/sign", data={**person, "zip": zip_code, "token": token})
    confirmed = site.client.post(site.mailed_path("/confirm/"))
    return site.client.get(confirmed.headers["Location"]).text


def test_the_page_after_signing_leads_to_the_calls_of_officials(site: Site) -> None:
    aim(
        site.settings.home,
        '[targets]\nchambers = []\nexecutive = ["treasury", "health"]',
        HEADER + CITY,
    )
    site.pass_time(minutes=1)

    page = thanks(site, "59601")

    called = re.findall(r'href="/c/clinics/call/([^"?]+)\?offices=([^"]+)"', page)
    thanked = site.mails()[-1].get_body(("plain",))
    assert thanked is not None
    assert "a letter to your officials" in thanked.get_content()
    assert "Congress" not in thanked.get_content()
    assert "congressional" not in page
    offices = ["mayor", "council", "governor", "treasury"]
    assert called == [(office, ",".join(offices)) for office in offices]


def test_the_page_after_signing_names_no_member_of_congress_whom_nobody_asks(site: Site) -> None:
    aim(site.settings.home, ONLY_OFFICIALS, HEADER + CITY)
    site.pass_time(minutes=1)

    page = words(thanks(site, "82001"))

    assert "This campaign asks other officials than the ones who represent you here." in page
    assert "Senator" not in page
    assert "Choose your points" not in page


def test_the_page_after_signing_asks_for_no_street_that_changes_nothing(site: Site) -> None:
    aim(site.settings.home, '[targets]\nmembers = ["D000618"]')
    site.pass_time(minutes=1)

    assert "depends on your street" not in words(thanks(site, "73301"))
