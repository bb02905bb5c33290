"""Editing a campaign on the site: checked, tried out, kept with who and when, and taken back."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign import paths
from campaign.packs import editing
from campaign.packs import pack as packs
from campaign.store import models
from tests.web.organize.signing_in import add_account, logged_in, post, signed_in
from tests.web.whole_site import NOON, PETITION, Site

BASE = "/organize/section-907/texts"
EDIT = f"{BASE}/edit/petition.md"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def opened(client: FlaskClient, path: str = EDIT) -> tuple[str, str]:
    """Return the text in the editor, and the fingerprint that its form carries."""
    from html import unescape

    page = client.get(path).text
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert text is not None
    assert seen is not None
    return unescape(text[1]), seen[1]


def own(site: Site) -> Path:
    return site.settings.campaigns_folder / "section-907"


def test_every_text_is_listed_with_what_wants_a_look(client: FlaskClient) -> None:
    page = client.get(BASE).text
    pack = packs.load(paths.data() / "campaigns" / "section-907", NOON.date())

    assert "The petition" in page
    assert "Talking points" in page
    assert f"{len(pack.usable_facts())} of {len(pack.facts)} can be used today" in page
    assert "Nothing has been edited here yet." in page


def test_an_edit_is_public_at_once_and_on_record(site: Site, client: FlaskClient) -> None:
    text, seen = opened(client)
    headline = re.search(r'headline = "(.*)"', text)
    assert headline is not None
    typed = text.replace(headline[1], "A headline of our own")

    saved = post(
        client, EDIT, {"text": typed, "seen": seen, "act": "save", "why": "shorter"},
        follow_redirects=True,
    )  # fmt: skip

    assert "Saved: The petition." in saved.text
    site.pass_time(seconds=3)
    assert "A headline of our own" in site.client.get(PETITION).text
    assert "A headline of our own" in (own(site) / "petition.md").read_text()
    versions = client.get(f"{BASE}/history?file=petition.md").text
    assert "shorter" in versions
    assert "original text" in versions
    with site.database.reading() as connection:
        actions = connection.execute(sa.select(models.audit.c.action)).scalars().all()
    assert "texts-edited" in actions


def test_a_text_that_does_not_pass_is_not_kept_and_not_lost(
    site: Site, client: FlaskClient
) -> None:
    text, seen = opened(client, f"{BASE}/edit/points.md")
    typed = text + "\nChairman Menendez agrees.[^nothing-of-that-id]\n"

    answer = post(client, f"{BASE}/edit/points.md", {"text": typed, "seen": seen, "act": "save"})

    assert answer.status_code == 422
    assert "points.md:" in answer.text
    assert "Chairman Menendez agrees." in answer.text
    assert not own(site).exists()


def test_a_preview_shows_every_reader_and_keeps_nothing(site: Site, client: FlaskClient) -> None:
    text, seen = opened(client, f"{BASE}/edit/letters.md")

    page = post(
        client, f"{BASE}/edit/letters.md", {"text": text, "seen": seen, "act": "preview"}
    ).text

    for reader in ("a senator", "a representative", "a delegate", "a member of a committee"):
        assert f"Letter to {reader}" in page
    assert "Letter to the chair of a committee" in page
    assert "Letter to the Secretary of State" in page
    assert not own(site).exists()


def test_two_editors_do_not_overwrite_each_other(site: Site, client: FlaskClient) -> None:
    text, seen = opened(client)
    post(client, EDIT, {"text": text + "\n", "seen": seen, "act": "save"})
    changed = text.replace("headline", "headline", 1) + "\n<!-- -->\n"
    first = post(client, EDIT, {"text": text.replace("WE", "We"), "seen": seen, "act": "save"})
    again = post(client, EDIT, {"text": changed, "seen": "0" * 16, "act": "save"})

    assert first.status_code in {303, 422}
    assert again.status_code == 422
    assert "Someone else has changed this text" in again.text
    assert "Your text compared with" in again.text


def test_a_version_is_put_back_in_place(site: Site, client: FlaskClient) -> None:
    text, seen = opened(client)
    headline = re.search(r'headline = "(.*)"', text)
    assert headline is not None
    post(client, EDIT, {"text": text.replace(headline[1], "Other"), "seen": seen, "act": "save"})
    listed = client.get(f"{BASE}/history?file=petition.md").text
    first = re.findall(r"/texts/versions/(\d+)", listed)[-1]

    shown = client.get(f"{BASE}/versions/{first}").text
    back = post(client, f"{BASE}/versions/{first}/restore", follow_redirects=True).text

    assert "Restore this version" in shown
    assert "The version has been restored." in back
    assert editing.read(own(site), "petition.md") == text


def say_who_pays(client: FlaskClient) -> None:
    """Answer in campaign.toml who pays, which the bundled campaign leaves open."""
    edit = f"{BASE}/edit/campaign.toml"
    text, seen = opened(client, edit)
    answer = '\n[funding]\npaid_for_by = "River Friends"\nforeign_principal = false\n'
    answered = post(client, edit, {"text": text + answer, "seen": seen, "act": "save"})
    assert answered.status_code == 303


def test_a_campaign_is_taken_from_the_public_and_published_again(
    site: Site, client: FlaskClient
) -> None:
    hidden = post(client, f"{BASE}/publish", {"public": "no"}, follow_redirects=True).text
    site.pass_time(seconds=3)
    gone = site.client.get(PETITION)
    refused = post(client, f"{BASE}/publish", {"public": "yes"}, follow_redirects=True).text
    say_who_pays(client)
    shown = post(client, f"{BASE}/publish", {"public": "yes"}, follow_redirects=True).text
    site.pass_time(seconds=3)

    assert "The campaign is now a draft." in hidden
    assert gone.status_code == 404
    assert "Before you publish, say under [funding] who pays" in refused
    assert "The campaign is public." in shown
    assert site.client.get(PETITION).status_code == 200


def test_goals_and_who_runs_it_are_set_by_a_form(site: Site, client: FlaskClient) -> None:
    form = {
        "goals": "50, 100",
        "closes_on": "2026-12-10",
        "time_zone": "America/Los_Angeles",
        "accent": "#8c1c2b",
        "organizer_name": "River Friends",
        "organizer_email": "river@example.org",
        "organizer_address": "1 River Road\nAnytown, MT 59001",
    }

    wrong = post(client, f"{BASE}/settings", {**form, "goals": "many"})
    nowhere = post(client, f"{BASE}/settings", {**form, "time_zone": "America/Nowhere"})
    pale = post(client, f"{BASE}/settings", {**form, "accent": "#ffeeee"})
    right = post(client, f"{BASE}/settings", form, follow_redirects=True)
    site.pass_time(seconds=3)

    assert "Enter the goals as numbers" in wrong.text
    assert pale.status_code == 422
    assert "There is no time zone" in nowhere.text
    assert "The settings have been saved." in right.text
    assert "River Friends" in site.client.get(PETITION).text
    pack = site.app.extensions["campaign"].campaigns.get("section-907", site.time[0])
    assert pack.closes_at == datetime(2026, 12, 11, 8, tzinfo=UTC)
    assert (
        '<option selected value="America/Los_Angeles">Pacific Time'
        in client.get(f"{BASE}/settings").text
    )


def test_a_fact_is_edited_by_its_fields_and_listed_ahead_of_its_review(
    site: Site, client: FlaskClient
) -> None:
    page = client.get(f"{BASE}/facts/gao-2022").text
    assert "GAO-22-104619" in page
    kept = post(
        client,
        f"{BASE}/facts/gao-2022",
        {
            "claim": "About $164 million was reported.",
            "event_date": "2002 to 2020",
            "attribution": "Government Accountability Office",
            "publisher": "GAO",
            "url": "https://www.gao.gov/products/gao-22-104619",
            "source_date": "2022",
            "verified_on": "2026-06-20",
            "review_by": "2026-07-10",
            "status": "verified",
        },
        follow_redirects=True,
    )
    site.pass_time(seconds=3)

    overview = client.get("/organize/section-907/").text
    assert "The fact “gao-2022” has been saved." in kept.text
    assert "“gao-2022” is due for review by July 10, 2026" in overview


def test_a_fact_without_a_source_is_not_kept(client: FlaskClient) -> None:
    answer = post(client, f"{BASE}/facts/new-one", {"claim": "So it is.", "status": "verified"})

    assert answer.status_code == 422
    assert "new-one" in answer.text


@pytest.mark.parametrize("file", ["secrets.md", "..%2f..%2fx.md", "petition.xx.md"])
def test_there_is_no_other_file(client: FlaskClient, file: str) -> None:
    assert client.get(f"{BASE}/edit/{file}").status_code == 404


def test_who_owns_every_campaign_starts_another(site: Site) -> None:
    everywhere = logged_in(site, add_account(site, "owner", "*"))

    answers = {
        "title": "Keep our water clean",
        "asked": "Congress",
        "ask": "fund new pipes",
        "organizer": "Neighbors for Water",
        "paid_for_by": "The Water Fund",
        "foreign_principal": "no",
        "in_spanish": "y",
    }

    taken = post(everywhere, "/organize/new", {"name": "section-907", **answers})
    unanswered = post(everywhere, "/organize/new", {"name": "clean-water"})
    made = post(
        everywhere, "/organize/new", {"name": "clean-water", **answers}, follow_redirects=True
    )
    site.pass_time(seconds=3)

    assert taken.status_code == 422
    assert unanswered.status_code == 422
    assert "Enter a title." in unanswered.text
    assert (
        "We ask Congress to fund new pipes."
        in everywhere.get("/organize/clean-water/texts/edit/petition.es.md").text
    )
    assert "This campaign is a draft" in made.text
    assert site.client.get("/c/clean-water/").status_code == 404
    assert signed_in(site, "owner").get("/organize/new").status_code == 403
    assert signed_in(site, "owner").get("/organize/clean-water/").status_code == 404


def test_it_is_not_for_viewers(site: Site) -> None:
    assert signed_in(site, "viewer").get(BASE).status_code == 403


def test_each_line_that_differs_stands_on_a_line_of_its_own(client: FlaskClient) -> None:
    text, seen = opened(client, f"{BASE}/edit/story.md")
    post(
        client,
        f"{BASE}/edit/story.md",
        {"text": f"{text}\n\nOne line.\n\nAnother line.\n", "seen": seen, "act": "save"},
    )
    history = client.get(f"{BASE}/history?file=story.md").text
    version = re.search(r'href="(/organize/section-907/texts/versions/\d+)"', history)
    assert version is not None

    page = client.get(version[1]).text

    assert "<ins>+One line.</ins>\n<ins>+</ins>\n<ins>+Another line.</ins>\n" in page
