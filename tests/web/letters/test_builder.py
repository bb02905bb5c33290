"""The letter builder: typed once, read, and sent, with the district found or asked for."""

import re
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from campaign.congress import geocoder as geocoder_module
from tests.congress.geocoder_server import GeocoderServer, Mood
from tests.web.letter_builder import PAGE, a_letter, in_new_york, letters, sent_by
from tests.web.made_site import visitor, words


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        yield someone


def read_pdf(response: TestResponse, folder: Path) -> str:
    path = folder / "letter.pdf"
    path.write_bytes(response.data)
    run = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return run.stdout


def errors(body: str) -> dict[str, str]:
    """Field id -> error, as the summary at the top lists them."""
    summary = re.search(r'id="error-summary".*?</div>', body, re.DOTALL)
    assert summary is not None
    return {
        href.removesuffix("-0"): unescape(text)
        for href, text in re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary[0])
    }


# -- The form --------------------------------------------------------------------------------------


def test_the_empty_form_asks_for_nothing_twice_and_ticks_no_point(client: FlaskClient) -> None:
    response = client.get(PAGE)

    assert response.status_code == 200
    assert "There is a problem" not in response.text
    assert not re.search(r'<input[^>]*\bchecked\b[^>]*name="points"', response.text)
    for token in ("given-name", "family-name", "address-line1", "address-level2", "postal-code"):
        assert f'autocomplete="{token}"' in response.text


def test_the_empty_form_is_public_and_what_is_typed_is_not(client: FlaskClient) -> None:
    assert client.get(PAGE).headers["Cache-Control"].startswith("public")
    for data in (a_letter(), a_letter(zip=""), {"action": "start", "first_name": "Ani"}):
        assert client.post(PAGE, data=data).headers["Cache-Control"] == "no-store"


def test_a_person_who_comes_from_the_petition_finds_the_form_filled(client: FlaskClient) -> None:
    response = client.post(
        PAGE,
        data={
            "action": "start",
            "first_name": "Ani",
            "last_name": "Petrosyan",
            "zip": "59601",
            "district": "MT-2",
            "recipient": "D000618",
        },
    )

    assert response.status_code == 200
    assert "There is a problem" not in response.text
    assert re.search(r'name="first_name"[^>]*value="Ani"', response.text)
    assert re.search(r'name="recipient"[^>]*value="D000618"', response.text)


def test_what_is_missing_is_named_and_what_was_typed_stays(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(first_name=" ", zip="596", state="", to=[]))

    assert response.status_code == 422
    assert errors(response.text) == {
        "first_name": "Enter your first name.",
        "zip": "Enter the ZIP code where you live, such as 59001.",
        "to": "Choose at least one recipient.",
    }
    assert 'value="596"' in response.text
    assert "My grandmother was born in Shushi." in response.text
    assert response.text.count('aria-invalid="true"') == 2
    assert "<title>Error: " in response.text


def test_a_name_in_capitals_is_signed_in_small_letters(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(first_name="ANI", last_name="PETROSYAN"))

    assert response.status_code == 200
    assert "Ani Petrosyan" in words(response.text)
    assert "PETROSYAN" not in response.text


def test_an_invalid_email_address_is_refused(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(email="ani@example..org"))

    assert response.status_code == 422
    assert errors(response.text) == {"email": "Enter an email address, such as name@example.org."}


def test_six_points_are_too_many(client: FlaskClient) -> None:
    every = re.findall(r'name="points" type="checkbox" value="([^"]+)"', client.get(PAGE).text)

    response = client.post(PAGE, data=a_letter(points=every[:6]))

    assert list(errors(response.text)) == ["points"]


def test_a_zip_of_another_state_is_refused(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(state="OH"))

    assert response.status_code == 422
    assert errors(response.text) == {
        "state": "ZIP code 59601 is in Montana. Correct the state or the ZIP code."
    }


@pytest.mark.parametrize(
    ("zip_code", "state"), [("59601", "MT"), ("00602", "PR"), ("96799", "AS"), ("20500", "DC")]
)
def test_the_zip_tells_the_state(client: FlaskClient, zip_code: str, state: str) -> None:
    page = client.post(PAGE, data=a_letter(zip=zip_code, state="", to=["president"])).text

    assert f", {state} {zip_code}" in letters(page)[0]
    assert 'name="state"' not in page


