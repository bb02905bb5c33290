"""Letters through Congress's electronic system (CWC): asked for, mailed, read and approved."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from campaign.delivery import cwc_changes, cwc_client, cwc_sender
from campaign.delivery.outbox import drain
from campaign.letters.cwc.schema import problems
from campaign.store import cwc_deliveries, cwc_offices, models
from campaign.store.statuses import DeliveryStatus
from campaign.web.core.client_network import network_hash
from campaign.web.core.services import KEY
from tests.delivery.cwc_server import KEY as API_KEY
from tests.delivery.cwc_server import CwcServer, serving
from tests.web.made_site import words
from tests.web.whole_site import Site, make_site

WRITE = "/c/section-907/write"
SEND = "/c/section-907/send"
OFFER = "Send through Congress's electronic system"


def letter(**changes: Any) -> dict[str, Any]:
    """What a person of Helena, Montana, typed into the letter builder."""
    return {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "street": "12 Main Street",
        "city": "Helena",
        "state": "MT",
        "zip": "59601",
        "email": "ani@example.org",
        "personal": "My grandmother was born in Shushi.",
        "to": ["senate", "house"],
        "paper_to": "washington",
        **changes,
    }


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="token"[^>]*value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def ask(site: Site, **changes: Any) -> TestResponse:
    """Go from the builder to the page that asks, and send its form."""
    typed = letter()
    page = site.client.post(SEND, data={**typed, "action": "send"})
    assert page.status_code == 200
    return site.client.post(
        SEND, data={**typed, "step": "ask", "token": token_of(page), "prefix": "Ms.", **changes}
    )


def asked(site: Site) -> str:
    """Ask, and return the path of the mailed link."""
    assert ask(site).status_code == 303
    return site.mailed_path("/approve/")


def rows(site: Site, table: sa.Table) -> list[sa.Row[Any]]:
    with site.database.reading() as connection:
        return list(connection.execute(sa.select(table)))


def deliver(site: Site) -> None:
    """Do the worker's round for what goes to Congress."""
    sender = cwc_sender.CwcSender(
        site.settings,
        cwc_client.channel(site.settings, pace=lambda: None),
        site.database,
        find_pack=site.app.extensions[KEY].campaigns.get,
        find_change=lambda letter, now: cwc_changes.change_since(
            site.app.extensions[KEY].congress, letter, now
        ),
    )
    drain(
        site.database,
        {cwc_sender.KIND: sender},
        now=site.time[0],
        only=frozenset({cwc_sender.KIND}),
    )


@pytest.fixture
def server() -> Iterator[CwcServer]:
    with serving() as state:
        yield state


@pytest.fixture
def live(tmp_path: Path, server: CwcServer) -> Iterator[Site]:
    """A site with a key to a local server, which lists Montana's two districts."""
    made = make_site(
        tmp_path,
        cwc_api_key=API_KEY,
        cwc_house_url=server.url,
        cwc_agent_name="Bridge Mail",
        cwc_agent_email="ack@example.org",
        cwc_agent_contact="Sam Contact",
        cwc_agent_phone="202-555-0100",
    )
    with made.database.writing() as connection:
        cwc_offices.replace(connection, ["HMT01", "HMT02"], now=made.time[0])
    yield made
    made.database.dispose()


# -- The offer -------------------------------------------------------------------------------------


def test_the_builder_offers_it_under_the_letters_and_says_what_a_dry_run_is(site: Site) -> None:
    page = site.client.post(WRITE, data=letter(action="preview"))

    text = words(page.text)
    assert OFFER in text
    assert "to Senator Daines, Senator Sheehy, and Representative Downing." in text
    assert "so nothing is sent" in text


