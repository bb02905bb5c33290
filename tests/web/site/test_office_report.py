"""Something wrong here: a report without a name waits for the organizer, who corrects the data."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from campaign.errors import TooManyAttempts
from campaign.petition import office_reports as petition_reports
from campaign.store import audit, models, office_reports
from campaign.store.office_reports import HeldReport, OfficeReport
from tests.web.letter_builder import a_letter
from tests.web.made_site import words
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import NOON, Site, make_site

DAINES = "D000618"
FORM = f"/c/section-907/members/{DAINES}/report"
PAGE = "/organize/section-907/corrections"
MEMBERS = "/c/section-907/members?zip=59001"


def report(client: FlaskClient, **said: str) -> TestResponse:
    found = re.search(r'name="token"[^>]*value="([^"]+)"', client.get(FORM).text)
    assert found is not None
    return client.post(FORM, data={"token": found[1], **said})


def held(site: Site) -> tuple[HeldReport, ...]:
    with site.database.reading() as connection:
        return office_reports.held(connection, "section-907")


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A new site on each database."""
    made = make_site(tmp_path / "home", database_url=database_url)
    yield made
    made.database.dispose()


@pytest.fixture
def organizer(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def test_each_card_and_call_page_leads_to_the_form(client: FlaskClient) -> None:
    body = client.get(MEMBERS).text
    call = client.get(f"/c/section-907/call/{DAINES}").text

    assert body.count("Something wrong here?") == 3
    assert f'href="{FORM}"' in body
    assert f'href="{FORM}"' in call
    assert "Washington: 320 Hart Senate Office Building" in words(client.get(FORM).text)


def test_a_report_waits_and_people_who_say_the_same_are_counted(
    site: Site, client: FlaskClient
) -> None:
    said = {"office": f"{DAINES}-billings", "field": "phone", "value": "406-555-0100"}

    thanks = report(client, **said, source="a call")
    report(client, **said, source="their page")

    assert thanks.status_code == 303
    assert "Thank you for the report" in client.get(thanks.headers["Location"]).text
    [one] = held(site)
    assert (one.report.office, one.report.field) == (f"{DAINES}-billings", "phone")
    assert (one.report.value, one.report.source, one.people) == ("406-555-0100", "a call", 2)
    # Nothing has changed yet.
    assert "406-245-6822" in client.get(MEMBERS).text


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"field": "phone"}, "Choose the office."),
        ({"office": "washington"}, "Choose what is wrong."),
        ({"office": "washington", "field": "closed"}, "Every member has an office in Washington."),
        ({"office": "washington", "field": "name"}, "Choose what is wrong."),
        ({"office": "S001205-chester", "field": "phone"}, "Choose the office."),
    ],
)
def test_a_form_that_says_too_little_is_shown_again(
    site: Site, client: FlaskClient, said: dict[str, str], error: str
) -> None:
    shown = report(client, **said, value="406-555-0100")

    assert shown.status_code == 422
    assert error in words(shown.text)
    assert 'value="406-555-0100"' in shown.text
    assert held(site) == ()


@pytest.mark.parametrize("typed", ["12", "<b>call me</b>"])
def test_what_is_no_phone_number_is_not_held(site: Site, client: FlaskClient, typed: str) -> None:
    shown = report(client, office="washington", field="phone", value=typed)

    assert shown.status_code == 422
    assert "Write the phone number with its area code" in words(shown.text)
    assert f'value="{escape(typed)}"' in shown.text
    assert held(site) == ()


