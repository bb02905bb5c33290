"""What happened: the page and the feed."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from campaign import paths
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, make_site

FEED, UPDATES = PETITION + "feed.atom", PETITION + "updates"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def eventful(tmp_path: Path) -> Site:
    """A site whose campaign has news, one piece of it for a later day, and an outcome."""
    folder = tmp_path / "campaigns" / "section-907"
    shutil.copytree(paths.data() / "campaigns" / "section-907", folder)
    (folder / "updates").mkdir(exist_ok=True)
    for day, title, text in (
        ("2026-06-01-first", "We began", "The petition is open & read < widely."),
        ("2026-06-20-hearing", "A hearing was held", "It was **public**."),
        ("2026-08-01-later", "Not yet", "This lies ahead."),
    ):
        (folder / "updates" / f"{day}.md").write_text(
            f'+++\ntitle = "{title}"\n+++\n\n{text}\n', encoding="utf-8"
        )
    (folder / "outcome.md").write_text("The committee answered.\n", encoding="utf-8")
    return make_site(tmp_path)


def test_the_feed_is_atom_with_the_latest_first(eventful: Site) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have."""
    response = eventful.client.get(FEED)

    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.data)
    assert feed.tag == ATOM + "feed"
    assert feed.findtext(ATOM + "title")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert feed.findtext(ATOM + "updated") == "2026-06-20T04:00:00Z"
    links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
    assert links["self"] == "http://localhost" + FEED == feed.findtext(ATOM + "id")
    assert links["alternate"] == "http://localhost" + UPDATES
    entries = feed.findall(ATOM + "entry")
    assert [entry.findtext(ATOM + "title") for entry in entries] == [
        "A hearing was held",
        "We began",
    ]
    assert [entry.findtext(ATOM + "id") for entry in entries] == [
        "tag:localhost,2026-06-20:section-907/2026-06-20-hearing",
        "tag:localhost,2026-06-01:section-907/2026-06-01-first",
    ]
    assert all(entry.findtext(ATOM + "updated") for entry in entries)


def test_an_entry_carries_its_text_as_escaped_html(eventful: Site) -> None:
    feed = ElementTree.fromstring(eventful.client.get(FEED).data)

    content = [entry.find(ATOM + "content") for entry in feed.findall(ATOM + "entry")]

    assert [found.get("type") for found in content if found is not None] == ["html", "html"]
    assert content[0] is not None
    assert "It was <strong>public</strong>." in (content[0].text or "")
    assert content[1] is not None
    assert "open &amp; read &lt; widely." in (content[1].text or "")


def test_an_entry_leads_to_its_place_on_the_page(eventful: Site) -> None:
    feed = ElementTree.fromstring(eventful.client.get(FEED).data)
    page = eventful.client.get(UPDATES).text

    for entry in feed.findall(ATOM + "entry"):
        link = entry.find(ATOM + "link")
        assert link is not None
        _, _, anchor = (link.get("href") or "").partition("#")
        assert f'id="{anchor}"' in page


def test_the_page_tells_the_outcome_and_every_update_so_far(eventful: Site) -> None:
    said = words(eventful.client.get(UPDATES).text)

    assert "The committee answered." in said
    assert said.index("A hearing was held") < said.index("We began")
    assert "June 20, 2026" in said
    assert "Not yet" not in said


def test_a_campaign_without_news_has_a_valid_feed_and_a_page_that_says_so(
    client: FlaskClient,
) -> None:
    feed = ElementTree.fromstring(client.get(FEED).data)

    assert feed.findall(ATOM + "entry") == []
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT0[45]:00:00Z", feed.findtext(ATOM + "updated") or "")
    assert "No updates yet." in words(client.get(UPDATES).text)


def test_a_reader_that_has_the_feed_gets_304(eventful: Site) -> None:
    first = eventful.client.get(FEED)

    again = eventful.client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"].startswith("public")
    assert again.status_code == 304
    assert again.data == b""


def test_public_pages_lead_feed_readers_to_the_feed(eventful: Site) -> None:
    for path in (PETITION, UPDATES, PETITION + "share"):
        body = eventful.client.get(path).text
        assert 'type="application/atom+xml"' in body
        assert f'href="{FEED}"' in body
