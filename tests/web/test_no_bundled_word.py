"""Nothing that a fresh campaign makes has a word of the bundled one, in any language.

Every public address, mail, letter, sheet, packet and answer of the API is read.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign import paths
from campaign.cli.packet import write_packets
from campaign.delivery import messages
from campaign.delivery.messages import News
from campaign.letters.print import signup_sheet
from campaign.organizing.connect import api_keys
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.web.core.organizer_paths import is_back_office
from tests.letters.reading import words_of
from tests.packs.test_new_campaign import BUNDLED_WORDS
from tests.web.letter_builder import a_letter
from tests.web.made_site import words
from tests.web.organize.signing_in import add_account, logged_in
from tests.web.test_new_campaign import publish
from tests.web.whole_site import Site, make_site

LANGUAGES = ("en", "es", "hy")
HOME = "/c/clinics/"

#: What stands in an address for the campaign, a member of Montana's, and Montana.
_VALUES = {
    "name": "clinics",
    "bioguide": "D000618",
    "recipient": "D000618",
    "state": "MT",
    "place": "MT-1",
}
#: Secret links lead to what the mails' tests open; files of the site belong to no campaign.
_APART = {"token", "ticket", "path", "_rest", "webhook", "id"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site whose only public campaign is a fresh one, in all languages."""
    bundled = paths.data() / "campaigns" / "section-907"
    new_campaign.copy("section-907", tmp_path / "campaigns", bundled)  # not published
    publish(tmp_path, *LANGUAGES)
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


def assert_own(where: str, text: str) -> None:
    """Fail where a text has a word of the bundled campaign; telephone numbers do not count."""
    assert BUNDLED_WORDS.findall(re.sub(r"\d{3}-\d{3}-\d{4}", "", text)) == [], where


def readable(answer: TestResponse) -> str:
    """Return what people read of an answer."""
    if answer.mimetype == "text/html":
        return words(answer.text)
    return "" if (answer.mimetype or "").startswith("image/") else answer.text


def path_of(rule: Rule, **values: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: (_VALUES | values)[found[1]], rule.rule)


