"""The draft of a whole campaign: kept, checked when it is published, shared by link, discarded."""

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.organizing import campaign_zip
from campaign.store import models
from tests.web.organize.signing_in import add_account, logged_in, post, signed_in
from tests.web.whole_site import PETITION, Site, make_site

TEXTS = "/organize/section-907/texts"
DRAFT = "/organize/section-907/draft"


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A new site on each database."""
    made = make_site(tmp_path / "home", database_url=database_url)
    yield made
    made.database.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def opened(client: FlaskClient, file: str) -> dict[str, str]:
    """Return what the editor's form of a file holds."""
    page = client.get(f"{TEXTS}/edit/{file}").text
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)
    assert text is not None
    hidden = dict(re.findall(r'name="(seen|base)" value="(\w*)"', page))
    return {"text": unescape(text[1]), **hidden}


def keep(client: FlaskClient, file: str, old: str, new: str) -> None:
    """Save a changed text to the draft."""
    form = opened(client, file)
    assert old in form["text"]
    form["text"] = form["text"].replace(old, new, 1)
    answer = post(client, f"{TEXTS}/edit/{file}", {**form, "act": "draft"})
    assert answer.status_code == 303


def seen(client: FlaskClient) -> dict[str, str]:
    """Return the fingerprint that the forms of the draft's page carry."""
    found = re.search(r'name="seen" value="(\w+)"', client.get(DRAFT).text)
    assert found is not None
    return {"seen": found[1]}


def publish(client: FlaskClient, **more: str) -> Any:
    return post(client, f"{DRAFT}/publish", {**seen(client), **more})


def actions(site: Site) -> list[str]:
    with site.database.reading() as connection:
        return list(connection.scalars(sa.select(models.audit.c.action)))


# -- Many files at once ----------------------------------------------------------------------------


def test_a_draft_of_two_texts_is_in_use_only_once_it_is_published(
    site: Site, client: FlaskClient
) -> None:
    # Alone, neither change passes: the point's only fact would be cited before it exists.
    keep(client, "points.md", "\n## ", "\nThis was said.[^new-fact]\n\n## ")
    fact = (
        '\n[[fact]]\nid = "new-fact"\nclaim = "This was said on June 15, 2026."\n'
        'event_date = "2026-06-15"\nattribution = "A report"\npublisher = "A paper"\n'
        'url = "https://news.example.org/report"\nsource_date = "2026-06-15"\n'
        'verified_on = 2026-06-20\nreview_by = ""\nstatus = "verified"\n\n[[fact]]\n'
    )
    keep(client, "facts.toml", "\n[[fact]]\n", fact)
    before = client.get(f"{TEXTS}/edit/points.md").text

    answer = publish(client)

    assert "This is the draft of this text" in before
    assert answer.status_code == 303
    own = site.settings.campaigns_folder / "section-907"
    assert "new-fact" in (own / "points.md").read_text(encoding="utf-8")
    assert "new-fact" in (own / "facts.toml").read_text(encoding="utf-8")
    assert "The draft is empty" in client.get(DRAFT).text
    assert {"draft-edited", "texts-edited"} <= set(actions(site))


def test_a_draft_that_does_not_pass_stays_and_names_file_and_line(
    site: Site, client: FlaskClient
) -> None:
    keep(client, "points.md", "\n## ", "\nThis was said.[^no-such-fact]\n\n## ")
    keep(client, "story.md", "\n", "\nThat too.[^nor-that]\n")

    answer = publish(client)

    assert answer.status_code == 422
    links = re.findall(
        r'href="(/organize/[^"]+line=\d+)">((?:points|story)\.md:\d+: [^<]+)', answer.text
    )
    assert {words.partition(":")[0] for _, words in links} == {"points.md", "story.md"}
    assert re.search(r'id="error-summary"[^>]* autofocus', answer.text)
    place = client.get(unescape(links[0][0]))
    assert place.status_code == 200
    assert re.search(r'id="error-summary"[^>]* autofocus', place.text)
    assert re.search(r"<code>[^<]*\[\^(no-such-fact|nor-that)\]", place.text)
    assert not (site.settings.campaigns_folder / "section-907").exists()
    assert "no-such-fact" in opened(client, "points.md")["text"]


