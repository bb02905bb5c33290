"""A site that runs goes on with the last good texts; one that starts serves what can be used."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from campaign import paths
from campaign.packs.registry import CampaignRegistry
from campaign.web import wsgi
from campaign.web.app import create_app
from campaign.web.core.services import KEY
from tests.packs.spoiling import SPOILED, Spoil
from tests.web.organize.signing_in import signed_in
from tests.web.whole_site import NOON, PETITION, Site, figures, make_settings, make_site

BUNDLED = paths.data() / "campaigns" / "section-907"
PASTED = 'url = "https://[www.x.gov](https://www.x.gov)"'


def _own(home: Path, name: str = "section-907") -> Path:
    folder = home / "campaigns" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BUNDLED, folder)
    return folder


def _paste(folder: Path) -> None:
    text = (folder / "facts.toml").read_text(encoding="utf-8")
    old = next(row for row in text.splitlines() if row.startswith("url ="))
    (folder / "facts.toml").write_text(text.replace(old, PASTED, 1), encoding="utf-8")


def _look_again(site: Site) -> None:
    registry = site.app.extensions[KEY].campaigns
    assert isinstance(registry, CampaignRegistry)
    registry.rescan()
    site.app.extensions["pages"].forget()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Site]:
    """A site with its own copy of the campaign, whose pages were read."""
    folder = _own(tmp_path)
    made = make_site(tmp_path)
    assert made.client.get(PETITION).status_code == 200
    assert folder.is_dir()
    yield made
    made.database.dispose()


def test_a_pasted_link_leaves_the_last_good_texts_and_is_reported(running: Site) -> None:
    before = running.client.get(PETITION + "facts").text
    _paste(running.settings.campaigns_folder / "section-907")
    _look_again(running)

    assert running.client.get("/readyz").status_code == 200
    assert running.client.get(PETITION).status_code == 200
    assert running.client.get(PETITION + "facts").text == before
    overview = signed_in(running, "owner").get("/organize/section-907/").text
    assert "keeps the last valid texts" in overview
    assert "facts.toml:8" in overview


def test_each_process_of_a_site_keeps_the_last_good_texts(tmp_path: Path) -> None:
    """A server runs several, and a bad edit may come before a process had its first visitor."""
    folder = _own(tmp_path, "ours")
    first = make_site(tmp_path)
    second = wsgi.create(make_settings(tmp_path))
    _paste(folder)

    second.extensions[KEY].campaigns.rescan()

    assert second.test_client().get("/c/ours/").status_code == 200
    first.database.dispose()
    second.extensions[KEY].database.dispose()


def test_a_site_that_starts_with_a_bad_campaign_serves_the_others(tmp_path: Path) -> None:
    _paste(_own(tmp_path))
    _own(tmp_path, "other")
    site = make_site(tmp_path)

    assert site.client.get("/readyz").status_code == 200
    assert site.client.get("/c/other/").status_code == 200
    assert site.client.get(PETITION).status_code == 503
    for path in ("/", "/privacy", "/accessibility", "/robots.txt"):
        assert site.client.get(path).status_code in {200, 302}
    listed = signed_in(site, "owner").get("/organize/").text
    assert "section-907 cannot be shown" in listed
    assert "facts.toml:8" in listed
    site.database.dispose()


@pytest.fixture(scope="module")
def one_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site whose campaign is spoiled over and over."""
    home = Path(tmp_path_factory.mktemp("site"))
    _own(home)
    made = make_site(home)
    yield made
    made.database.dispose()


@settings(max_examples=60, deadline=None)
@given(spoil=SPOILED)
def test_no_file_takes_a_running_site_down(one_site: Site, spoil: Spoil) -> None:
    folder = _own(one_site.settings.home)
    _look_again(one_site)
    assert one_site.client.get(PETITION).status_code == 200
    spoil(folder)
    _look_again(one_site)

    published = one_site.app.extensions[KEY].campaigns.every(NOON)[0].published

    for path in ("", "facts", "write", "members", "updates", "share", "theme.css"):
        assert one_site.client.get(PETITION + path).status_code == (200 if published else 404)
    assert one_site.client.get("/readyz").status_code == (200 if published else 503)
    form = figures(one_site.client.get("/c/section-907.json")) if published else {}
    assert not published or form["organizer"]


def test_a_signer_reaches_their_data_while_the_campaign_cannot_be_shown(tmp_path: Path) -> None:
    folder = _own(tmp_path)
    before = make_site(tmp_path)
    before.sign()
    before.client.post(before.mailed_path("/confirm/"))
    own = before.mailed_path("/me/")
    leave = before.mailed_path("/unsubscribe/")
    _paste(folder)
    site = Site(
        create_app(before.settings, database=before.database, clock=lambda: NOON),
        before.settings,
        before.database,
    )
    assert site.client.get(PETITION).status_code == 503

    assert site.client.get(own).status_code == 200
    assert site.client.get(own + "/download").status_code == 200
    assert site.client.get(leave).status_code == 200
    assert site.client.post(leave).status_code in {200, 303}
    assert site.client.get(own + "/erase").status_code == 200
    assert site.client.post(own + "/erase").status_code in {200, 303}
    before.database.dispose()