def test_a_zip_of_two_states_or_of_none_asks_for_the_state(client: FlaskClient) -> None:
    for zip_code in ("02861", "09012"):
        page = client.post(PAGE, data=a_letter(zip=zip_code, state="", to=["president"])).text

        assert errors(page) == {"state": "Choose your state."}
        assert 'name="state"' in page


def test_missing_characters_are_reported_and_block_no_channel(
    client: FlaskClient, no_machine_fonts: None
) -> None:
    typed = a_letter(personal="I love my town ❤️", first_name="明")

    page = client.post(PAGE, data=typed)
    files = {
        kind: client.post(PAGE, data={**typed, "action": f"{kind}:D000618"})
        for kind in ("pdf", "docx", "txt", "html")
    }

    assert page.status_code == 200
    assert "We left out the emoji, which cannot be printed." in page.text
    assert "We left out 明, for which this site has no font." in page.text
    assert "I love my town ❤️" in page.text
    assert all(file.status_code == 200 for file in files.values())
    assert "明 Petrosyan" in files["txt"].text
    assert "❤️" in files["html"].text


def test_a_print_that_leaves_out_nothing_has_no_notice(client: FlaskClient) -> None:
    page = client.post(PAGE, data=a_letter(personal="Խաղաղություն, שלום, 1️⃣ ♥️"))

    assert page.status_code == 200
    assert "We left out" not in page.text


def test_a_text_runs_in_its_own_direction(client: FlaskClient) -> None:
    page = client.post(PAGE, data=a_letter(personal="שלום", street="12 רחוב הרצל")).text

    assert '<p class="letter-own" dir="auto">שלום</p>' in page
    assert "<bdi>12 רחוב הרצל</bdi>" in page
    assert re.search(
        r'<textarea[^>]*\bdir="auto"[^>]*\bid="personal"|'
        r'<textarea[^>]*\bid="personal"[^>]*\bdir="auto"',
        page,
    )


# -- The letters -----------------------------------------------------------------------------------


def test_each_member_gets_a_letter_with_own_words_first(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter())

    assert response.status_code == 200
    made = letters(response.text)
    assert len(made) == 3
    assert [bool(re.search("Dear Senator ", letter)) for letter in made] == [True, True, False]
    assert "Dear Representative " in made[2]
    for letter in made:
        assert letter.startswith("Ani Petrosyan 12 Main Street Helena, MT 59601")
        assert letter.index("born in Shushi") < letter.index("Section 907 was written")
    assert response.text.count('class="letter-own"') == 3


def test_the_letter_to_the_requested_member_comes_first(client: FlaskClient) -> None:
    ids = re.findall(r'id="to-([A-Z]\d+)"', client.post(PAGE, data=a_letter()).text)

    again = client.post(PAGE, data=a_letter(recipient=ids[2])).text

    assert re.findall(r'id="to-([A-Z]\d+)"', again) == [ids[2], ids[0], ids[1]]


def test_the_pdf_holds_the_words_of_the_preview(client: FlaskClient, tmp_path: Path) -> None:
    preview = client.post(PAGE, data=a_letter()).text
    shown = letters(preview)[0]
    recipient = re.findall(r'id="to-([A-Z]\d+)"', preview)[0]

    response = client.post(PAGE, data=a_letter(action=f"pdf:{recipient}"))

    assert response.mimetype == "application/pdf"
    printed = squeezed(read_pdf(response, tmp_path))
    for word in shown.split():
        assert squeezed(word) in printed


def squeezed(text: str) -> str:
    """The text without white space and hyphens, at which lines break."""
    return re.sub(r"[\s\u00ad\u2010-]", "", text)


def test_the_buttons_of_a_preview_send_what_was_read(client: FlaskClient, tmp_path: Path) -> None:
    fields = sent_by(client.post(PAGE, data=a_letter()).text)

    response = client.post(PAGE, data={**fields, "action": "pdf:all"})

    text = read_pdf(response, tmp_path)
    assert text.count("My grandmother was born in Shushi.") == 3
    assert response.headers["Content-Disposition"] == 'attachment; filename="letter-to-all.pdf"'


