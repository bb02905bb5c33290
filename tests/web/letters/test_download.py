"""Letters to take along: the ways that a recipient has, the office chosen, and every format."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from flask.testing import FlaskClient
from lxml import etree

from campaign.letters.cwc.schema import problems
from tests.web.made_site import visitor, words
from tests.web.whole_site import make_site

PAGE = "/c/section-907/write"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        yield someone


def a_letter(**changes: Any) -> dict[str, Any]:
    """What a person of Helena, Montana, types for a letter to Senator Daines and his colleague."""
    return {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "street": "12 Main Street",
        "city": "Helena",
        "state": "MT",
        "zip": "59601",
        "personal": "My grandmother was born in Shushi.",
        "points": ["condition"],
        "to": ["senate"],
        "paper_to": "district",
        **changes,
    }


def titles(body: str) -> list[str]:
    """The titles of the ways under the first letter, in their order."""
    first = body[body.index('<ol class="channels"') : body.index("</ol>")]
    return [
        words(title).partition(":")[0].strip()
        for title in re.findall(r"<h3>.*?</h3>", first, re.DOTALL)
    ]


def test_a_senators_channels_are_best_first_with_reasons(client: FlaskClient) -> None:
    body = client.post(PAGE, data=a_letter()).text

    assert titles(body) == [
        "On paper, to an office near you",
        "With the form on the member's website",
        "By phone",
    ]
    said = words(body)
    assert (
        "The nearest office, in Helena, MT, is within about a mile of the center of your ZIP code."
        in said
    )
    assert "Washington, DC – screened, takes weeks" in said


def test_a_newcomer_is_written_to_on_paper_and_called_by_the_switchboard(
    client: FlaskClient,
) -> None:
    in_redding = a_letter(
        city="Redding", state="CA", zip="96001", to=["house"], district="CA-1", district_zip="96001"
    )

    body = client.post(PAGE, data=in_redding).text

    assert "Dear Representative Gallagher:" in body
    assert titles(body) == ["By phone", "On paper"]
    assert "tel:+12022243121" in body


def test_the_president_is_called_or_written_to_on_paper(client: FlaskClient) -> None:
    page = client.post(PAGE, data=a_letter(to=["president"])).text

    assert titles(page) == ["By phone", "On paper"]


def test_congresss_own_system_is_a_way_where_the_site_delivers_by_it(tmp_path: Path) -> None:
    site = make_site(
        tmp_path,
        cwc_api_key="a-key",
        cwc_house_url="https://cwc.house.gov",
        cwc_senate_url="https://senate.example.org/cwc",
        cwc_agent_name="Bridge Mail",
        cwc_agent_email="ack@example.org",
        cwc_agent_contact="Sam Contact",
        cwc_agent_phone="202-555-0100",
    )

    body = site.client.post(PAGE, data=a_letter()).text
    site.database.dispose()

    assert titles(body)[:2] == [
        "On paper, to an office near you",
        "Through Congress's electronic system",
    ]
    assert 'formaction="/c/section-907/send"' in body


def test_every_field_of_a_members_form_can_be_copied(client: FlaskClient) -> None:
    body = client.post(PAGE, data=a_letter(email="ani@example.org", phone="406-555-0100")).text

    fields = {
        key: unescape(value)
        for key, value in re.findall(
            r'<input class="input" id="copy-D000618-(\w+)" readonly value="([^"]*)"', body
        )
    }
    assert fields.pop("subject")
    assert fields == {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "street": "12 Main Street",
        "city": "Helena",
        "state": "MT",
        "zip": "59601",
        "email": "ani@example.org",
        "phone": "406-555-0100",
    }
    message = re.search(
        r'<textarea class="input" id="copy-D000618-message".*?</textarea>', body, re.S
    )
    assert message is not None
    assert "My grandmother was born in Shushi." in message[0]
    link = re.search(r'<a class="button" href="https://www.daines.senate.gov/[^>]*>', body)
    assert link is not None
    assert 'rel="noopener noreferrer"' in link[0]


def test_a_letter_goes_to_the_office_that_is_chosen(client: FlaskClient) -> None:
    near = client.post(PAGE, data=a_letter()).text
    far = client.post(PAGE, data=a_letter(**{"office-D000618": "D000618-missoula"})).text
    there = client.post(PAGE, data=a_letter(**{"office-D000618": "washington"})).text
    other = client.post(PAGE, data=a_letter(**{"office-D000618": "T000278-huntsville"})).text

    assert "30 W. 14th St., Suite 206</bdi><br><bdi>Helena, MT 59601" in near
    assert "218 E. Front St., Suite 103</bdi><br><bdi>Missoula, MT 59802" in far
    assert '<option value="D000618-missoula" selected>' in far
    assert "Hart Senate Office Building</bdi><br><bdi>Washington, DC 20510" in there
    assert "30 W. 14th St., Suite 206</bdi><br><bdi>Helena, MT 59601" in other


def test_a_file_goes_to_the_office_that_is_chosen(client: FlaskClient) -> None:
    made = client.post(
        PAGE, data=a_letter(action="txt:D000618", **{"office-D000618": "D000618-missoula"})
    )

    assert "218 E. Front St., Suite 103\nMissoula, MT 59802" in made.text


@pytest.mark.parametrize(
    ("action", "mimetype", "name"),
    [
        ("pdf:D000618", "application/pdf", "letter-to-senator-daines.pdf"),
        ("txt:D000618", "text/plain", "letter-to-senator-daines.txt"),
        (
            "docx:D000618",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "letter-to-senator-daines.docx",
        ),
        ("txt:all", "text/plain", "letter-to-all.txt"),
    ],
)
def test_a_file_is_named_for_whom_it_is_for(
    client: FlaskClient, action: str, mimetype: str, name: str
) -> None:
    response = client.post(PAGE, data=a_letter(action=action))

    assert response.mimetype == mimetype
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert "Petrosyan" not in str(response.headers)


def test_all_letters_come_in_one_document(client: FlaskClient) -> None:
    made = client.post(PAGE, data=a_letter(action="docx:all")).data

    found = word.Document(BytesIO(made))
    rows = [paragraph.text for paragraph in found.paragraphs]
    assert len(found.sections) == 2
    assert rows.count("My grandmother was born in Shushi.") == 2
    assert {"Dear Senator Daines:", "Dear Senator Sheehy:"} <= set(rows)


def test_a_page_to_print_may_use_its_own_style_and_nothing_else(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(action="html:all"))

    style = re.search(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.text.count("<article>") == 2
    assert "Content-Disposition" not in response.headers


def test_congresss_own_format_keeps_to_its_schema(client: FlaskClient) -> None:
    typed = a_letter(action="xml:D000618", email="ani@example.org", **{"prefix-D000618": "Ms."})

    response = client.post(PAGE, data=typed)

    assert response.mimetype == "application/xml"
    assert problems(response.data) == ()
    root = etree.fromstring(response.data)
    assert root.findtext("Recipient/MemberOffice") == "SMT02"
    assert root.findtext("Constituent/LastName") == "Petrosyan"
    assert root.findtext("Constituent/Prefix") == "Ms."


def test_congresss_own_format_says_what_it_lacks(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(action="xml:D000618"))

    assert response.status_code == 422
    assert "Choose one of: Mr., Mrs., Miss, Ms., Dr." in words(response.text)


def test_several_letters_in_congresss_format_ask_for_one_recipient(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(action="xml:all", email="ani@example.org"))

    assert response.status_code == 422
    assert "holds one letter" in words(response.text)


def test_a_recipient_who_was_not_chosen_gets_no_file(client: FlaskClient) -> None:
    assert client.post(PAGE, data=a_letter(action="pdf:Z999999")).status_code == 404


def test_numbers_carry_the_time_where_they_ring(client: FlaskClient) -> None:
    said = words(client.post(PAGE, data=a_letter()).text)

    assert "it is 8 a.m. there (Eastern Time)" in said
    assert "it is 6 a.m. there (Mountain Time)" in said


def test_a_name_of_sixty_letters_is_taken_in_every_format(
    client: FlaskClient, tmp_path: Path
) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff-Hovhannisyan-Petrosyants"
    assert len(name) == 60

    for action in ("pdf:all", "docx:all", "txt:all", "html:all"):
        response = client.post(PAGE, data=a_letter(last_name=name, action=action))

        assert response.status_code == 200
        assert response.data
