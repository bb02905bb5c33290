"""The petition's page and form: four fields, nothing typed is lost, one answer for everybody."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign.errors import StoreUnavailable
from campaign.petition import signing
from campaign.web.core import caching
from campaign.web.core.forms import FORM_LASTS_S
from tests.congress.geocoder_server import GeocoderServer
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, is_taken, make_site


def error_of(body: str, field: str) -> str:
    """The error beside a field, "" for none."""
    found = re.search(rf'<p class="error" id="{field}-error">.*?</span>(.*?)</p>', body, re.DOTALL)
    return unescape(found[1].strip()) if found else ""


# -- The page --------------------------------------------------------------------------------------


def test_the_first_page_leads_to_the_one_campaign(client: FlaskClient) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response.headers["Location"] == PETITION


def test_the_page_asks_four_things_and_ticks_nothing(client: FlaskClient) -> None:
    body = client.get(PETITION).text

    assert set(re.findall(r'autocomplete="([^"]+)"', body)) >= {
        "given-name",
        "family-name",
        "email",
        "postal-code",
    }
    assert len(re.findall(r"<input[^>]*\srequired", body)) == 4
    assert len(re.findall(r'type="checkbox"', body)) == 2
    assert not re.search(r"<input[^>]*\schecked", body)
    assert "novalidate" in body


def test_the_count_is_a_status_with_a_moving_goal(client: FlaskClient) -> None:
    body = client.get(PETITION).text

    assert re.search(r'<p class="tally-count" role="status">', body)
    assert '<progress class="tally-bar" value="0" max="100"' in body


def test_the_count_grows_by_confirmed_signatures_alone(site: Site) -> None:
    site.sign()
    assert "Be the first to sign" in words(make_fresh(site))

    site.client.post(site.mailed_path("/confirm/"))

    assert "1 has signed" in words(make_fresh(site))


def make_fresh(site: Site) -> str:
    """The petition page past the cache of a second or two."""
    site.app.extensions["pages"].forget()
    return site.client.get(PETITION).text


def test_the_page_and_all_it_loads_are_light(client: FlaskClient) -> None:
    """At most eight requests and 60 KB on a first visit."""
    gzip = {"Accept-Encoding": "gzip"}
    page = client.get(PETITION, headers=gzip)
    linked = set(
        re.findall(
            r'(?:rel="(?:stylesheet|preload)" href|script[^>]* src)="([^"]+)"',
            client.get(PETITION).text,
        )
    )

    answers = [client.get(path, headers=gzip) for path in linked]

    assert {answer.status_code for answer in answers} == {200}
    assert 1 + len(answers) <= 8
    assert len(page.data) + sum(len(answer.data) for answer in answers) <= 60_000


def test_a_page_is_kept_by_caches_for_ten_seconds(client: FlaskClient) -> None:
    first = client.get(PETITION)

    assert first.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=60"
    again = client.get(PETITION, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_the_source_of_a_link_travels_with_the_form(client: FlaskClient) -> None:
    body = client.get(PETITION + "?source=mail-2").text

    assert 'name="source" type="hidden" value="mail-2"' in body


@pytest.mark.parametrize("source", ['"><script>', "a b", "x" * 41, "\x00", "‮"])
def test_a_strange_source_is_dropped(client: FlaskClient, source: str) -> None:
    response = client.get(PETITION, query_string={"source": source})

    assert response.status_code == 200
    assert 'name="source" type="hidden" value=""' in response.text


def test_an_unknown_language_is_english(client: FlaskClient) -> None:
    body = client.get(PETITION + "?lang=xx").text

    assert '<html lang="en">' in body


def test_an_unknown_campaign_is_not_found(client: FlaskClient) -> None:
    response = client.get("/c/nothing-here/")

    assert response.status_code == 404
    assert "There is no page here" in response.text


# -- Signing ---------------------------------------------------------------------------------------


def test_signing_leads_to_the_mail_of_the_address_that_the_page_shows(site: Site) -> None:
    response = site.sign(email="Ani.P@example.org")

    assert response.status_code == 200
    assert "We sent a link to Ani.P@example.org" in words(response.text)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers
    [mail] = site.mails()
    assert mail["To"] == "Ani.P@example.org"


def test_an_address_is_shown_as_text(site: Site) -> None:
    response = site.sign(email="o'neil&co<@example.org", zip="59001")
    assert "&co<" not in response.text

    response = site.sign(email="o'neil&co@example.org")

    assert is_taken(response)
    assert "o&#39;neil&amp;co@example.org" in response.text


def test_the_page_about_the_mail_is_the_same_for_everybody(site: Site) -> None:
    site.sign()

    page = words(site.client.get(PETITION + "signed").text)

    assert "We have sent a link to the address you gave." in page
    assert "ani@example.org" not in page


def test_the_address_of_the_posted_form_leads_to_the_form(site: Site) -> None:
    assert site.client.get(PETITION + "sign").headers["Location"] == PETITION


def test_a_known_address_gets_the_same_answer(site: Site) -> None:
    site.sign()
    site.client.post(site.mailed_path("/confirm/"))

    new = site.sign(email="bob@example.org")
    known = site.sign()

    assert is_taken(new)
    assert new.status_code == known.status_code
    assert new.text.replace("bob@", "ani@") == known.text
    assert {name for name, _ in new.headers} == {name for name, _ in known.headers}


@pytest.mark.parametrize("asks", [False, True], ids=["new", "known"])
def test_a_likely_typo_is_asked_about_once(site: Site, asks: bool) -> None:
    if asks:
        site.sign(email="ani@gmial.com", kept="ani@gmial.com")
        site.client.post(site.mailed_path("/confirm/"))
    before = len(site.mails())

    asked = site.sign(email="ani@gmial.com", last_name="O’Brien")
    assert asked.status_code == 422
    assert error_of(asked.text, "email") == (
        "Did you mean ani@gmail.com? Correct it, or press the button again to keep ani@gmial.com."
    )
    assert 'value="O’Brien"' in asked.text
    assert len(site.mails()) == before

    kept = re.search(r'<input[^>]*name="kept"[^>]*value="([^"]*)"', asked.text)
    assert kept is not None
    assert is_taken(site.sign(email="ani@gmial.com", last_name="O’Brien", kept=kept[1]))


def test_another_typo_is_asked_about_too(site: Site) -> None:
    assert site.sign(email="ani@gmail.con", kept="ani@gmial.com").status_code == 422
    assert is_taken(site.sign(email="ani@gmail.com", kept="ani@gmial.com"))


def test_a_kept_address_stays_so_through_the_question_for_the_district(site: Site) -> None:
    asked = site.sign(email="ani@gmial.com", kept="ani@gmial.com", zip="42223")

    answer = second_step(asked.text, district="KY-1")

    assert is_taken(site.client.post(PETITION + "sign", data=answer))


def test_every_empty_field_is_reported_at_the_top_and_beside_it(site: Site) -> None:
    response = site.sign(first_name="", last_name=" ", email="", zip="")

    body = response.text
    assert response.status_code == 422
    assert re.search(r"<title>Error: ", body)
    assert "There is a problem" in body
    for field, said in {
        "first_name": "Enter your first name.",
        "last_name": "Enter your last name.",
        "email": "Enter your email address, such as name@example.org.",
        "zip": "Enter the ZIP code where you live, such as 59001.",
    }.items():
        assert error_of(body, field) == said
        assert f'<a href="#{field}">{said}</a>' in body
        described = re.search(rf'<input[^>]*id="{field}"[^>]*>', body)
        assert described is not None
        assert f"{field}-error" in described[0]
        assert 'aria-invalid="true"' in described[0]
    assert not site.mails()


def test_nothing_typed_is_lost(site: Site) -> None:
    body = site.sign(
        last_name="O’Brien <b>",
        email="no address",
        comment="A line.\n\nAnother.",
        show_name="y",
        source="mail",
    ).text

    assert 'value="Ani"' in body
    assert 'value="O’Brien &lt;b&gt;"' in body
    assert 'value="no address"' in body
    assert "A line.\n\nAnother.</textarea>" in body
    assert re.search(r'<input checked[^>]*name="show_name"', body)
    assert not re.search(r'<input checked[^>]*name="mail_opt_in"', body)
    assert 'value="mail"' in body


@pytest.mark.parametrize("zip_code", ["5900", "ABCDE", "123456", "59001-12"])
def test_what_is_no_zip_is_refused_beside_the_field(site: Site, zip_code: str) -> None:
    response = site.sign(zip=zip_code)

    assert response.status_code == 422
    assert "Enter the ZIP" in error_of(response.text, "zip")


def test_a_zip_that_nobody_has_is_reported_beside_the_field(site: Site) -> None:
    response = site.sign(zip="00000")

    assert response.status_code in {200, 422}
    assert "00000" in response.text
    assert not site.mails()


def test_a_zip_with_its_four_more_digits_is_taken(site: Site) -> None:
    assert is_taken(site.sign(zip=" 59001-1234 "))


def test_a_form_that_lay_open_for_too_long_is_signed_by_one_more_press(site: Site) -> None:
    typed = site.form(first_name="Anahit")
    site.pass_time(seconds=FORM_LASTS_S + 3600)

    late = site.client.post(PETITION + "sign", data=typed)
    assert late.status_code == 422
    assert "Press the button again" in late.text
    assert 'value="Anahit"' in late.text

    token = re.search(r'name="token"[^>]*value="([^"]+)"', late.text)
    assert token is not None
    again = site.client.post(PETITION + "sign", data={**typed, "token": token[1]})
    assert is_taken(again)


@pytest.mark.parametrize("token", ["", "x", "form.AAAA.BBBB"])
def test_a_form_without_its_seal_is_not_taken(site: Site, token: str) -> None:
    assert site.sign(token=token).status_code == 422
    assert not site.mails()


def test_a_program_that_fills_every_field_is_answered_as_everybody(site: Site) -> None:
    assert is_taken(site.sign(topic="cheap watches"))


def test_a_busy_database_loses_nothing_typed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreUnavailable("busy")

    typed = site.form(first_name="Anahit")
    monkeypatch.setattr(signing, "sign", busy)

    response = site.client.post(PETITION + "sign", data=typed)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "press the button again" in response.text
    assert 'value="Anahit"' in response.text


def test_a_page_outlives_the_database(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was shown last is shown until the database is back."""
    before = site.client.get(PETITION)
    monkeypatch.setattr(caching, "FRESH_S", 0.0)
    site.database.dispose()
    (site.settings.home / "campaign.db").unlink()

    after = site.client.get(PETITION)

    assert after.status_code == 200
    assert after.data == before.data