@pytest.mark.parametrize(
    "settings",
    [
        {},
        # The House's test system, which no office reads.
        {
            "cwc_api_key": API_KEY,
            "cwc_agent_name": "Bridge Mail",
            "cwc_agent_email": "ack@example.org",
            "cwc_agent_contact": "Sam Contact",
            "cwc_agent_phone": "202-555-0100",
        },
    ],
    ids=["dry-run", "test"],
)
def test_citizens_are_offered_no_way_that_reaches_no_office(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    made = make_site(tmp_path, env="production", **settings)
    with made.database.writing() as connection:
        cwc_offices.replace(connection, ["HMT01", "HMT02"], now=made.time[0])

    page = words(made.client.post(WRITE, data=letter(action="preview")).text)
    answer = ask(made)

    assert "Download the PDF" in page
    assert OFFER not in page
    assert "send them" not in page
    assert answer.status_code == 200
    assert rows(made, models.sendings) == []
    made.database.dispose()


def test_it_is_offered_only_for_offices_that_take_part(live: Site) -> None:
    page = words(live.client.post(WRITE, data=letter(action="preview")).text)
    offer = page[page.index("Or have us send them") : page.index(OFFER)]

    # Without the Senate's address no senator's office can be reached.
    assert "Representative" in offer
    assert "Senator" not in offer
    with live.database.writing() as connection:
        cwc_offices.replace(connection, ["HCA30"], now=live.time[0])
    assert OFFER not in words(live.client.post(WRITE, data=letter(action="preview")).text)


def test_letters_to_the_president_are_not_offered(site: Site) -> None:
    page = site.client.post(WRITE, data=letter(action="preview", to=["president"]))

    assert OFFER not in words(page.text)


# -- Asking ----------------------------------------------------------------------------------------


def test_what_the_builder_knows_is_filled_in_and_nothing_is_kept_yet(site: Site) -> None:
    page = site.client.post(SEND, data=letter(action="send", phone="406-555-0100"))

    assert 'value="ani@example.org"' in page.text
    assert 'value="406-555-0100"' in page.text
    assert "No letters are sent from here" in words(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert rows(site, models.sendings) == []


def test_a_request_mails_a_link_and_the_page_is_the_same_for_everyone(site: Site) -> None:
    response = ask(site)

    assert (response.status_code, response.location) == (303, "/c/section-907/sent")
    assert "Check your email" in words(site.client.get(response.location).text)
    [mail] = site.mails()
    assert mail["To"] == "ani@example.org"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    for typed in ("Ani", "Petrosyan", "Main Street", "Shushi", "Daines"):
        assert typed not in text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prefix": ""}, "Choose a title"),
        ({"prefix": "Mx."}, "Choose one of: Mr., Mrs., Miss, Ms., Dr."),
        ({"email": ""}, "Enter your email address"),
        ({"email": "nobody"}, "Enter an email address, such as"),
        ({"phone": "+44 20 7946 0958"}, "Enter a U.S. phone number"),
        ({"token": "old"}, "This page was open for a while"),
    ],
)
def test_errors_are_shown_and_nothing_typed_is_lost(
    site: Site, change: dict[str, str], sentence: str
) -> None:
    page = ask(site, **change)

    assert page.status_code == 422
    assert sentence in words(page.text)
    assert "Email me the link" in words(page.text)
    assert "My grandmother was born in Shushi." in unescape(page.text)
    assert rows(site, models.sendings) == []


def test_own_words_too_short_for_an_office_have_their_error_above_the_form(site: Site) -> None:
    typed = letter(personal="Yes")
    page = site.client.post(SEND, data=typed)
    answer = site.client.post(
        SEND, data={**typed, "step": "ask", "token": token_of(page), "prefix": "Ms."}
    )

    assert answer.status_code == 422
    assert "takes texts of 6 to 10,000 characters" in words(answer.text)


def test_a_letter_that_is_not_complete_leads_back_to_the_builder(site: Site) -> None:
    page = site.client.post(SEND, data=letter(action="send", street=""))

    assert page.status_code == 422
    assert "Your letter, in your own words" in words(page.text)


