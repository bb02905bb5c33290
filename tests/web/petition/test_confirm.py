"""The mailed link: following it changes nothing, its button confirms, its other button deletes."""

import re
from html import unescape

import pytest

from campaign.web.core.loaded_data import PublishedCampaigns
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, figures


@pytest.fixture
def link(site: Site) -> str:
    """The path that was mailed to somebody who signed."""
    site.sign()
    return site.mailed_path("/confirm/")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_the_link_changes_nothing(site: Site, link: str, method: str) -> None:
    for _ in range(3):
        assert site.client.open(link, method=method).status_code == 200

    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 0


def test_the_button_confirms_and_shows_the_persons_own_members(site: Site, link: str) -> None:
    pressed = site.client.post(link)
    response = site.client.get(pressed.headers["Location"])

    page = words(response.text)
    assert pressed.status_code == 303
    assert response.status_code == 200
    assert "You are number 1." in page
    assert "Thank you, Ani" in page
    assert page.count("Senator for Montana") == 2
    assert "Representative for Montana" in page
    assert response.text.count("Write to Senator") == 2
    assert response.text.count("Write to Representative") == 1
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 1


def test_no_address_of_the_way_on_holds_personal_data(site: Site, link: str) -> None:
    body = site.client.post(link, follow_redirects=True).text

    addresses = [part.split('"')[0] for part in body.split('href="')[1:]]
    addresses += [part.split('"')[0] for part in body.split('action="')[1:]]
    for address in addresses:
        assert "Ani" not in address
        assert "Petrosyan" not in address
        assert "59001" not in address
        assert "example.org" not in address or address.startswith("mailto:")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_behind_the_link_are_kept_by_nobody(site: Site, link: str, method: str) -> None:
    headers = site.client.open(link, method=method).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_used_confirm_link_says_already_confirmed(site: Site, link: str, method: str) -> None:
    site.client.post(link)
    site.pass_time(days=30)

    again = site.client.open(link, method=method)

    assert again.status_code == 200
    assert "Already confirmed Your signature counts." in words(again.text)
    assert again.headers["Cache-Control"] == "no-store"
    assert "Ani" not in again.text
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 1


def test_a_double_click_leads_to_the_number(site: Site, link: str) -> None:
    first = site.client.post(link)
    second = site.client.post(link)

    assert first.status_code == 303
    ticket = re.search(r'href="(/thanks/[^"]+)"', second.text)
    assert ticket is not None
    assert "You are number 1." in words(site.client.get(ticket[1]).text)


def test_it_was_not_me_after_confirming_says_that_it_counts(site: Site, link: str) -> None:
    site.client.post(link)

    response = site.client.post(f"{link}/disown")

    assert (response.status_code, "Already confirmed" in response.text) == (200, True)


def test_what_was_done_is_confirmed_even_when_the_campaign_is_gone(
    site: Site, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublishedCampaigns, "if_there_is", lambda *_: None)

    assert "It is deleted" in site.client.post(f"{link}/disown").text


def test_a_link_says_that_its_signature_was_withdrawn(site: Site, link: str) -> None:
    site.client.post(link)
    site.client.post(f"{site.mailed_path('/me/')}/withdraw")

    for method in ("GET", "POST"):
        response = site.client.open(link, method=method)
        assert response.status_code == 200
        assert "You withdrew this signature" in response.text


# -- What is confirmed -----------------------------------------------------------------------------


