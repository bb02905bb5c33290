"""The mailed link: following it changes nothing, its button confirms, its other button deletes."""

import pytest

from tests.web.made_site import words
from tests.web.whole_site import Site, figures


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


def test_a_second_press_does_not_count_twice(site: Site, link: str) -> None:
    site.client.post(link)
    again = site.client.post(link)

    assert again.status_code == 410
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 1


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
        assert "This link does not work any more" in words(response.text)


def test_a_link_is_good_for_one_purpose(site: Site, link: str) -> None:
    token = link.removeprefix("/confirm/")

    assert site.client.get(f"/me/{token}").status_code == 410
    assert site.client.get(f"/unsubscribe/{token}").status_code == 410


def test_this_was_not_me_deletes_and_ends_the_link(site: Site, link: str) -> None:
    response = site.client.post(f"{link}/disown")

    assert response.status_code == 200
    assert "It is deleted" in words(response.text)
    assert site.client.post(link).status_code == 410
    assert figures(site.client.get("/c/section-907/count.json"))["count"] == 0
