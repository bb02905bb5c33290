"""The demonstration says that it is one, and shows its mail; nothing else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, make_site


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path, env="demo")
    yield site
    site.database.dispose()


def test_every_page_says_that_it_is_a_demonstration(demo: Site) -> None:
    for path in (PETITION, PETITION + "signed", "/privacy", "/nowhere"):
        assert "Every signer here is made up" in words(demo.client.get(path).text)


def test_the_outbox_shows_the_mail_with_its_link(demo: Site) -> None:
    assert "No emails yet" in words(demo.client.get("/demo/outbox").text)

    demo.sign()
    path = demo.mailed_path("/confirm/")

    page = demo.client.get("/demo/outbox")
    assert "ani@example.org" in page.text
    assert f'<a href="http://localhost{path}"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_real_site_has_no_such_page(site: Site) -> None:
    assert site.client.get("/demo/outbox").status_code == 404
    assert "made up" not in site.client.get(PETITION).text
