"""A petition that is reworded while it is open: who signed what is told, and signers are asked."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign import paths
from campaign.organizing import jobs as long_work
from campaign.organizing import updates
from campaign.packs import editing
from campaign.store import models
from tests.web.made_site import words
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

BASE = "/organize/section-907"
EDIT = f"{BASE}/texts/edit/petition.md"
FIRST = "to fund no military assistance"
SECOND = "to fund no assistance of any kind"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def sign(site: Site, first_name: str, **typed: str) -> str:
    """Sign and confirm; return the path of the signer's own page."""
    site.sign(first_name=first_name, email=f"{first_name}@example.org".lower(), **typed)
    site.client.post(site.mailed_path("/confirm/"))
    return site.mailed_path("/me/")


def reword(client: FlaskClient, act: str = "save", *changes: tuple[str, str]) -> str:
    page = client.get(EDIT).text
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert text is not None
    assert seen is not None
    typed = unescape(text[1])
    for before, after in changes or ((FIRST, SECOND),):
        assert before in typed
        typed = typed.replace(before, after)
    data = {"text": typed, "seen": seen[1], "act": act}
    return words(post(client, EDIT, data, follow_redirects=True).text)


def reword_on_disk(site: Site) -> None:
    folder = site.settings.campaigns_folder / "section-907"
    source = paths.data() / "campaigns" / "section-907"
    text = (source / "petition.md").read_text(encoding="utf-8").replace(FIRST, SECOND)
    editing.save_changes(source, site.settings.campaigns_folder, {"petition.md": text})
    assert isinstance(folder, Path)
    site.app.extensions["campaign"].campaigns.rescan()
    site.pass_time(seconds=10)


def rows(site: Site) -> list[tuple[str, str]]:
    columns = models.signatures.c
    with site.database.reading() as connection:
        found = connection.execute(
            sa.select(columns.first_name, columns.wording_version).order_by(columns.id)
        )
        return [(row[0], row[1]) for row in found]


def test_the_editor_says_how_many_signed_before_and_after_it_is_saved(
    site: Site, client: FlaskClient
) -> None:
    assert "signed the current wording" not in client.get(EDIT).text
    sign(site, "Ada")
    sign(site, "Bea")

    assert "2 people have signed the current wording." in words(client.get(EDIT).text)
    assert "2 people will have signed an earlier wording" in reword(client, "preview")
    saved = reword(client)

    assert "Saved: The petition. 2 people signed an earlier wording of the petition; they" in saved
    assert "2 people signed an earlier wording" in saved
    assert "No one has signed the current wording." in saved
    site.pass_time(seconds=10)
    sign(site, "Cleo")
    assert "1 person has signed the current wording." in words(client.get(f"{BASE}/texts").text)
    overview = words(client.get(f"{BASE}/").text)
    assert (
        "2 people signed an earlier wording of the petition, and are counted and printed with it"
        in overview
    )
    deliver = words(client.get(f"{BASE}/deliver").text)
    assert "2 people signed an earlier wording of the petition." in deliver


def test_an_edit_of_the_story_alone_asks_nobody_again(site: Site, client: FlaskClient) -> None:
    sign(site, "Ada")
    path = f"{BASE}/texts/edit/story.md"
    page = client.get(path).text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)
    assert seen is not None
    assert text is not None
    typed = unescape(text[1]).replace("What the law said", "The law")
    saved = post(client, path, {"text": typed, "seen": seen[1], "act": "save"},
                 follow_redirects=True).text  # fmt: skip

    assert "Saved: Why: the story." in saved
    assert "earlier wording" not in saved


def test_a_folder_that_was_edited_on_disk_counts_too(site: Site, client: FlaskClient) -> None:
    sign(site, "Ada")
    reword_on_disk(site)

    assert "1 person signed an earlier wording" in words(client.get(f"{BASE}/texts").text)
    answer = client.get(f"{BASE}/figures/wordings.csv").text
    assert FIRST in answer
    assert SECOND not in answer


