"""Who pays, and the disclosure line: on every page, widget, mail and answer of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.copied_campaign import add_campaign
from tests.web.letter_builder import a_letter
from tests.web.whole_site import PETITION, Site, make_site

LINE = "Distributed by River Friends on behalf of the Example Institute of Exampleland."
SPANISH = "Distribuido por River Friends por cuenta del Instituto Ejemplo de Ejemplolandia."
PAYER = {
    "en": "Paid for by River Friends.",
    "es": "Pagado por River Friends.",
    "hy": "Ֆինանսավորող՝ River Friends։",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    home = tmp_path / "home"
    folder = add_campaign(home, "section-907")
    settings = folder / "campaign.toml"
    funding = (
        '\n[funding]\npaid_for_by = "River Friends"\nforeign_principal = true\n'
        f'disclosure = "{LINE}"\ndisclosure_es = "{SPANISH}"\n'
    )
    settings.write_text(settings.read_text(encoding="utf-8") + funding, encoding="utf-8")
    made = make_site(home)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_each_page_and_the_widget_has_it_in_its_language(site: Site, language: str) -> None:
    line = SPANISH if language == "es" else LINE
    marked = f'<p class="disclosure" lang="en">{LINE}</p>'

    for path in ("", "write", "facts", "share", "embed", "updates", "editor", "map"):
        page = site.client.get(f"/c/section-907/{path}?lang={language}", follow_redirects=True).text
        assert PAYER[language] in page, path
        assert page.count(line) == 1, path
        assert (marked in page) == (language == "hy"), path


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_each_mail_has_it_as_text_and_html(site: Site, language: str) -> None:
    site.client.post(f"{PETITION}sign?lang={language}", data=site.form())

    (mail,) = site.mails()
    bodies = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]

    assert len(bodies) == 2
    line = SPANISH if language == "es" else LINE
    assert all(line in " ".join(body.split()) for body in bodies)
    assert all(PAYER[language] in " ".join(body.split()) for body in bodies)


def test_the_sheet_of_paper_in_the_builder_has_it(site: Site) -> None:
    page = site.client.post("/c/section-907/write", data=a_letter()).text

    assert f'<p class="small">{LINE}</p>' in page


def test_each_answer_of_the_api_has_it(site: Site) -> None:
    for path in (
        "/c/section-907.json",
        "/api/v1/campaigns/section-907",
        "/api/v1/campaigns",
        "/api/v1/members?zip=59001&campaign=section-907",
    ):
        assert f'"disclosure":"{LINE}"' in site.client.get(path).text, path
    assert '"paid_for_by":"River Friends"' in site.client.get("/c/section-907.json").text