def test_a_site_without_tables_says_so_kindly(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.database.dispose()
    (tmp_path / "campaign.db").unlink()

    response = site.client.get(PETITION)

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "busy" in response.text
    site.database.dispose()


# -- The district ----------------------------------------------------------------------------------


def test_a_split_zip_asks_for_the_street(site: Site) -> None:
    response = site.sign(zip="42223", comment="Two\nlines", show_name="y")

    body = response.text
    assert response.status_code == 200
    assert "Your ZIP code 42223 is in two districts" in words(body)
    assert "Kentucky's 1st district" in words(body)
    assert "Tennessee's 7th district" in words(body)
    assert "I do not know" in body
    for kept in ('value="Ani"', 'value="ani@example.org"', "Two\nlines", 'name="show_name"'):
        assert kept in body
    assert not site.mails()


def second_step(body: str, **answer: str) -> dict[str, str]:
    """The hidden fields of the second step, with the person's answer."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', body)
    return {**{name: unescape(value) for name, value in hidden}, **answer}


@pytest.mark.parametrize("zip_", ["59999", "00000", "09012", "96941"])
def test_a_zip_without_a_member_of_congress_is_reported_at_its_field(site: Site, zip_: str) -> None:
    response = site.sign(zip=zip_, district="unknown", asked=zip_)

    assert response.status_code == 422
    assert zip_ in error_of(response.text, "zip")
    assert f'value="{zip_}"' in response.text
    assert 'value="Ani"' in response.text
    assert not site.mails()


def test_the_district_step_can_correct_the_zip(site: Site) -> None:
    asked = site.sign(zip="42223")
    assert re.search(r'<input[^>]*id="zip"[^>]*value="42223"', asked.text)

    answer = second_step(asked.text, zip="59001", district="unknown")
    response = site.client.post(PETITION + "sign", data=answer)

    assert is_taken(response)
    with site.database.reading() as connection:
        row = connection.exec_driver_sql("SELECT zip, district FROM signatures").one()
    assert tuple(row) == ("59001", "MT-2")


def test_an_answer_about_one_zip_is_none_about_another(site: Site) -> None:
    asked = site.sign(zip="42223")

    response = site.client.post(
        PETITION + "sign", data=second_step(asked.text, zip="10011", district="unknown")
    )

    assert response.status_code == 200
    assert "Your ZIP code 10011 is in" in words(response.text)
    assert not site.mails()


@pytest.mark.parametrize("district", ["KY-1", "TN-7", "unknown"])
def test_a_member_or_not_knowing_settles_a_split_zip(site: Site, district: str) -> None:
    asked = site.sign(zip="42223")

    response = site.client.post(PETITION + "sign", data=second_step(asked.text, district=district))

    assert is_taken(response)
    assert len(site.mails()) == 1


@pytest.mark.parametrize("answer", [{}, {"district": "CA-30"}, {"district": "nowhere"}])
def test_no_fit_answer_asks_once_more(site: Site, answer: dict[str, str]) -> None:
    asked = site.sign(zip="42223")

    response = site.client.post(PETITION + "sign", data=second_step(asked.text, **answer))

    assert response.status_code == 422
    assert "or choose your representative below" in error_of(response.text, "street")
    assert 'value="ani@example.org"' in response.text
    assert not site.mails()


def test_a_street_while_the_geocoder_is_down_leaves_the_choice(site: Site) -> None:
    asked = site.sign(zip="42223")

    response = site.client.post(
        PETITION + "sign",
        data=second_step(asked.text, street="1 Main Street", city="Oak Grove"),
    )

    assert response.status_code == 422
    error = error_of(response.text, "street")
    assert "did not respond" in error
    assert "You can also choose your representative below." in error
    assert 'value="1 Main Street"' in response.text
    assert "I do not know" in response.text


def test_a_strange_street_is_reported_and_all_is_kept(site: Site) -> None:
    asked = site.sign(zip="42223")

    response = site.client.post(
        PETITION + "sign", data=second_step(asked.text, street="1 \u202eMain")
    )

    assert response.status_code == 422
    assert "direction" in error_of(response.text, "street")
    assert 'value="Ani"' in response.text


def test_a_street_found_in_another_place_leaves_the_choice(tmp_path: Path) -> None:
    with GeocoderServer() as geocoder:
        site = make_site(tmp_path, geocoder_url=geocoder.url)
        geocoder.mood = "dallas"
        asked = site.sign(zip="02861")

        response = site.client.post(
            PETITION + "sign", data=second_step(asked.text, street="12 Oak St", city="Pawtucket")
        )
        site.database.dispose()

    assert geocoder.asked
    assert response.status_code == 422
    assert "RI-1" in response.text
    assert not site.mails()


def test_each_signer_reads_their_own_address_and_no_one_elses(site: Site) -> None:
    """The page after signing is rendered once for everyone; the address is put in afterwards."""
    first = site.client.post(PETITION + "sign", data=site.form(email="ani@example.org"))
    second = site.client.post(PETITION + "sign", data=site.form(email="o'neil&co@example.org"))
    spanish = site.client.post(PETITION + "sign?lang=es", data=site.form(email="bo@example.org"))
    clean = site.client.get(PETITION + "signed")

    assert "ani@example.org" in first.text
    assert "ani@example.org" not in second.text
    assert "o&#39;neil&amp;co@example.org" in second.text
    assert "bo@example.org" in spanish.text
    assert '<html lang="es"' in spanish.text
    for page in (first, second, spanish, clean):
        assert "part-" not in page.text


def test_an_address_that_no_mail_reaches_is_reported_beside_its_field(site: Site) -> None:
    response = site.sign(email="ani@example..org")

    assert response.status_code == 422
    assert error_of(response.text, "email") == "Enter an email address, such as name@example.org."


def test_the_waiting_page_shows_the_address_and_leads_to_its_inbox(site: Site) -> None:
    body = site.client.post(PETITION + "sign", data=site.form(email="ani@gmail.com")).text

    assert '<p class="mail-address">ani@gmail.com</p>' in body
    assert re.search(r'href="https://mail\.google\.com/mail/"[^>]*rel="noopener noreferrer"', body)
    assert "Open Gmail" in body


def test_a_wrong_address_is_changed_with_everything_else_kept(site: Site) -> None:
    """The page carries what was typed, and its button leads back to the form."""
    waiting = site.client.post(
        PETITION + "sign", data=site.form(email="ani@elsewhere.example.org")
    ).text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', waiting))

    page = site.client.post(PETITION + "sign", data={**carried, "step": "change"})

    assert page.status_code == 200
    field = re.search(r'<input[^>]*id="email"[^>]*>', page.text)
    assert field is not None
    assert 'value="ani@elsewhere.example.org"' in field[0]
    assert "autofocus" in field[0]
    assert 'value="59001"' in page.text
    assert "There is a problem" not in page.text


def test_a_new_link_can_be_asked_for_and_the_answer_tells_nothing(site: Site) -> None:
    waiting = site.client.post(PETITION + "sign", data=site.form()).text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', waiting))

    site.pass_time(seconds=60)

    known = site.client.post(PETITION + "sign", data={**carried, "step": "again"})
    unknown = site.client.post(
        PETITION + "sign", data={**carried, "step": "again", "email": "unknown@example.org"}
    )

    assert known.status_code == unknown.status_code == 200
    assert "If a new link can be sent" in known.text
    assert known.text.replace(carried["email"], "unknown@example.org") == unknown.text


def test_a_new_link_is_mailed_after_a_minute_and_not_before(site: Site) -> None:
    waiting = site.client.post(PETITION + "sign", data=site.form()).text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', waiting))
    assert 'data-wait="60"' in waiting
    assert len(site.mails()) == 1

    site.pass_time(seconds=40)
    early = site.client.post(PETITION + "sign", data={**carried, "step": "again"})

    assert early.status_code == 200
    assert "The link was sent less than a minute ago." in early.text
    assert 'data-wait="20"' in early.text
    assert len(site.mails()) == 1

    site.pass_time(seconds=20)
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', early.text))
    site.client.post(PETITION + "sign", data={**again, "step": "again"})

    assert len(site.mails()) == 2


@pytest.mark.parametrize("since", ["", "x", "-5", "9" * 30, "99999999999"])
def test_a_forged_time_of_waiting_gets_no_more_mail(site: Site, since: str) -> None:
    waiting = site.client.post(PETITION + "sign", data=site.form()).text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', waiting))

    answer = site.client.post(PETITION + "sign", data={**carried, "step": "again", "since": since})

    assert answer.status_code == 200
    assert len(site.mails()) == 1


def test_what_was_typed_is_escaped_on_the_waiting_page(site: Site) -> None:
    body = site.client.post(PETITION + "sign", data=site.form(first_name='An"><b>i')).text

    assert 'An"><b>i' not in body