def test_nothing_personal_is_kept_or_named(client: FlaskClient) -> None:
    preview = client.post(PAGE, data=a_letter())
    recipient = re.findall(r'id="to-([A-Z]\d+)"', preview.text)[0]
    pdf = client.post(PAGE, data=a_letter(action=f"pdf:{recipient}"))

    for response in (preview, pdf):
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers
    assert re.fullmatch(
        r'attachment; filename="letter-to-senator-[a-z-]+\.pdf"',
        pdf.headers["Content-Disposition"],
    )


def test_hostile_names_are_shown_verbatim(client: FlaskClient, tmp_path: Path) -> None:
    name = '#read("/etc/passwd") {{7*7}} *b* $x$ <b>'

    preview = client.post(PAGE, data=a_letter(first_name=name, to=["house"]))
    recipient = re.findall(r'id="to-([A-Z]\d+)"', preview.text)[0]
    pdf = client.post(PAGE, data=a_letter(first_name=name, action=f"pdf:{recipient}"))

    assert name in letters(preview.text)[0]
    assert "<b>" not in re.sub("<br>", "", preview.text)
    assert squeezed(name) in squeezed(read_pdf(pdf, tmp_path))


def test_the_call_script_knows_the_caller_and_the_number(client: FlaskClient) -> None:
    body = client.post(PAGE, data=a_letter(to=["house"])).text

    assert "My name is Ani Petrosyan, and I live in Helena" in words(body)
    assert re.search(r'href="tel:\+1202\d{7}"', body)


def test_the_president_can_be_written_to(client: FlaskClient) -> None:
    made = letters(client.post(PAGE, data=a_letter(to=["president"])).text)

    assert len(made) == 1
    assert "The White House" in made[0]


# -- The district ----------------------------------------------------------------------------------