def fields(body: str) -> dict[str, str]:
    """What the confirming page would post as it stands."""
    form = body.split("data-once>")[1].split("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name is not None
        if 'type="checkbox"' in tag or 'type="radio"' in tag:
            if " checked" in tag:
                found[name[1]] = value[1] if value else "y"
        else:
            found[name[1]] = unescape(value[1]) if value else ""
    area = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", form, re.DOTALL)
    assert area is not None
    found["comment"] = unescape(area[1])
    return found


def test_the_page_shows_all_that_a_stranger_typed(site: Site) -> None:
    site.sign(comment="Not <mine>.", show_name="y", mail_opt_in="y")

    typed = fields(site.client.get(site.mailed_path("/confirm/")).text)

    assert typed == {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "zip": "59001",
        "comment": "Not <mine>.",
        "show_name": "y",
        "mail_opt_in": "y",
    }


def test_a_name_in_capitals_is_recased_until_its_owner_says_otherwise(site: Site) -> None:
    site.sign(first_name="ANI", last_name="MCDONALD")
    link = site.mailed_path("/confirm/")

    typed = fields(site.client.get(link).text)
    site.client.post(link, data={**typed, "last_name": "MCDONALD"})

    assert (typed["first_name"], typed["last_name"]) == ("Ani", "McDonald")
    with site.database.reading() as connection:
        row = connection.exec_driver_sql("SELECT first_name, last_name FROM signatures").one()
    assert tuple(row) == ("Ani", "MCDONALD")


def test_what_the_owner_corrects_is_what_counts(site: Site) -> None:
    site.sign(first_name="Mallory", comment="Not mine.", show_name="y", mail_opt_in="y")
    link = site.mailed_path("/confirm/")

    pressed = site.client.post(
        link, data={"first_name": "Ani", "last_name": "Petrosyan", "zip": "59901", "comment": ""}
    )

    assert pressed.status_code == 303
    with site.database.reading() as connection:
        row = connection.exec_driver_sql(
            "SELECT first_name, district, comment, show_name, mail_opt_in FROM signatures"
        ).one()
    assert tuple(row) == ("Ani", "MT-1", "", 0, 0)
    assert "Mallory" not in site.client.get(PETITION).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("first_name", " ", "Enter your first name."),
        ("first_name", "\u3164", "Enter your first name."),
        ("zip", "5900", "Enter the ZIP code where you live, such as 59001."),
        ("zip", "59999", "We do not know ZIP code 59999."),
        ("comment", "a\u202eb", "This text contains hidden characters that change text direction."),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_counts(
    site: Site, link: str, field: str, typed: str, said: str
) -> None:
    data = fields(site.client.get(link).text)

    response = site.client.post(link, data={**data, "last_name": "Typed-Anew", field: typed})

    assert response.status_code == 422
    assert said in words(response.text)
    assert f'id="{field}-error"' in response.text
    assert 'value="Typed-Anew"' in response.text
    assert "autofocus" in response.text
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 0


def test_a_corrected_zip_that_is_split_asks_for_the_street(site: Site, link: str) -> None:
    data = fields(site.client.get(link).text)

    asked = site.client.post(link, data={**data, "zip": "42223", "first_name": "Anahit"})
    assert asked.status_code == 200
    assert "Your ZIP code 42223 is in two districts" in words(asked.text)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text))
    pressed = site.client.post(link, data={**hidden, "zip": "42223", "district": "KY-1"})

    assert pressed.status_code == 303
    with site.database.reading() as connection:
        row = connection.exec_driver_sql("SELECT first_name, district FROM signatures").one()
    assert tuple(row) == ("Anahit", "KY-1")


def test_two_names_are_asked_about_and_nothing_is_guessed(site: Site) -> None:
    site.sign(first_name="Ani")
    site.sign(first_name="Bo")
    link = site.mailed_path("/confirm/")
    page = site.client.get(link)
    assert "Two people: Ani Petrosyan signs too" in words(page.text)
    data = fields(page.text)

    unanswered = site.client.post(link, data=data)
    assert unanswered.status_code == 422
    assert "Choose whether this is one person or two." in words(unanswered.text)

    pressed = site.client.post(link, data={**data, "people": "two"})
    thanks = words(site.client.get(pressed.headers["Location"]).text)
    assert "We sent a second email so that Ani can confirm too." in thanks
    second = site.mailed_path("/confirm/")
    assert second != link
    assert "Bo Petrosyan has already signed with this email address." in words(
        site.client.get(second).text
    )
    site.client.post(second)
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 2


def test_the_page_of_thanks_can_be_loaded_again_for_a_day(site: Site, link: str) -> None:
    thanks = site.client.post(link).headers["Location"]

    for _ in range(2):
        again = site.client.get(thanks)
        assert "You are number 1." in words(again.text)
    assert again.headers["Referrer-Policy"] == "no-referrer"
    assert again.headers["Cache-Control"] == "no-store"
    assert site.client.get(f"{thanks}x").status_code == 410


@pytest.mark.parametrize(
    "token", ["x", "AAAAAAAAAAAAAAAAAAAAAA", "%00", "..", "‮", "a" * 4000, "😀"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_bad_link_gets_the_same_refusal(site: Site, token: str, method: str) -> None:
    response = site.client.open(f"/confirm/{token}", method=method)

    assert response.status_code in {404, 410}
    if response.status_code == 410:
        assert "This link no longer works" in words(response.text)


def test_a_link_is_good_for_one_purpose(site: Site, link: str) -> None:
    token = link.removeprefix("/confirm/")

    assert site.client.get(f"/me/{token}").status_code == 410
    assert site.client.get(f"/unsubscribe/{token}").status_code == 410


def test_this_was_not_me_deletes_and_ends_the_link(site: Site, link: str) -> None:
    response = site.client.post(f"{link}/disown")

    assert response.status_code == 200
    assert "It is deleted" in words(response.text)
    for method in ("GET", "POST"):
        again = site.client.open(link, method=method)
        assert (again.status_code, again.headers["Cache-Control"]) == (410, "no-store")
        assert "It is deleted" in words(again.text)
        assert "Error" not in words(again.text)
    assert "It is deleted" in words(site.client.post(f"{link}/disown").text)
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 0