def test_another_sites_form_is_refused(site: Site) -> None:
    page = site.client.post(SEND, data=letter(), headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 403


# -- Reading and approving -------------------------------------------------------------------------


def test_the_link_shows_the_exact_texts_and_looking_changes_nothing(site: Site) -> None:
    path = asked(site)

    for method in ("GET", "HEAD", "GET"):
        page = site.client.open(path, method=method)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
    text = words(page.text)
    kept = rows(site, models.deliveries)
    assert len(kept) == 3
    for row in kept:
        assert row.status == "waiting"
        for part in f"{row.subject}\n\n{row.statement}\n\n{row.own}".split("\n\n"):
            assert words(part) in text
    assert "Ms. Ani Petrosyan" in text
    assert "Send these letters in my name" in text
    assert [row.kind for row in rows(site, models.outbox)] == ["approve"]


def test_the_texts_have_neither_greeting_nor_signature(site: Site) -> None:
    asked(site)

    for row in rows(site, models.deliveries):
        for word in ("Dear", "Respectfully", "Petrosyan", "Main Street", "ani@example.org"):
            assert word not in row.statement + row.own


def test_the_button_sends_each_letter_to_a_folder_in_a_dry_run(site: Site) -> None:
    path = asked(site)

    response = site.client.post(path)
    deliver(site)

    assert (response.status_code, response.location) == (303, path)
    files = list(site.settings.cwc_folder.glob("*.xml"))
    assert len(files) == 3
    assert all(problems(file.read_bytes()) == () for file in files)
    page = words(site.client.get(path).text)
    assert page.count("Not sent. It was saved in a folder") == 3
    assert "Send these letters in my name" not in page
    [sending] = rows(site, models.sendings)
    assert sending.sentence.startswith("I have read these letters.")
    assert sending.approved_at == site.time[0]


def test_with_a_key_the_letter_reaches_its_office_and_the_page_says_so(
    live: Site, server: CwcServer
) -> None:
    path = asked(live)
    assert server.posts == []

    live.client.post(path)
    assert "On its way" in words(live.client.get(path).text)
    deliver(live)

    [message] = server.delivered.values()
    assert b"<MemberOffice>HMT02</MemberOffice>" in message
    assert "My grandmother was born in Shushi." in message.decode()
    assert "Delivered to the office on July 1, 2026" in words(live.client.get(path).text)


def test_a_refused_letter_offers_another_way(live: Site, server: CwcServer) -> None:
    path = asked(live)
    live.client.post(path)
    server.answers = [(400, "<Errors><Error>Bad address of Ani</Error></Errors>")]
    deliver(live)

    page = words(live.client.get(path).text)

    assert "The office's system did not accept it" in page
    assert "Send it another way" in page


def test_at_night_the_page_says_that_the_system_is_closed(live: Site, server: CwcServer) -> None:
    path = asked(live)
    live.time[0] = datetime(2026, 7, 2, 5, 0, tzinfo=UTC)
    live.client.post(path)

    deliver(live)

    assert server.posts == []
    assert "Congress's system is closed at this hour" in words(live.client.get(path).text)


def test_pressing_twice_sends_once(site: Site) -> None:
    path = asked(site)

    for _ in range(2):
        assert site.client.post(path).status_code == 303
    deliver(site)

    assert len([row for row in rows(site, models.outbox) if row.kind == "cwc"]) == 3


def test_within_a_week_the_page_names_the_day_of_the_next_letter(site: Site) -> None:
    site.client.post(asked(site))
    site.pass_time(days=3)
    path = asked(site)

    page = site.client.get(path)
    assert words(page.text).count("You can write again on July 8, 2026") == 3
    assert "Send these letters in my name" not in words(page.text)
    pressed = site.client.post(path)

    assert pressed.status_code == 409
    assert "again on July 8, 2026" in words(pressed.text)
    site.pass_time(days=4)
    assert site.client.post(path).status_code == 303


def test_a_person_who_did_not_write_them_can_delete_them(site: Site) -> None:
    path = asked(site)

    page = site.client.post(f"{path}/disown")

    assert "The letters are deleted" in words(page.text)
    assert rows(site, models.deliveries) == []
    for again in (
        site.client.get(path), site.client.post(path), site.client.post(f"{path}/disown")
    ):  # fmt: skip
        assert again.status_code == 410
        assert "The letters are deleted" in words(again.text)


@pytest.mark.parametrize("path", ["/approve/x", "/approve/" + "A" * 48])
def test_a_link_that_is_not_good_says_how_to_get_another(site: Site, path: str) -> None:
    for method, suffix in (("GET", ""), ("POST", ""), ("POST", "/disown")):
        page = site.client.open(path + suffix, method=method)
        assert page.status_code == 410
        assert "Write your letters again to get a new link" in words(page.text)
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_letters_of_the_test_system_are_not_called_delivered(
    tmp_path: Path, server: CwcServer
) -> None:
    site = make_site(tmp_path, cwc_api_key=API_KEY, cwc_house_url="https://uat-cwc.house.gov")
    with site.database.writing() as connection:
        cwc_offices.replace(connection, ["HMT02"], now=site.time[0])
    path = asked(site)
    site.client.post(path)
    with site.database.writing() as connection:
        cwc_deliveries.mark(connection, 1, DeliveryStatus.DELIVERED, now=site.time[0])

    page = words(site.client.get(path).text)

    assert "its test system, which no office reads" in page
    assert "The test system accepted it" in page
    site.database.dispose()


def test_one_network_cannot_mail_the_country(site: Site) -> None:
    typed = letter()
    token = token_of(site.client.post(SEND, data=typed))
    for _ in range(60):
        site.app.extensions[KEY].limits.allow_letter_request(_network(site))

    answer = site.client.post(SEND, data={**typed, "step": "ask", "token": token, "prefix": "Ms."})

    assert answer.status_code == 429
    assert rows(site, models.sendings) == []


def _network(site: Site) -> str:
    return network_hash("127.0.0.1", site.settings.keyring)


def test_letters_that_replaced_others_are_read_before_they_are_approved(site: Site) -> None:
    path = asked(site)
    read = re.search(r'name="read" value="(\w+)"', site.client.get(path).text)
    assert read is not None
    assert ask(site, personal="Words of somebody else.").status_code == 303

    answer = site.client.post(path, data={"read": read[1]})

    assert answer.status_code == 409
    assert "replaced after you opened this page" in words(answer.text)
    assert "Words of somebody else." in words(answer.text)
    again = re.search(r'name="read" value="(\w+)"', answer.text)
    assert again is not None
    assert site.client.post(path, data={"read": again[1]}).status_code == 303
