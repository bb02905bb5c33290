"""Who pays, and the disclosure line: on every page, widget, mail and answer of the API."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from lxml import etree, html
from PIL import Image

from tests.web.copied_campaign import add_campaign
from tests.web.letter_builder import a_letter
from tests.web.test_rights import ask
from tests.web.whole_site import PETITION, Site, is_taken, make_site

LINE = "Distributed by River Friends on behalf of the Example Institute of Exampleland."
SPANISH = "Distribuido por River Friends por cuenta del Instituto Ejemplo de Ejemplolandia."
PAYER = {
    "en": "Paid for by River Friends.",
    "es": "Pagado por River Friends.",
    "hy": "Ֆինանսավորող՝ River Friends։",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = disclosing(tmp_path, LINE)
    yield made
    made.database.dispose()


def disclosing(tmp_path: Path, line: str) -> Site:
    """Return a site whose campaign prints a disclosure line, and has an update."""
    home = tmp_path / "home"
    folder = add_campaign(home, "section-907")
    settings = folder / "campaign.toml"
    funding = (
        '\n[funding]\npaid_for_by = "River Friends"\nforeign_principal = true\n'
        f'disclosure = "{line}"\ndisclosure_es = "{SPANISH}"\n'
    )
    settings.write_text(settings.read_text(encoding="utf-8") + funding, encoding="utf-8")
    (folder / "updates").mkdir(exist_ok=True)
    update = '+++\ntitle = "The report is late"\n+++\n\nIt was due in June.\n'
    (folder / "updates" / "2026-06-20-report.md").write_text(update, encoding="utf-8")
    return make_site(home)


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


def test_mail_about_ones_own_data_has_it(site: Site) -> None:
    assert is_taken(site.sign())
    site.client.post(site.mailed_path("/confirm/"))
    assert ask(site, "ani@example.org") == 303
    site.client.post(f"{site.mailed_path('/me/')}/erase")

    found = {str(mail["Subject"]): mail for mail in site.mails()}

    for subject, mail in found.items():
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                assert " ".join(part.get_content().split()).count(LINE) == 1, subject
    assert any("erased" in subject for subject in found)
    assert len(found) >= 4


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_each_calendar_file_has_it(site: Site, language: str) -> None:
    line = SPANISH if language == "es" else LINE
    for path in ("call/D000618/reminder.ics", "contacted/D000618/follow-up.ics"):
        answer = site.client.get(f"{PETITION}{path}?lang={language}")

        (event,) = Calendar.from_ical(answer.data).events

        assert str(event["description"]).endswith(f"\n\n{PAYER[language]} {line}"), path


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_entry_of_the_feed_has_it(tmp_path: Path, language: str) -> None:
    odd = "Distributed by Rivers & <Friends> for the Example Institute."
    site = disclosing(tmp_path, odd)

    feed = etree.fromstring(site.client.get(f"{PETITION}feed.atom?lang={language}").data)

    atom = "{http://www.w3.org/2005/Atom}"
    line = SPANISH if language == "es" else odd
    assert feed.findtext(f"{atom}subtitle", "").endswith(f" {PAYER[language]} {line}")
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == 1
    for entry in entries:
        shown = html.fromstring(entry.findtext(f"{atom}content") or "")
        assert shown.xpath("string(.//p[@class='disclosure'])") == line
        assert "It was due in June." in str(shown.xpath("string()"))
    site.database.dispose()


def test_the_picture_of_a_shared_link_has_it(site: Site, tmp_path: Path) -> None:
    plain = make_site(tmp_path / "plain")
    with_line, without = (each.client.get(f"{PETITION}card.png").data for each in (site, plain))

    # The line is below the bar, where nothing else is.
    below = [
        len(Image.open(io.BytesIO(made)).convert("RGB").crop((0, 545, 1200, 578)).getcolors() or ())
        for made in (with_line, without)
    ]
    assert below[0] != below[1]
    plain.database.dispose()


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