def test_a_corrected_phone_settles_every_report_on_it(
    site: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    for number in ("(406) 555-0100", "406-555-0101", ""):
        report(client, office=f"{DAINES}-billings", field="phone", value=number)
    report(client, office="washington", field="phone", value="202-555-0100")
    report(client, office=f"{DAINES}-billings", field="address", value="1 Main Street")
    [first, *_] = held(site)

    fields = {"bioguide": DAINES, "office": f"{DAINES}-billings", "field": "phone"}
    said = {"value": first.report.value, "source": "a call", "report": str(first.id)}
    post(organizer, PAGE, {**fields, **said})

    assert first.report.value == "406-555-0100"
    assert [(one.report.office, one.report.field) for one in held(site)] == [
        ("", "phone"),
        (f"{DAINES}-billings", "address"),
    ]


def test_only_a_form_that_this_site_made_is_taken(site: Site, client: FlaskClient) -> None:
    said = {"office": "washington", "field": "phone", "token": "made up"}

    assert client.post(FORM, data=said).status_code == 422
    assert client.get(FORM.replace(DAINES, "X999999")).status_code == 404
    assert held(site) == ()


def test_a_network_that_reports_all_day_is_asked_to_wait(site: Site, client: FlaskClient) -> None:
    def one(number: int) -> int:
        return report(
            client, office="washington", field="phone", value=f"202-555-{number:04}"
        ).status_code

    codes = [one(number) for number in range(21)]

    assert codes[:20] == [303] * 20
    assert codes[20] == 429


def test_a_campaign_holds_no_more_reports_than_are_read(site: Site) -> None:
    limits = site.app.extensions["campaign"].limits

    def hold(number: int, network: str) -> None:
        said = OfficeReport("section-907", DAINES, "", "phone", f"202-555-{number:04}")
        petition_reports.hold(site.database, said, network=network, limits=limits, now=NOON)

    for number in range(500):
        hold(number, f"network {number // 20}")
    with pytest.raises(TooManyAttempts):
        hold(500, "another network")
    assert len(held(site)) == 500


def test_the_overview_leads_to_waiting_reports(
    site: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    overview = "/organize/section-907/"
    assert "of a member's phone or office" not in words(organizer.get(overview).text)

    report(client, office="washington", field="phone", value="202-224-9999")

    body = organizer.get(overview).text
    assert "1 report of a member's phone or office waits for your decision." in words(body)
    assert f'href="{PAGE}"' in body.split("What needs you")[1]
    viewer = signed_in(site, "viewer")
    assert "of a member's phone or office" not in words(viewer.get(overview).text)


def test_the_organizer_corrects_what_was_reported(
    site: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    report(client, office="washington", field="phone", value="(202) 555-0100", source="a call")
    [one] = held(site)
    assert "1 report waits" in words(organizer.get(PAGE).text)
    filled = organizer.get(PAGE, query_string={"report": one.id}).text
    assert 'value="202-555-0100"' in filled

    said = {"bioguide": DAINES, "field": "phone", "source": "a call", "report": str(one.id)}
    refused = post(organizer, PAGE, {**said, "value": "no number"})
    assert refused.status_code == 422
    assert "Write the phone number with its area code" in refused.text

    done = post(organizer, PAGE, {**said, "value": "(202) 555-0100"}, follow_redirects=True)

    assert "Corrected: phone is now 202-555-0100." in done.text
    assert "202-555-0100" in client.get(MEMBERS).text
    assert "202-555-0100" in client.get(f"/c/section-907/call/{DAINES}").text
    assert held(site) == ()
    with site.database.reading() as connection:
        [record] = audit.records(connection, action="office-corrected")
    assert dict(record.details) == {"member": DAINES, "office": "MT-S2", "field": "phone"}

    key = {"member": DAINES, "office": "MT-S2", "field": "phone"}
    post(organizer, f"{PAGE}/remove", key)
    assert "202-224-2651" in client.get(MEMBERS).text


def test_a_correction_shows_on_every_way_to_a_phone(
    site: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    paths = (
        MEMBERS,
        f"/c/section-907/call/{DAINES}",
        "/api/v1/members?zip=59001",
        "/api/v1/members?zip=59001&campaign=section-907",
    )
    before = [client.get(path).text for path in paths]
    said = {"bioguide": DAINES, "field": "phone", "value": "202-555-0100", "source": "a call"}

    post(organizer, PAGE, said)
    site.pass_time(seconds=3)

    assert all("202-224-2651" in text for text in before)
    for path in paths:
        shown = client.get(path).text
        assert "202-555-0100" in shown, path
        assert "202-224-2651" not in shown, path
    letters = client.post("/c/section-907/write", data=a_letter(action="preview")).text
    assert "202-555-0100" in letters
    assert "202-224-2651" not in letters


def test_nothing_about_the_person_is_kept(site: Site, client: FlaskClient) -> None:
    report(client, office="washington", field="phone", value="202-555-0100")

    with site.database.reading() as connection:
        [row] = connection.execute(sa.select(models.office_reports)).mappings()

    assert dict(row) == {
        "id": 1, "campaign": "section-907", "member": DAINES, "office": "", "field": "phone",
        "value": "202-555-0100", "source": "", "people": 1, "at": NOON,
    }  # fmt: skip


def test_the_organizer_dismisses_a_wrong_report(
    site: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    report(client, office=f"{DAINES}-sidney", field="closed")
    [one] = held(site)

    done = post(organizer, f"{PAGE}/dismiss", {"report": str(one.id)}, follow_redirects=True)

    assert "The report is dismissed." in done.text
    assert held(site) == ()
    again = post(organizer, f"{PAGE}/dismiss", {"report": str(one.id)}, follow_redirects=True)
    assert "decided about already" in again.text


def test_the_page_is_for_those_who_edit_the_campaign(site: Site) -> None:
    assert signed_in(site, "viewer").get(PAGE).status_code == 403