def public_rules(site: Site) -> Iterable[Rule]:
    """Yield the public addresses that answer GET and need no secret."""
    for rule in site.app.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and not is_back_office(rule.rule)
            and not rule.rule.startswith("/organise")
            and not _APART & rule.arguments
        ):
            yield rule


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_address_and_answer_of_the_api(site: Site, language: str) -> None:
    _, key = api_keys.create(
        site.database,
        "clinics",
        name="Tests",
        scopes=tuple(api_keys.SCOPES),
        expires_at=None,
        actor="cli:tests",
        now=site.time[0],
    )
    read: list[tuple[int, str]] = []
    for rule in public_rules(site):
        path = path_of(rule)
        answer = site.client.get(
            f"{path}?lang={language}",
            headers={"OSDI-API-Token": key} if path.startswith("/api/") else {},
            follow_redirects=True,
        )
        assert answer.status_code < 500, path
        assert_own(path, readable(answer))
        read.append((answer.status_code, path))

    assert {path for status, path in read if status == 200} >= {
        "/", HOME, f"{HOME}write", f"{HOME}facts", f"{HOME}map", f"{HOME}call/D000618",
        "/c/clinics.json", "/api/v1/campaigns/clinics",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_of_a_signature_and_every_page_that_it_leads_to(
    site: Site, language: str
) -> None:
    sign(site, language)
    read = [site.client.get(site.mailed_path("/confirm/"))]
    read.append(site.client.post(site.mailed_path("/confirm/"), follow_redirects=True))
    sign(site, language)  # once more: the mail says that the address has signed
    token = re.search(r'name="token"[^>]*value="([^"]+)"', site.client.get("/me").text)
    assert token is not None
    site.client.post(f"/me?lang={language}", data={"email": "bo@example.org", "token": token[1]})
    own = site.mailed_path("/me/")
    read += [site.client.get(f"{own}{page}") for page in ("", "/download", "/withdraw", "/erase")]
    read.append(site.client.get(site.mailed_path("/unsubscribe/")))
    read.append(site.client.post(f"{own}/erase"))

    for answer in read:
        assert answer.status_code == 200
        assert_own(answer.request.path, readable(answer))
    mails = site.mails()
    assert len(mails) >= 4
    for mail in mails:
        assert_own(str(mail["Subject"]), str(mail["Subject"]) + str(mail["From"]))
        for part in mail.walk():
            if part.get_content_maintype() == "text":
                body = part.get_content()
                is_page = part.get_content_subtype() == "html"
                without_links = re.sub(r"https?://\S+", "", body)
                assert_own(str(mail["Subject"]), words(body) if is_page else without_links)


def sign(site: Site, language: str) -> None:
    token = re.search(r'name="token"[^>]*value="([^"]+)"', site.client.get(HOME).text)
    assert token is not None
    answer = site.client.post(
        f"{HOME}sign?lang={language}",
        data={
            "first_name": "Bo", "last_name": "Doe", "email": "bo@example.org", "zip": "59001",
            "mail_opt_in": "y", "token": token[1],
        },
        follow_redirects=True,
    )  # fmt: skip
    assert answer.status_code == 200
    assert_own("signed", readable(answer))


@pytest.mark.parametrize("kind", ["pdf", "docx", "txt", "html"])
def test_every_letter_as_a_file(site: Site, tmp_path: Path, kind: str) -> None:
    typed = a_letter(points=["position", "community"], personal="", first_name="Bo")
    answer = site.client.post(
        f"{HOME}write", data={**typed, "last_name": "Doe", "action": f"{kind}:all"}
    )

    assert answer.status_code == 200
    if kind == "pdf":
        text = words_of(answer.data, tmp_path)
    elif kind == "docx":
        with zipfile.ZipFile(BytesIO(answer.data)) as opened:
            text = re.sub(r"<[^>]+>", " ", opened.read("word/document.xml").decode("utf-8"))
    else:
        text = readable(answer)
    assert "fund rural clinics through 2030" in " ".join(text.split())
    assert_own(kind, text)


def test_every_letter_to_an_editor(site: Site) -> None:
    typed = a_letter(first_name="Bo", last_name="Doe")
    answer = site.client.post(f"{HOME}editor", data=typed)

    assert answer.status_code in {200, 422}
    assert_own("editor", readable(answer))


@pytest.mark.parametrize("kind", signup_sheet.SHEET_KINDS)
def test_every_sheet_to_sign(site: Site, tmp_path: Path, kind: signup_sheet.SheetKind) -> None:
    pack = packs.load_at(site.settings.campaigns_folder / "clinics", site.time[0])
    made = signup_sheet.pdf(
        pack, signup_sheet.new_ids(1), kind=kind, base_url="http://localhost", today=pack.on_date
    )

    # The page's own ID is random.
    text = re.sub(r"\b\w{3}-\w{4}\b", "", words_of(made, tmp_path))
    assert "Clinics for All" in text
    assert_own(kind, text)


@pytest.mark.parametrize("whole", [False, True], ids=["packets", "whole petition"])
def test_every_packet(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    sign(site, "en")
    site.client.post(site.mailed_path("/confirm/"))
    monkeypatch.setenv("DATABASE_URL", site.settings.database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(site.settings.home))
    out = tmp_path / "packets"

    done = CliRunner().invoke(
        write_packets,
        ["clinics", "--out", str(out), *(("--whole",) if whole else ())],
        catch_exceptions=False,
    )

    assert done.exit_code == 0
    made = sorted(out.glob("*.pdf"))
    assert made
    for file in made:
        text = words_of(file.read_bytes(), tmp_path)
        assert "clinics" in text.lower()
        assert_own(file.name, text)


def test_every_page_of_the_back_office(site: Site, tmp_path: Path) -> None:
    sign(site, "en")
    site.client.post(site.mailed_path("/confirm/"))
    client = logged_in(site, add_account(site, "owner", "clinics"))
    files = [file.name for file in (tmp_path / "campaigns" / "clinics").iterdir()]
    paths_read = set()
    for rule in site.app.url_map.iter_rules():
        own = {"name", "bioguide", "file"}
        if "GET" in (rule.methods or ()) and is_back_office(rule.rule) and rule.arguments <= own:
            for file in files if "file" in rule.arguments else [""]:
                path = path_of(rule, file=file)
                answer = client.get(path, follow_redirects=True)
                assert answer.status_code < 500, path
                if answer.mimetype == "application/pdf":
                    assert_own(path, words_of(answer.data, tmp_path))
                elif answer.mimetype != "application/zip":
                    assert_own(path, readable(answer))
                paths_read.add(path)

    assert {
        f"/organize/clinics/{page}"
        for page in ("", "signers", "deliver", "stances", "draft", "texts/edit/letters.md", "asks",
                     "stances/D000618/brief.pdf", "updates/new", "connect", "paper", "audit.csv")
    } <= paths_read  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_every_kind_of_mail(site: Site, kind: str, language: str) -> None:
    pack = packs.load_at(site.settings.campaigns_folder / "clinics", site.time[0])
    news = News("A hearing is set", "It meets on Monday.", "<p>It meets on Monday.</p>")

    mail = messages.compose(
        kind,
        to="bo@example.org",
        message_id="ab" * 16,
        pack=pack,
        language=language,
        tokens=dict.fromkeys(messages.KINDS[kind], "t" * 43),
        settings=site.settings,
        now=site.time[0],
        news=news if kind in messages.NEWS_KINDS else None,
    )

    assert_own(kind, f"{mail['Subject']} {mail['From']}")
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            body = part.get_content()
            is_page = part.get_content_subtype() == "html"
            assert_own(kind, words(body) if is_page else re.sub(r"https?://\S+", "", body))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_page(site: Site, language: str) -> None:
    tried = [
        site.client.get(f"{path}?lang={language}")
        for path in (
            "/nowhere",
            "/c/nowhere/",
            f"{HOME}nowhere",
            f"{HOME}call/X000000",
            "/confirm/x",
        )
    ]
    tried += [
        site.client.post(f"{path}?lang={language}", data={"zip": "x"})
        for path in (f"{HOME}sign", f"{HOME}write", f"{HOME}members", "/me")
    ]

    for answer in tried:
        assert 400 <= answer.status_code < 500, answer.request.path
        assert_own(answer.request.path, readable(answer))