def test_the_second_of_two_editors_is_warned_and_keeps_what_was_typed(
    site: Site, client: FlaskClient
) -> None:
    other = logged_in(site, add_account(site, "organizer", name="Second Editor"))
    mine = opened(client, "story.md")
    keep(other, "story.md", "\n", "\nTheirs.\n")

    answer = post(
        client,
        f"{TEXTS}/edit/story.md",
        {**mine, "text": mine["text"] + "\nMine.\n", "act": "draft"},
    )

    assert answer.status_code == 422
    assert "Someone else has changed this text" in answer.text
    assert "Mine." in answer.text
    assert "Theirs." in opened(client, "story.md")["text"]
    assert "by Second Editor" in client.get(DRAFT).text


@pytest.mark.parametrize("action", ["publish", "discard", "zip"])
def test_an_action_on_a_draft_that_has_changed_since_is_refused(
    client: FlaskClient, action: str
) -> None:
    earlier = seen(client)
    keep(client, "story.md", "\n", "\nLater.\n")
    given: dict[str, Any] = dict(earlier)
    if action == "zip":
        given["zip"] = (io.BytesIO(client.get(f"{DRAFT}/campaign.zip").data), "campaign.zip")

    answer = post(client, f"{DRAFT}/{action}", given)

    assert answer.status_code == 422
    assert "Someone else has changed the draft" in answer.text
    assert "Later." in opened(client, "story.md")["text"]


def test_a_draft_does_not_undo_a_later_edit_of_the_text_in_use(
    site: Site, client: FlaskClient
) -> None:
    form = opened(client, "story.md")
    keep(client, "story.md", "\n", "\nDrafted.\n")
    text = form["text"].replace("\n", "\nIn use.\n", 1)
    post(client, f"{TEXTS}/edit/story.md", {**form, "text": text, "act": "save"})

    refused = publish(client)
    again = opened(client, "story.md")
    post(client, f"{TEXTS}/edit/story.md", {**again, "act": "draft"})
    accepted = publish(client)

    assert refused.status_code == 422
    assert "Someone else has changed this text" in refused.text
    assert accepted.status_code == 303


def test_a_discarded_draft_leaves_the_texts_in_use(site: Site, client: FlaskClient) -> None:
    keep(client, "story.md", "\n", "\nDrafted.\n")

    post(client, f"{DRAFT}/discard", seen(client))

    assert "Drafted." not in opened(client, "story.md")["text"]
    assert "draft-discarded" in actions(site)


# -- Languages -------------------------------------------------------------------------------------


def test_a_language_is_dropped_and_added_again(site: Site, client: FlaskClient) -> None:
    post(client, f"{DRAFT}/languages", {"drop": "es"})
    dropped = publish(client)
    site.pass_time(seconds=3)
    without = site.client.get(PETITION + "?lang=es").text
    post(client, f"{DRAFT}/languages", {"add": "es"})
    added = opened(client, "petition.es.md")["text"]

    assert dropped.status_code == 303
    assert not (site.settings.campaigns_folder / "section-907" / "petition.es.md").exists()
    assert "conserve su nombre" not in without
    assert "conserve su nombre" in added
    assert publish(client).status_code == 303


def test_english_is_never_dropped(client: FlaskClient) -> None:
    assert post(client, f"{DRAFT}/languages", {"drop": "en"}).status_code == 422
    assert post(client, f"{DRAFT}/languages", {"add": "fr"}).status_code == 422


# -- Preview links ---------------------------------------------------------------------------------


def link(client: FlaskClient) -> str:
    made = post(client, f"{DRAFT}/link", {"act": "make"})
    found = re.search(r"(/preview/[\w-]+)", made.text)
    assert found is not None
    assert made.headers["Cache-Control"] == "no-store"
    return found[1]


def test_a_preview_link_shows_the_draft_until_it_is_withdrawn(
    site: Site, client: FlaskClient
) -> None:
    keep(client, "story.md", "\n", "\nSeen by link only.\n")
    path = link(client)

    shown = site.client.get(path)
    assert 'href="facts' not in shown.text
    post(client, f"{DRAFT}/link", {"act": "withdraw"})
    gone = site.client.get(path)

    assert "Seen by link only." in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "Seen by link only." not in site.client.get(PETITION).text
    assert gone.status_code == 410
    assert "Seen by link only." not in gone.text
    assert {"preview-shared", "preview-withdrawn"} <= set(actions(site))


def test_a_new_preview_link_ends_the_earlier_one(site: Site, client: FlaskClient) -> None:
    first, second = link(client), link(client)

    assert site.client.get(first).status_code == 410
    assert site.client.get(second).status_code == 200


