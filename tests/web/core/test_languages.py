"""The language comes from the address alone, is kept by every link, and never lies about itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.whole_site import PETITION, Site, make_site


@pytest.fixture
def spanish(tmp_path: Path) -> Iterator[Site]:
    """A site that offers Spanish, whatever catalogs are shipped."""
    made = make_site(tmp_path)
    made.app.extensions["languages"] = {"en": "English", "es": "Español"}
    yield made
    made.database.dispose()


def test_a_language_is_kept_by_links_and_by_the_form(spanish: Site) -> None:
    body = spanish.client.get(PETITION + "?lang=es").text

    assert '<html lang="es">' in body
    assert 'action="/c/section-907/sign?lang=es"' in body
    assert 'href="/privacy?lang=es"' in body
    assert 'href="/c/section-907/facts?lang=es"' in body
    assert "?lang=es" not in body.split('rel="icon"')[0].split('rel="stylesheet"')[1]


def test_the_campaigns_own_words_come_in_the_language(spanish: Site) -> None:
    body = spanish.client.get(PETITION + "?lang=es").text

    assert "Ninguna ayuda militar" in body


def test_signing_stays_in_the_language(spanish: Site) -> None:
    response = spanish.client.post(PETITION + "sign?lang=es", data=spanish.form())

    assert response.status_code == 200
    assert '<html lang="es"' in response.text


def test_every_page_offers_the_other_languages(spanish: Site) -> None:
    body = spanish.client.get("/privacy").text

    assert '<a href="/privacy?lang=es" lang="es" hreflang="es" data-offer="Esta página' in body
    assert '<a href="/privacy" lang="en"' in spanish.client.get("/privacy?lang=es").text


def test_what_is_english_on_a_spanish_page_says_so(spanish: Site) -> None:
    body = spanish.client.get(PETITION + "?lang=es").text

    assert body.count('<section class="story"') == 1
    assert ' lang="en">' in body.split('<section class="story"')[1][:120]


def test_a_browsers_own_language_changes_nothing(spanish: Site) -> None:
    plain = spanish.client.get(PETITION)
    asking = spanish.client.get(PETITION, headers={"Accept-Language": "es"})

    assert plain.data == asking.data


def test_the_back_office_is_in_english_whatever_its_address_says(spanish: Site) -> None:
    page = spanish.client.get("/organize/log-in?lang=es").text

    assert '<html lang="en">' in page
    assert "lang=es" not in page


def test_a_language_without_a_catalog_is_not_offered(site: Site) -> None:
    site.app.extensions["languages"] = {"en": "English"}

    body = site.client.get(PETITION + "?lang=es").text

    assert '<html lang="en">' in body
    assert "hreflang" not in body
