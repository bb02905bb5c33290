"""The pages follow a campaign's targets, and tell people whom none of them represents."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.packs.test_targets import STANDARD
from tests.web.letter_builder import a_letter, recipients
from tests.web.made_site import visitor, words
from tests.web.test_new_campaign import publish

KINDLY = "This campaign asks other officials than the ones who represent you here."
MAYOR = (
    "id,name,title,block,salutation,phone,form,mail,places\n"
    'mayor,Jo Doe,Mayor,"Jo Doe|City Hall|Helena, MT 59601",Dear Mayor Doe:,,,,"Helena, MT"\n'
)


def aim(home: Path, table: str, rows: str = "") -> None:
    """Publish a campaign with these targets."""
    publish(home)
    folder = home / "campaigns" / "clinics"
    settings = (folder / "campaign.toml").read_text(encoding="utf-8").replace(STANDARD, "")
    (folder / "campaign.toml").write_text(f"{settings}\n{table}\n", encoding="utf-8")
    if rows:
        (folder / "targets.csv").write_text(rows, encoding="utf-8")


def test_one_member_can_be_the_only_target(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nmembers = ["D000618"]')

    with visitor(tmp_path) as client:
        page = client.post(
            "/c/clinics/write", data=a_letter(points=[], personal="", to=["senate", "house"])
        )
        members = client.post("/c/clinics/members", data={"zip": "59601"})

    assert recipients(page.text) == ["D000618"]
    assert members.text.count('name="recipient"') == 1
    assert client.get("/c/clinics/call/D000618").status_code == 200
    assert client.get("/c/clinics/call/S001232").status_code == 404


def test_a_person_whom_no_target_represents_reads_that_and_can_sign(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nstates = ["WY"]')

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=["senate"]))
        members = client.post("/c/clinics/members", data={"zip": "59601"})
        petition = client.get("/c/clinics/")

    assert KINDLY in words(page.text)
    assert KINDLY in words(members.text)
    assert 'id="sign"' in petition.text


def test_a_city_council_campaign_writes_to_the_mayor(tmp_path: Path) -> None:
    aim(tmp_path, "[targets]\nchambers = []", MAYOR)

    with visitor(tmp_path) as client:
        start = client.get("/c/clinics/write")
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=["local"]))

    assert "State and local officials" in start.text
    assert "My senators" not in start.text
    assert recipients(page.text) == ["mayor"]
    assert "Dear Mayor Doe:" in page.text


def test_people_of_the_city_see_their_mayor_and_others_a_notice(tmp_path: Path) -> None:
    aim(tmp_path, "[targets]\nchambers = []", MAYOR)

    with visitor(tmp_path) as client:
        own = client.get("/c/clinics/members?zip=59601").text
        other = client.get("/c/clinics/members?zip=82001").text
        unknown = client.get("/c/clinics/members?zip=99998").text
        pages = words("".join(client.get(f"/c/clinics/{page}").text for page in ("write", "call")))

    assert "<h1>Who represents you</h1>" in own
    assert "Senator" not in words(own)
    assert "Senator" not in words(other)
    assert '<p class="member-seat" lang="en">' in own
    assert "Mayor" in words(own)
    assert own.count('name="recipient" value="mayor"') == 1
    assert KINDLY not in words(own)
    assert 'value="mayor"' not in other
    assert KINDLY in words(other)
    assert "We do not know ZIP code 99998." in words(unknown)
    assert KINDLY not in words(unknown)
    assert "Congress" not in pages


def test_a_campaign_that_asks_no_member_has_no_page_of_where_members_stand(tmp_path: Path) -> None:
    aim(tmp_path, "[targets]\nchambers = []", MAYOR)

    with visitor(tmp_path) as client:
        assert client.get("/c/clinics/where-they-stand").status_code == 404
        assert "where-they-stand" not in client.get("/c/clinics/").text


def test_a_letter_to_an_official_with_an_address_can_go_by_email(tmp_path: Path) -> None:
    rows = MAYOR.replace('"Helena, MT"', '"Helena, MT"').replace(",,,,", ",,,mayor@example.org,")
    aim(tmp_path, "[targets]\nchambers = []", rows)

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=["local"]))

    (link,) = re.findall(r'href="(mailto:mayor@example\.org\?[^"]*)"', page.text)
    sent = parse_qs(urlsplit(unescape(link)).query)
    assert sent["subject"][0]
    assert sent["body"][0].startswith("Dear Mayor Doe:\r\n")
    assert sent["body"][0].splitlines()[-1].endswith("MT 59601")
    assert "mayor@example.org" in re.findall(
        r'id="email-mayor-to" readonly value="([^"]*)"', page.text
    )


def test_a_call_to_the_mayor_has_a_page_with_number_script_and_reminder(tmp_path: Path) -> None:
    rows = MAYOR.replace("Dear Mayor Doe:,,", "Dear Mayor Doe:,406-555-0142,")
    rows += 'board,Water Board,,"Water Board|PO Box 1|Helena, MT 59601",Dear Board:,,,,\n'
    aim(tmp_path, "[targets]\nchambers = []", rows)

    with visitor(tmp_path) as client:
        members = client.get("/c/clinics/members?zip=59601").text
        page = client.get("/c/clinics/call/mayor").text
        reminder = client.get("/c/clinics/call/mayor/reminder.ics").text
        token = re.findall(r'name="token" value="([^"]+)"', page)[0]
        counted = client.post(
            "/c/clinics/contacted/mayor", data={"token": token, "outcome": "contact"}
        )
        thanks = client.get(counted.headers["Location"]).text
        without_number = client.get("/c/clinics/call/board")

    assert 'href="/c/clinics/call/mayor"' in members
    assert 'href="/c/clinics/call/board"' not in members
    assert "406-555-0142" in page
    assert "I am calling with a message for Mayor Jo Doe" in words(page)
    assert "Call Mayor Jo Doe" in reminder
    assert 'href="/c/clinics/call/mayor"' in thanks
    assert without_number.status_code == 404


def test_an_executive_office_is_for_everyone_and_comes_after_own_members(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nstates = ["WY"]\nexecutive = ["health"]')

    with visitor(tmp_path) as client:
        montana = client.get("/c/clinics/members?zip=59601").text
        wyoming = client.get("/c/clinics/members?zip=82001").text
        start = client.post(
            "/c/clinics/write", data={"action": "start", "recipient": "health", "zip": "59601"}
        ).text

    assert 'value="health"' in montana
    assert KINDLY not in words(montana)
    assert 'value="health"' not in wyoming
    [box] = re.findall(r'<input[^>]*value="executive"[^>]*>', start)
    assert " checked" in box


def test_a_split_zip_is_no_question_where_no_candidate_is_a_target(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nmembers = ["D000618"]')
    home = a_letter(points=[], personal="", to=["senate", "house"], zip="90001", state="CA")

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=home)

    assert page.status_code == 200
    assert KINDLY in words(page.text)


@pytest.mark.parametrize(
    ("table", "zip_code", "state"),
    [
        ('members = ["D000618"]', "73301", "TX"),
        ('members = ["D000618"]', "10011", "NY"),
        ('chambers = ["senate"]', "73301", "TX"),
        ('chambers = ["senate"]', "10011", "NY"),
        ('chambers = []\nexecutive = ["treasury"]', "10011", "NY"),
    ],
)
def test_nobody_is_asked_for_a_street_that_changes_no_recipient(
    tmp_path: Path, table: str, zip_code: str, state: str
) -> None:
    aim(tmp_path, f"[targets]\n{table}")
    to = ["senate", "house", "executive"]
    home = a_letter(points=[], personal="", to=to, zip=zip_code, state=state)

    with visitor(tmp_path) as client:
        members = client.get(f"/c/clinics/members?zip={zip_code}").text
        letters = client.post("/c/clinics/write", data=home)

    assert "One more step" not in words(members)
    assert 'name="street"' not in members.replace('type="hidden" name="street"', "")
    assert "street address to find" not in words(members)
    assert letters.status_code == 200


def test_a_street_is_asked_for_where_it_decides(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\ndistricts = ["NY-10"]')

    with visitor(tmp_path) as client:
        members = client.get("/c/clinics/members?zip=10011").text
        elsewhere = client.get("/c/clinics/members?zip=14201").text

    assert "One more step" in words(members)
    assert "One more step" not in words(elsewhere)


def test_a_state_that_was_named_settles_a_zip_of_several_states(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nchambers = ["senate"]')
    home = a_letter(points=[], personal="", to=["senate"], zip="89019", state="NV", city="Jean")

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=home)

    assert page.status_code == 200
    assert recipients(page.text) == ["C001113", "R000608"]


def test_a_signer_whose_district_decides_nothing_is_asked_for_the_state_only(
    tmp_path: Path,
) -> None:
    aim(tmp_path, "[targets]\nchambers = []", MAYOR)

    with visitor(tmp_path) as client:
        form = client.get("/c/clinics/").text
        token = re.findall(r'name="token"[^>]*value="([^"]+)"', form)[0]
        person = {"first_name": "Ani", "last_name": "Petrosyan", "email": "ani@example.org",
                  "zip": "02861", "consent": "y", "token": token}  # fmt: skip
        asked = client.post("/c/clinics/sign", data=person)
        unsaid = client.post("/c/clinics/sign", data={**person, "asked": "02861"})
        signed = client.post("/c/clinics/sign", data={**person, "asked": "02861", "district": "RI"})
        again = dict(re.findall(r'type="hidden" name="(asked|district)" value="([^"]*)"',
                                signed.text))  # fmt: skip

    assert "ZIP code 02861 has addresses in more than one state" in words(asked.text)
    assert re.findall(r'type="radio" value="(\w+)"|value="(MA|RI)"', asked.text)
    assert 'name="street"' not in asked.text
    assert unsaid.status_code == 422
    assert "Choose your state." in words(unsaid.text)
    assert signed.status_code == 200
    assert again == {"asked": "02861", "district": "RI"}


def test_the_api_says_whom_a_campaign_asks(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nmembers = ["D000618"]\nexecutive = ["health"]', MAYOR)

    with visitor(tmp_path) as client:
        helena = client.get("/api/v1/members?zip=59601&campaign=clinics").get_json()
        in_town = client.get("/api/v1/members?zip=59602&campaign=clinics&city=Helena").get_json()
        elsewhere = client.get("/api/v1/members?zip=90001&campaign=clinics").get_json()
        campaign = client.get("/api/v1/campaigns/clinics").get_json()

    roles = {each["bioguide"]: each["role"] for each in helena["members"]}
    assert roles.pop("D000618") == "ask"
    assert [*roles.values()] == [None, None]
    assert [each["id"] for each in helena["officials"]] == ["mayor", "health"]
    assert helena["officials"][0]["address"] == ["Jo Doe", "City Hall", "Helena, MT 59601"]
    assert [each["id"] for each in in_town["officials"]] == ["mayor", "health"]
    assert [each["id"] for each in elsewhere["officials"]] == ["health"]
    assert {each["role"] for each in elsewhere["candidates"]} == {None}
    assert campaign["targets"]["members"]["members"] == ["D000618"]
    assert campaign["targets"]["officials"] == {
        "health": "The Secretary of Health and Human Services", "mayor": "Mayor Jo Doe",
    }  # fmt: skip


def test_an_edited_letter_is_named_by_its_official_while_the_form_is_refused(
    tmp_path: Path,
) -> None:
    aim(tmp_path, "[targets]", MAYOR)
    typed = a_letter(points=[], personal="", to=["senate", "local"], zip="1")

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data={**typed, "edit_mayor": "Mine.",
                                                     "edit_D000618": "Mine too."})  # fmt: skip

    assert page.status_code == 422
    assert "A letter that you edited: Mayor Jo Doe" in words(page.text)
    assert "A letter that you edited: Senator Daines" in words(page.text)