def test_a_preview_of_a_draft_that_does_not_pass_shows_nothing_of_it(
    site: Site, client: FlaskClient
) -> None:
    keep(client, "points.md", "\n## ", "\nThis was said.[^no-such-fact]\n\n## ")

    shown = site.client.get(link(client))

    assert shown.status_code == 409
    assert "This was said" not in shown.text


# -- ZIP -------------------------------------------------------------------------------------------


def upload(client: FlaskClient, raw: bytes) -> Any:
    return post(client, f"{DRAFT}/zip", {**seen(client), "zip": (io.BytesIO(raw), "it.zip")})


def zipped(*entries: tuple[zipfile.ZipInfo | str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return stream.getvalue()


def test_a_campaign_goes_down_and_up_again_as_a_zip(site: Site, client: FlaskClient) -> None:
    whole = client.get(f"{DRAFT}/campaign.zip")
    files = campaign_zip.unpack(whole.data)
    files["story.md"] += "\nBy ZIP.\n"
    del files["petition.es.md"]

    unchanged = upload(client, whole.data)
    empty = client.get(DRAFT).text
    upload(client, campaign_zip.pack("clinics", files))
    answer = publish(client)

    assert whole.mimetype == "application/zip"
    assert unchanged.status_code == 303
    assert "The draft is empty" in empty
    assert answer.status_code == 303
    own = site.settings.campaigns_folder / "section-907"
    assert (own / "story.md").read_text(encoding="utf-8").endswith("By ZIP.\n")
    assert not (own / "petition.es.md").exists()


def test_a_zip_does_not_change_whether_the_campaign_is_public(client: FlaskClient) -> None:
    files = campaign_zip.unpack(client.get(f"{DRAFT}/campaign.zip").data)
    settings = files["campaign.toml"]
    files["campaign.toml"] = settings.replace("published = true", "published = false")
    assert files["campaign.toml"] != settings

    upload(client, campaign_zip.pack("section-907", files))

    assert "The draft is empty" in client.get(DRAFT).text


def a_link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("it/story.md")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"No ZIP.",
        zipped(("it/campaign.toml", ""), ("it/../../story.md", "Out.")),
        zipped(("/campaign.toml", ""), ("/etc/story.md", "Out.")),
        zipped(("it/campaign.toml", ""), ("it/..\\story.md", "Out.")),
        zipped(("it/campaign.toml", ""), ("it/run.sh", "Run.")),
        zipped(("it/campaign.toml", ""), (a_link(), "/etc/passwd")),
        zipped(("it/campaign.toml", ""), ("it/story.md", "a" * 10_000_000)),
        zipped(("it/campaign.toml", ""), ("it/story.md", "\0")),
        zipped(("it/story.md", "No settings.")),
        zipped(("campaign.toml", ""), *((f"updates/2026-01-01-{n}.md", "") for n in range(300))),
    ],
    ids=["nothing", "no-zip", "parent", "absolute", "backslash", "other-name", "symlink", "bomb",
         "control", "no-settings", "many"],
)  # fmt: skip
def test_a_zip_that_is_no_campaign_folder_is_refused(client: FlaskClient, raw: bytes) -> None:
    answer = upload(client, raw)

    assert answer.status_code == 422
    assert 'href="#zip"' in answer.text
    assert "The draft is empty" in client.get(DRAFT).text


# -- Archive ---------------------------------------------------------------------------------------


def test_an_archived_campaign_is_not_public_and_signers_keep_their_rights(
    site: Site, client: FlaskClient
) -> None:
    site.sign()
    confirm = site.mailed_path("/confirm/")
    site.client.post(confirm)
    own = site.mailed_path("/me/")

    post(client, f"{TEXTS}/archive")
    site.pass_time(seconds=3)

    assert site.client.get(PETITION).status_code == 404
    assert "section-907" not in site.client.get("/api/v1/campaigns").text
    assert site.client.get(own).status_code == 200
    assert site.client.get(f"{own}/erase").status_code == 200
    assert "This campaign is archived" in client.get(TEXTS).text
    assert "campaign-archived" in actions(site)

    refused = publish(client, public="yes")
    assert refused.status_code == 422
    assert "Before you publish, say under [funding] who pays" in unescape(refused.text)
    assert site.client.get(PETITION).status_code == 404

    answer = '[funding]\npaid_for_by = "River Friends"\nforeign_principal = false\n\n[[bill]]'
    keep(client, "campaign.toml", "[[bill]]", answer)
    assert publish(client, public="yes").status_code == 303
    site.pass_time(seconds=3)
    assert site.client.get(PETITION).status_code == 200