def test_the_street_that_was_typed_settles_a_split_zip(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        response = client.post(PAGE, data=in_new_york())

        assert response.status_code == 200
        assert len(letters(response.text)) == 3
        assert geocoder.asked[0]["street"] == "421 8th Ave"

        again = client.post(PAGE, data=sent_by(response.text))

        assert len(letters(again.text)) == 3
        assert len(geocoder.asked) == 1

        moved = client.post(PAGE, data={**sent_by(response.text), "street": ["1 Elsewhere St"]})

        assert moved.status_code == 422  # nobody knows that street
        assert geocoder.asked[1]["street"] == "1 Elsewhere St"


def test_the_pdf_does_not_ask_the_geocoder_again(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        response = client.post(
            PAGE, data=in_new_york(district="NY-12", district_zip="10011", action="pdf:all")
        )

        assert response.mimetype == "application/pdf"
        assert geocoder.asked == []


@pytest.mark.parametrize("mood", ["hang", "drip-headers", "html-as-json", "tie", "empty-object"])
def test_without_the_geocoder_the_person_chooses_by_name(
    tmp_path: Path, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoder_module, "TOTAL_SECONDS", 0.6)
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        geocoder.mood = cast(Mood, mood)
        begin = time.monotonic()

        asked = client.post(PAGE, data=in_new_york())

        # Left to itself, the server hangs for a minute.
        assert time.monotonic() - begin < 20
        assert asked.status_code == 422
        assert list(errors(asked.text)) == ["district"]
        assert 'value="NY-12"' in asked.text
        assert "My grandmother was born in Shushi." in asked.text

        chosen = client.post(PAGE, data=in_new_york(district="NY-12", district_zip="10011"))

        assert chosen.status_code == 200
        assert len(letters(chosen.text)) == 3


@pytest.mark.parametrize(
    ("zip_code", "said"),
    [
        ("59999", "We do not know ZIP code 59999. Check it."),
        ("09012", "09012 is a military or embassy ZIP code."),
    ],
)
def test_an_unknown_zip_has_its_error_beside_the_field(
    tmp_path: Path, zip_code: str, said: str
) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        moods: tuple[Mood, ...] = ("empty-object", "well")
        for mood in moods:  # no answer, and a street that is unknown
            geocoder.mood = mood

            response = client.post(PAGE, data=a_letter(zip=zip_code))

            assert response.status_code == 422
            [(field, sentence)] = errors(response.text).items()
            assert field == "zip"
            assert sentence.startswith(said)


def test_a_choice_made_for_another_zip_does_not_count(client: FlaskClient) -> None:
    response = client.post(PAGE, data=a_letter(district="NY-12", district_zip="10011"))

    assert response.status_code == 200
    assert "Montana" in letters(response.text)[2] or "Helena" in letters(response.text)[2]
    assert 'name="district" value="NY-12"' not in response.text


def test_a_split_zip_does_not_hold_up_letters_to_senators(client: FlaskClient) -> None:
    response = client.post(PAGE, data=in_new_york(to=["senate"]))

    assert response.status_code == 200
    assert len(letters(response.text)) == 2


def test_a_vacant_seat_is_explained_and_letters_to_senators_are_offered(
    client: FlaskClient,
) -> None:
    data = a_letter(
        city="San Antonio", state="TX", zip="78201", district="TX-23", district_zip="78201"
    )

    all_of_them = client.post(PAGE, data=data)
    house_alone = client.post(PAGE, data={**data, "to": ["house"]})
    senators = client.post(PAGE, data={**data, "to": ["house"], "action": "senators"})

    assert len(letters(all_of_them.text)) == 2
    assert "is vacant" in words(all_of_them.text)
    assert letters(house_alone.text) == []
    assert "Make letters to my senators" in house_alone.text
    assert len(letters(senators.text)) == 2


def test_a_delegate_gets_the_one_letter(client: FlaskClient) -> None:
    data = a_letter(city="Washington", state="DC", zip="20001")

    made = letters(client.post(PAGE, data=data).text)

    assert len(made) == 1
    assert "Dear Delegate " in made[0]


def test_a_delegation_without_senators_is_explained(
    client: FlaskClient,
) -> None:
    data = a_letter(city="Washington", state="DC", zip="20001", to=["senate"])

    response = client.post(PAGE, data=data)

    assert letters(response.text) == []
    assert "no senators" in words(response.text)


def test_past_the_end_of_the_congress_senators_are_still_written_to(tmp_path: Path) -> None:
    with visitor(tmp_path, on_date=date(2027, 2, 1)) as client:
        response = client.post(PAGE, data=a_letter())

    assert response.status_code == 200
    assert letters(response.text)
    assert all("Dear Senator" in letter for letter in letters(response.text))
    assert "campaign data refresh" not in response.text


# -- Calls -----------------------------------------------------------------------------------------


def test_anyone_can_read_what_to_say_on_the_phone(client: FlaskClient) -> None:
    response = client.get("/c/section-907/call/D000618")

    assert response.status_code == 200
    assert "Senator Daines" in response.text
    assert "My name is [your name]" in words(response.text)
    assert re.search(r'href="tel:\+1202\d{7}"', response.text)


@pytest.mark.parametrize("bioguide", ["nobody", "X999999"])
def test_a_call_page_without_a_member_is_not_found(client: FlaskClient, bioguide: str) -> None:
    assert client.get(f"/c/section-907/call/{bioguide}").status_code == 404


# -- Bad input -------------------------------------------------------------------------------------


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    field=st.sampled_from(["first_name", "street", "personal", "zip", "district", "points", "to"]),
    text=st.text(max_size=60),
)
def test_no_text_breaks_the_form(client: FlaskClient, field: str, text: str) -> None:
    response = client.post(PAGE, data=a_letter(**{field: text.encode("utf-8", "surrogatepass")}))

    assert response.status_code in {200, 422}


def test_an_answer_in_another_place_asks_for_the_district(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder, visitor(tmp_path, geocoder_url=geocoder.url) as client:
        geocoder.mood = "dallas"

        response = client.post(PAGE, data=in_new_york())

    assert response.status_code == 422
    assert "outside that ZIP code" in words(response.text)
    assert "NY-12" in response.text
    assert "TX-30" not in response.text


def test_a_chosen_district_of_another_state_is_refused(client: FlaskClient) -> None:
    response = client.post(PAGE, data=in_new_york(district="TX-30", district_zip="10011"))

    assert response.status_code == 422
    assert "TX-30 is not in New York" in words(response.text)
