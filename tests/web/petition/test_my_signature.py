"""One's own signature by a mailed link: everything seen, every change a button, leaving is easy."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.web.made_site import words
from tests.web.whole_site import Site, figures

COUNT = "/c/section-907/count.json"


@pytest.fixture
def own(site: Site) -> str:
    """The path of the own page that was mailed to a confirmed signer."""
    site.sign(comment="For my grandmother.", show_name="y")
    site.client.post(site.mailed_path("/confirm/"))
    return site.mailed_path("/me/")


def count(site: Site) -> int:
    """The count past the cache of a second or two."""
    site.app.extensions["pages"].forget()
    answer = figures(site.client.get(COUNT))
    return int(answer["count"])


def test_everything_that_is_kept_can_be_seen(site: Site, own: str) -> None:
    page = words(site.client.get(own).text)

    for kept in (
        "Ani Petrosyan",
        "ani@example.org",
        "59001",
        "Montana's 2nd district",
        "For my grandmother.",
        "July 1, 2026",
        "You are number 1.",
    ):
        assert kept in page


def test_everything_that_is_kept_can_be_downloaded(site: Site, own: str) -> None:
    response = site.client.get(f"{own}/download")

    kept = json.loads(response.data)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert kept["email"] == "ani@example.org"
    assert kept["comment"] == "For my grandmother."
    assert [consent["act"] for consent in kept["consents"]][:2] == ["signed", "confirmed"]


@pytest.mark.parametrize("path", ["", "/withdraw", "/erase", "/download"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing_and_is_kept_by_nobody(
    site: Site, own: str, path: str, method: str
) -> None:
    response = site.client.open(own + path, method=method)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response.headers
    assert count(site) == 1


def correction(**said: str) -> dict[str, str]:
    """What the form on the own page posts: the name and ZIP that are held, and what is new."""
    return {"first_name": "Ani", "last_name": "Petrosyan", "zip": "59001", **said}


def test_a_zip_is_corrected_and_the_signature_moves_with_it(site: Site, own: str) -> None:
    response = site.client.post(
        f"{own}/correct", data=correction(zip="82001"), follow_redirects=True
    )

    page = words(response.text)
    assert "Your corrections are saved." in page
    assert "82001" in page
    assert "Wyoming, at large" in page


def test_a_wrong_zip_is_reported_and_all_that_was_typed_is_kept(site: Site, own: str) -> None:
    response = site.client.post(f"{own}/correct", data=correction(first_name="Anahit", zip="8200"))

    assert response.status_code == 422
    assert re.search(r"<title>Error: ", response.text)
    assert 'value="8200"' in response.text
    assert 'value="Anahit"' in response.text


def test_a_name_typed_beside_a_split_zip_comes_through_the_question(site: Site, own: str) -> None:
    typed = correction(first_name="Anahit", zip="42223")

    asked = site.client.post(f"{own}/correct", data=typed)
    assert "Your ZIP code 42223 is in two districts" in words(asked.text)
    assert "Save my corrections" in asked.text
    assert re.search(r'<input[^>]*name="first_name"[^>]*value="Anahit"', asked.text)

    done = site.client.post(
        f"{own}/correct",
        data={**typed, "asked": "42223", "district": "TN-7"},
        follow_redirects=True,
    )

    assert "Tennessee's 7th district" in words(done.text)
    assert "Anahit Petrosyan" in words(done.text)


def test_another_name_asks_nothing_about_the_place(site: Site, own: str) -> None:
    site.client.post(f"{own}/correct", data=correction(zip="42223", asked="42223", district="TN-7"))

    page = site.client.post(
        f"{own}/correct",
        data=correction(first_name="Anahit", zip="42223"),
        follow_redirects=True,
    )

    assert "Your corrections are saved." in words(page.text)
    assert "Anahit Petrosyan" in words(page.text)
    assert "Tennessee's 7th district" in words(page.text)


def test_name_and_zip_are_corrected_with_one_press(site: Site, own: str) -> None:
    typed = correction(first_name="Anahit", last_name="Petrosian", zip="82001")

    page = site.client.post(f"{own}/correct", data=typed, follow_redirects=True)

    assert "Anahit Petrosian" in words(page.text)
    assert "Wyoming, at large" in words(page.text)
    assert count(site) == 1
    assert "Anahit" in site.client.get("/c/section-907/").text


def test_a_missing_name_is_reported_and_what_was_typed_stays(site: Site, own: str) -> None:
    page = site.client.post(
        f"{own}/correct", data=correction(first_name="", last_name="Petrosian", zip="82001")
    )

    assert page.status_code == 422
    assert "Enter your first name." in words(page.text)
    assert 'value="Petrosian"' in page.text
    assert 'value="82001"' in page.text


def test_a_corrected_name_is_shown_only_once_it_was_read(site: Site, own: str) -> None:
    site.client.post(f"{own}/correct", data=correction(first_name="Visit spam.example.com"))

    assert "spam.example.com" not in site.client.get("/c/section-907/").text


def test_a_name_cannot_become_a_housemates(site: Site, own: str) -> None:
    site.sign(first_name="Ben")
    site.client.post(site.mailed_path("/confirm/"))

    page = site.client.post(f"{own}/correct", data=correction(first_name="Ben", zip="82001"))

    assert page.status_code == 422
    assert "already signed with this email address" in words(page.text)
    assert "59001" in words(site.client.get(own).text)


def test_the_boxes_can_be_set_anew(site: Site, own: str) -> None:
    assert re.search(r'<input checked[^>]*name="show_name"', site.client.get(own).text)

    body = site.client.post(f"{own}/choices", data={"mail_opt_in": "y"}, follow_redirects=True).text

    assert "Your choices are saved." in words(body)
    assert not re.search(r'<input checked[^>]*name="show_name"', body)
    assert re.search(r'<input checked[^>]*name="mail_opt_in"', body)


def test_a_signature_is_taken_back_by_a_button(site: Site, own: str) -> None:
    response = site.client.post(f"{own}/withdraw", follow_redirects=True)

    assert "It no longer counts" in words(response.text)
    assert count(site) == 0
    assert site.client.post(f"{own}/withdraw").status_code == 303


def test_erasing_leaves_nothing_and_ends_the_link(site: Site, own: str) -> None:
    asked = words(site.client.get(f"{own}/erase").text)
    for stays in ("One scrambled code of your email address", "Numbers without names", "Backups"):
        assert stays in asked
    response = site.client.post(f"{own}/erase")

    assert "Everything is erased" in words(response.text)
    assert "One scrambled code of your email address" in words(response.text)
    assert count(site) == 0
    for again in (site.client.get(own), site.client.post(f"{own}/erase")):
        assert again.status_code == 410
        assert "Your data was erased through this link." in words(again.text)
    assert b"ani@example.org" not in site.client.get("/c/section-907/").data
    assert site.mails()[-1]["Subject"]


@pytest.mark.parametrize(
    "path", ["/me/x", "/me/x/withdraw", "/me/x/erase", "/me/x/download", "/unsubscribe/x"]
)
def test_a_false_link_opens_nothing(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 410
    assert "This link no longer works" in words(response.text)


# -- No more mail ----------------------------------------------------------------------------------


@pytest.fixture
def leave(site: Site, own: str) -> str:
    """The path of the page that ends the mail."""
    return site.mailed_path("/unsubscribe/")


def test_the_page_shows_a_button_and_changes_nothing(site: Site, own: str, leave: str) -> None:
    site.client.post(f"{own}/choices", data={"mail_opt_in": "y"})

    assert "Unsubscribe" in site.client.get(leave).text

    assert re.search(r'<input checked[^>]*name="mail_opt_in"', site.client.get(own).text)


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_one_click_of_a_mail_program_ends_the_mail(
    site: Site, own: str, leave: str, content_type: str
) -> None:
    """RFC 8058: a POST without cookies, from the mail program's own servers."""
    site.client.post(f"{own}/choices", data={"mail_opt_in": "y"})

    for _ in range(2):
        response = site.client.post(
            leave, data={"List-Unsubscribe": "One-Click"}, content_type=content_type
        )
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers

    assert not re.search(r'<input checked[^>]*name="mail_opt_in"', site.client.get(own).text)
    assert count(site) == 1
