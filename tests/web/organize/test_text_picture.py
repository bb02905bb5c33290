"""The picture of a petition: drawn anew from an upload, described, replaced and removed."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from campaign.packs import picture
from campaign.store import models
from tests.web.organize.signing_in import csrf_token, signed_in
from tests.web.whole_site import PETITION, Site

PAGE = "/organize/section-907/texts/picture"
WORDS = {
    "alt_en": "A family waits at a border post.",
    "caption_en": "Goris, 2023. Picture: A. Example.",
    "alt_es": "Una familia espera en un puesto fronterizo.",
    "alt_hy": "Ընտանիքը սպասում է սահմանային կետում։",
}
#: Where a camera writes the place, by EXIF: latitude and longitude of Goris.
PLACE = "39.5111"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def drawn(kind: str, size: tuple[int, int] = (2000, 1000), **saving: Any) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind, **saving)
    return file.getvalue()


def send(
    client: FlaskClient, raw: bytes = b"", name: str = "a.png", words: dict[str, str] = WORDS
) -> TestResponse:
    fields: MultiDict[str, object] = MultiDict({"csrf_token": csrf_token(client), **words})
    fields.add("picture", FileStorage(io.BytesIO(raw), name))
    boundary, body = encode_multipart(fields)
    return client.post(PAGE, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def shown(site: Site) -> picture.Picture | None:
    return picture.read(site.settings.campaigns_folder / "section-907")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_picture_of_any_kind_is_shown_as_webp_in_two_sizes(
    site: Site, client: FlaskClient, kind: str
) -> None:
    answer = send(client, drawn(kind), "story.txt")  # its content says what it is

    assert answer.status_code == 303
    site.pass_time(seconds=4)
    page = site.client.get(PETITION).text
    assert 'width="1600" height="800"' in page
    assert 'alt="A family waits at a border post."' in page
    assert "Goris, 2023. Picture: A. Example." in page
    sizes = {}
    for part in ("picture?v=", "picture-small?v="):
        address = page.split(f'"{PETITION}{part}' if part[7] == "?" else f"{PETITION}{part}")[1]
        sent = site.client.get(PETITION + part + address[:12])
        assert sent.content_type == "image/webp"
        assert len(sent.data) <= picture.MAX_BYTES
        with Image.open(io.BytesIO(sent.data)) as opened:
            sizes[part] = opened.size
    assert sizes == {"picture?v=": (1600, 800), "picture-small?v=": (800, 400)}
    assert "Una familia espera" in site.client.get(f"{PETITION}?lang=es").text


def test_where_and_when_it_was_taken_is_not_sent(site: Site, client: FlaskClient) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = PLACE
    raw = drawn("JPEG", (400, 1200), exif=exif)
    assert PLACE.encode() in raw

    send(client, raw)

    folder = site.settings.campaigns_folder / "section-907"
    content = (folder / "picture.webp").read_bytes()
    assert PLACE.encode() not in content
    assert b"EXIF" not in content
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.size == (1200, 400)  # upright
    assert not (folder / "picture.svg").exists()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"GIF89a" + bytes(40), "This is not a picture that can be read."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is not a picture that can be read."),
        (drawn("PNG")[:400], "This is not a picture that can be read."),
        (drawn("PNG", (200, 200)), "The picture is 200 pixels wide."),
        (drawn("PNG", (8000, 7000)), "more than 50 million pixels"),
        (bytes(12 * 1024 * 1024 + 1), "larger than 12 MB"),
    ],
    ids=["gif", "svg", "torn", "narrow", "huge", "heavy"],
)
def test_what_cannot_be_shown_is_refused_and_the_words_come_back(
    site: Site, client: FlaskClient, raw: bytes, says: str
) -> None:
    answer = send(client, raw)

    assert answer.status_code == 422
    assert says in answer.text
    assert WORDS["alt_en"] in answer.text
    assert WORDS["alt_hy"] in answer.text
    assert not (site.settings.campaigns_folder / "section-907").exists()


def test_every_language_describes_the_picture(site: Site, client: FlaskClient) -> None:
    answer = send(client, drawn("PNG"), words={**WORDS, "alt_es": " "})

    assert answer.status_code == 422
    assert "Say what the picture shows, for people who cannot see it." in answer.text
    assert 'href="#alt_es"' in answer.text


def test_words_change_without_another_picture(site: Site, client: FlaskClient) -> None:
    assert "Goris in Armenia" in client.get(PAGE).text

    answer = send(client, words={**WORDS, "alt_en": "A map of the road."})

    assert answer.status_code == 303
    found = shown(site)
    assert found is not None
    assert found.content_type == "image/svg+xml"
    site.pass_time(seconds=4)
    assert 'alt="A map of the road."' in site.client.get(PETITION).text


def test_it_is_removed_and_who_did_it_is_on_record(site: Site, client: FlaskClient) -> None:
    send(client, drawn("PNG"))

    answer = client.post(f"{PAGE}/remove", data={"csrf_token": csrf_token(client)})

    assert answer.status_code == 303
    assert shown(site) is None
    site.pass_time(seconds=4)
    assert "<figure" not in site.client.get(PETITION).text
    assert send(client, b"").status_code == 422  # there is none whose words could change
    with site.database.reading() as connection:
        rows = connection.execute(
            sa.select(models.audit.c.details).where(models.audit.c.action == "texts-edited")
        ).scalars()
        recorded = " ".join(map(str, rows))
    assert "picture.webp" in recorded
    assert "petition.hy.md" in recorded


@pytest.mark.parametrize("role", ["volunteer", "viewer"])
def test_others_cannot_change_it(site: Site, role: str) -> None:
    other = signed_in(site, role)

    assert other.get(PAGE).status_code == 403
    assert other.post(f"{PAGE}/remove").status_code in {400, 403}