def test_signers_of_the_earlier_wording_are_asked_and_nothing_moves_by_itself(
    site: Site, client: FlaskClient
) -> None:
    sign(site, "Ada", mail_opt_in="y")
    sign(site, "Bea", mail_opt_in="y")
    sign(site, "Cleo")
    first = rows(site)[0][1]
    reword(client)
    site.pass_time(seconds=10)
    sign(site, "Dora", mail_opt_in="y")

    draft = post(client, f"{BASE}/updates/ask-again").headers["Location"]
    page = words(client.get(draft).text)
    assert "The saved draft goes to 2 recipients." in page
    post(client, f"{draft}/send")
    long_work.run_next(
        site.database,
        {updates.KIND: updates.handler(site.settings.keyring, lambda: site.time[0])},
        site.settings,
        clock=lambda: site.time[0],
    )
    site.pass_time(minutes=5)
    mails = [mail for mail in site.mails() if mail["Subject"].startswith("The petition you")]
    assert sorted(mail["To"] for mail in mails) == ["ada@example.org", "bea@example.org"]
    for mail in mails:
        body = mail.get_body(("plain",))
        assert body is not None
        assert "Read both wordings and answer:" in body.get_content()
    assert [version == first for _, version in rows(site)] == [True, True, True, False]


def test_a_signer_reads_both_wordings_and_agrees_with_one_press(
    site: Site, client: FlaskClient
) -> None:
    own = sign(site, "Ada")
    assert "I agree to the new text" not in site.client.get(own).text
    reword(client)
    site.pass_time(seconds=10)

    page = words(site.client.get(own).text)
    assert page.index(FIRST) < page.index(SECOND)
    version = re.search(r'name="version" value="(\w+)"', site.client.get(own).text)
    assert version is not None
    agreed = site.client.post(
        f"{own}/wording", data={"version": version[1]}, follow_redirects=True
    ).text

    assert "You agreed to the new text." in words(agreed)
    assert "I agree to the new text" not in agreed
    assert rows(site) == [("Ada", version[1])]
    site.client.post(f"{own}/wording", data={"version": version[1]})
    kept = json.loads(site.client.get(f"{own}/download").data)
    assert [consent["act"] for consent in kept["consents"]] == ["signed", "confirmed", "agreed"]
    assert kept["consents"][-1]["wording_version"] == version[1]
    assert kept["consents"][-1]["sentence"].startswith("By signing you agree")
    assert SECOND in " ".join(kept["petition_signed"]["paragraphs"])
    assert "earlier wording" not in client.get(f"{BASE}/texts").text


def test_words_that_changed_once_more_are_read_again_before_anything_moves(
    site: Site, client: FlaskClient
) -> None:
    own = sign(site, "Ada")
    first = rows(site)[0][1]
    reword(client)
    site.pass_time(seconds=10)
    version = re.search(r'name="version" value="(\w+)"', site.client.get(own).text)
    assert version is not None
    reword(client, "save", (SECOND, "to fund nothing at all"))
    site.pass_time(seconds=10)

    answer = site.client.post(f"{own}/wording", data={"version": version[1]})

    assert answer.status_code == 409
    assert "The petition changed again" in answer.text
    assert "to fund nothing at all" in words(answer.text)
    assert rows(site) == [("Ada", first)]


def test_whoever_withdrew_or_signed_a_closed_petition_is_not_asked(
    site: Site, client: FlaskClient
) -> None:
    own = sign(site, "Ada")
    reword(client)
    site.pass_time(seconds=10)
    version = re.search(r'name="version" value="(\w+)"', site.client.get(own).text)
    assert version is not None
    site.client.post(f"{own}/withdraw")

    assert "I agree to the new text" not in site.client.get(own).text
    assert site.client.post(f"{own}/wording", data={"version": version[1]}).status_code == 410
    assert rows(site)[0][1] != version[1]


def test_a_household_signed_in_spanish_reads_what_it_signed_in_spanish(
    site: Site, client: FlaskClient
) -> None:
    page = site.client.get("/c/section-907/?lang=es")
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    data = site.form(first_name="Ada", email="ada@example.org") | {"lang": "es"}
    site.client.post("/c/section-907/sign?lang=es", data=data)
    site.client.post(site.mailed_path("/confirm/"))
    own = site.mailed_path("/me/")
    reword(client)
    site.pass_time(seconds=10)
    # The English text alone was changed: what was signed in Spanish stands.
    assert 'name="version"' not in site.client.get(own).text
