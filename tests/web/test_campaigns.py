"""Campaigns that are closed, not open yet, drafts, or several: each says what it is."""

import re
from pathlib import Path

from tests.web.copied_campaign import add_campaign
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, make_site


def test_a_closed_petition_thanks_and_takes_nothing(site: Site) -> None:
    typed = site.form()
    add_campaign(site.settings.home, "section-907", closes_on="2026-06-30")
    (site.settings.home / "campaigns" / "section-907" / "outcome.md").write_text(
        "We handed it over in person.\n", encoding="utf-8"
    )
    later = make_site(site.settings.home)

    body = later.client.get(PETITION).text
    refused = later.client.post(PETITION + "sign", data=typed)

    assert "This petition is closed" in words(body)
    assert "until June 30, 2026" in words(body)
    assert "We handed it over in person." in words(body)
    assert "<form" not in body
    assert "#sign" not in body
    assert refused.status_code == 409
    assert "This petition is closed" in words(refused.text)
    later.database.dispose()


def test_a_signature_given_before_the_close_can_be_confirmed_the_day_after(tmp_path: Path) -> None:
    add_campaign(tmp_path, "section-907", closes_on="2026-07-01")
    site = make_site(tmp_path)
    site.sign()
    link = site.mailed_path("/confirm/")

    site.pass_time(hours=20)

    assert "This petition is closed" in words(site.client.get(PETITION).text)
    thanks = site.client.post(link, follow_redirects=True)
    assert "You are number 1." in words(thanks.text)
    # No page of a petition that is closed asks for one more signature.
    pages = [thanks, *(site.client.get(PETITION + path) for path in ("", "embed", "share"))]
    for page in pages:
        assert page.status_code == 200
        for asking in ("Next goal", "people you know", "Sign as another person", "<progress"):
            assert asking not in page.text
    site.database.dispose()


def test_a_petition_that_is_not_open_yet_says_when(tmp_path: Path) -> None:
    add_campaign(tmp_path, "section-907", opens_on="2026-08-01")
    site = make_site(tmp_path)

    body = words(site.client.get(PETITION).text)

    assert "This petition is not open yet" in body
    assert "August 1, 2026" in body
    site.database.dispose()


def test_a_draft_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    add_campaign(tmp_path, "draft", published="false")
    site = make_site(tmp_path)

    assert site.client.get("/c/draft/").status_code == 404
    assert site.client.post("/c/draft/sign", data={}).status_code == 404
    assert site.client.get("/c/draft/count.json").status_code == 404
    site.database.dispose()


def test_several_campaigns_are_listed(tmp_path: Path) -> None:
    add_campaign(tmp_path, "another")
    site = make_site(tmp_path)

    body = site.client.get("/").text

    assert 'href="/c/another/"' in body
    assert 'href="/c/section-907/"' in body
    site.database.dispose()


def test_no_campaign_at_all_is_said_kindly(tmp_path: Path) -> None:
    add_campaign(tmp_path, "section-907", published="false")
    site = make_site(tmp_path)

    response = site.client.get("/")

    assert response.status_code == 200
    assert "No petition is open here yet." in words(response.text)
    site.database.dispose()


def test_another_accent_changes_the_theme_and_its_address(tmp_path: Path) -> None:
    add_campaign(tmp_path, "blue", accent='"#1f3f8c"')
    site = make_site(tmp_path)

    def theme(name: str) -> str:
        found = re.search(r'href="(/c/[a-z0-9-]+/theme\.css\?v=\w+)"', site.client.get(name).text)
        assert found is not None
        return found[1]

    blue, red = theme("/c/blue/"), theme(PETITION)

    assert "#1f3f8c" in site.client.get(blue).text
    assert blue.split("v=")[1] != red.split("v=")[1]
    site.database.dispose()
