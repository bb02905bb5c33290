"""Passing it on: plain links that say by which way they came, a picture, a QR code."""

import io
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
import segno
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaign.errors import StoreUnavailable
from campaign.letters.print import share_card
from campaign.petition import public_counts
from campaign.web.core.caching import PageCache
from campaign.web.petition import share, widget
from tests.web.counted import count_in
from tests.web.whole_site import PETITION, Site

SHARE, CARD = PETITION + "share", PETITION + "card.png"
PAGE = "http://localhost" + PETITION


def hrefs(body: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<a href="([^"]+)"', body)]


def meta(body: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', body)
    return {name: unescape(content) for name, content in found}


# -- Links -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PETITION, SHARE])
@pytest.mark.parametrize(
    ("begin", "source"),
    [
        ("mailto:?", "mail"),
        ("sms:?&", "sms"),
        ("https://wa.me/?", "whatsapp"),
        ("https://www.facebook.com/sharer/sharer.php?", "facebook"),
        ("https://bsky.app/intent/compose?", "bluesky"),
        ("https://x.com/intent/post?", "x"),
    ],
)
def test_each_way_to_share_carries_the_address_with_its_own_source(
    client: FlaskClient, path: str, begin: str, source: str
) -> None:
    (link,) = (href for href in hrefs(client.get(path).text) if href.startswith(begin))

    assert f"{PAGE}?source={source}" in unquote(link)


def test_a_shared_mail_has_the_headline_as_subject_and_the_share_text_as_body(site: Site) -> None:
    texts = site.app.extensions["campaign"].campaigns.get("section-907", site.time[0]).text()
    (link,) = (href for href in hrefs(site.client.get(SHARE).text) if href.startswith("mailto:"))

    asked = parse_qs(urlsplit(link).query)

    assert asked["subject"] == [texts.headline]
    assert asked["body"] == [f"{texts.share}\n\n{PAGE}?source=mail"]
    assert "+" not in link  # a mail program takes a plus for a plus (RFC 6068)


def test_the_guide_names_every_tag_in_use(client: FlaskClient) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "spreading.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", guide, re.MULTILINE)
    pages = [client.get(path).text for path in (SHARE, PETITION + "embed")]

    named = set(re.findall(r"`([a-z]+)`", " ".join(rows)))
    used = set(re.findall(r"source=([a-z]+)", unquote(unescape("".join(pages)))))

    assert named == used | {"qr", widget.SOURCE}


def test_links_to_other_sites_tell_them_nothing_and_load_nothing(client: FlaskClient) -> None:
    body = client.get(SHARE).text

    elsewhere = re.findall(r'<a href="https://[^"]*"([^>]*)>', body)
    assert len(elsewhere) >= 4
    assert all('rel="noopener noreferrer"' in found for found in elsewhere)
    tags = r'<(?:img|script|link(?! rel="alternate")|iframe)[^>]*(?:src|href)="([^"]+)"'
    for loaded in re.findall(tags, body):
        assert loaded.startswith(("/", "data:image/svg+xml,")), loaded


def test_who_comes_by_a_shared_link_signs_with_its_source(site: Site) -> None:
    page = site.client.get(PETITION + "?source=whatsapp").text

    field = re.search(r'<input[^>]*name="source"[^>]*>', page)

    assert field is not None
    assert 'value="whatsapp"' in field[0]


def test_ones_own_line_is_in_the_links_and_is_not_kept(client: FlaskClient) -> None:
    response = client.post(SHARE, data={"line": "My <b>grandmother</b> was born there."})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "My%20%3Cb%3Egrandmother" in response.text
    assert "<b>grandmother" not in response.text
    assert "grandmother" not in client.get(SHARE).text


def test_a_line_that_is_too_long_comes_back_with_what_to_do(client: FlaskClient) -> None:
    typed = "word " * 100

    response = client.post(SHARE, data={"line": typed})

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert typed.strip() in response.text


def test_the_snippet_on_the_page_is_two_lines_of_valid_html(client: FlaskClient) -> None:
    body = client.get(SHARE).text

    found = re.search(r'<textarea[^>]*id="snippet"[^>]*>(.*?)</textarea>', body, re.DOTALL)

    assert found is not None
    lines = unescape(found[1]).splitlines()
    assert len(lines) == 2
    frame = ElementTree.fromstring(lines[0])
    script = ElementTree.fromstring(lines[1].replace(" async>", ">"))
    assert frame.get("src") == PAGE + "embed"
    assert frame.get("title")
    assert int(frame.get("height", "0")) >= 600
    assert script.get("src") == "http://localhost/embed.js"
    assert client.get(urlsplit(script.get("src") or "").path).status_code == 200
    assert client.get(urlsplit(frame.get("src") or "").path).status_code == 200


# -- Tags for other sites --------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PETITION, SHARE])
def test_other_sites_find_headline_words_and_a_picture(client: FlaskClient, path: str) -> None:
    tags = meta(client.get(path).text)

    assert tags["og:url"] == PAGE
    assert tags["og:title"] == tags["og:image:alt"] != ""
    assert tags["og:description"] == tags["description"]
    assert tags["twitter:card"] == "summary_large_image"
    image = urlsplit(tags["og:image"])
    assert (image.scheme, image.netloc) == ("http", "localhost")
    picture = client.get(f"{image.path}?{image.query}")
    assert picture.content_type == "image/png"
    size = Image.open(io.BytesIO(picture.data)).size
    assert size == (int(tags["og:image:width"]), int(tags["og:image:height"])) == (1200, 630)


def test_the_pictures_address_changes_when_its_number_does(site: Site) -> None:
    count_in(site.database, {"CA-30": 1249}, at=site.time[0])

    with site.app.test_request_context():
        pack = site.app.extensions["campaign"].campaigns.get("section-907", site.time[0])
        assert share.card_url(pack, 1249) == share.card_url(pack, 1201)
        assert share.card_url(pack, 1249) != share.card_url(pack, 1300)
        assert share.card_url(pack, 1249).endswith("v=1200")


# -- The picture -----------------------------------------------------------------------------------


def test_the_picture_may_be_kept_and_shown_by_anybody(client: FlaskClient) -> None:
    response = client.get(CARD)

    assert response.headers["Cache-Control"].startswith("public, max-age=")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response.headers


def test_a_picture_is_drawn_once_however_often_it_is_asked_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = site.client.get(CARD)
    monkeypatch.setattr(share_card, "png", None)  # only a picture that was kept can be sent

    site.app.extensions["pages"] = PageCache()  # as when two seconds have passed
    again = site.client.get(CARD)
    known = site.client.get(CARD, headers={"If-None-Match": first.headers["ETag"]})

    assert again.data == first.data
    assert (known.status_code, known.data) == (304, b"")


def test_a_hundred_signatures_change_the_picture_once_in_two_digits(site: Site) -> None:
    def etag_after(more: int) -> str:
        count_in(site.database, {"CA-30": more}, at=site.time[0])
        site.app.extensions["pages"] = PageCache()  # as when two seconds have passed
        return site.client.get(CARD).headers["ETag"]

    at_1200, at_1201, at_1299, at_1300 = (etag_after(more) for more in (1200, 1, 98, 1))

    assert at_1200 != at_1201  # "1,200" becomes "1,200+"
    assert at_1201 == at_1299
    assert at_1299 != at_1300


@given(st.integers(0, 10**9))
def test_the_number_shown_is_never_more_than_signed_and_at_most_a_tenth_less(count: int) -> None:
    told = share.rounded(count)

    assert told <= count
    assert count - told <= count / 10
    assert len(str(told).rstrip("0")) <= 2


def test_a_picture_is_drawn_even_when_the_database_cannot_count(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise StoreUnavailable("busy")

    monkeypatch.setattr(public_counts, "count", busy)

    assert client.get(CARD).content_type == "image/png"


# -- QR codes --------------------------------------------------------------------------------------


def modules(picture: bytes, across: int) -> tuple[tuple[bool, ...], ...]:
    """Read a picture of a code back into its dark and light squares."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    scale = image.width // across
    return tuple(
        tuple(
            image.getpixel((x * scale + scale // 2, y * scale + scale // 2)) < 128  # type: ignore[operator]
            for x in range(across)
        )
        for y in range(across)
    )


def test_the_qr_code_is_that_of_the_petitions_address_with_the_tag_qr(client: FlaskClient) -> None:
    expected = segno.make(PAGE + "?source=qr", error="q", micro=False)
    rows = tuple(tuple(bool(module) for module in row) for row in expected.matrix_iter(border=4))

    response = client.get(PETITION + "qr.png")

    assert response.content_type == "image/png"
    assert modules(response.data, len(rows)) == rows


def test_the_qr_code_scales_as_svg_without_style(client: FlaskClient) -> None:
    response = client.get(PETITION + "qr.svg")

    assert response.content_type.startswith("image/svg+xml")
    svg = ElementTree.fromstring(response.data)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"style=" not in response.data
    assert (
        client.get(
            PETITION + "qr.svg", headers={"If-None-Match": response.headers["ETag"]}
        ).status_code
        == 304
    )


def test_an_unknown_campaign_has_no_picture_and_no_code(client: FlaskClient) -> None:
    for path in ("share", "card.png", "qr.svg", "qr.png", "feed.atom", "updates", "embed"):
        assert client.get(f"/c/unknown/{path}").status_code == 404


# -- Languages -------------------------------------------------------------------------------------


def test_a_page_in_another_language_passes_that_language_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.extensions["languages"], "hy", "Հայերեն")

    body = site.client.get(SHARE + "?lang=hy").text

    assert meta(body)["og:locale"] == "hy_AM"
    assert any(f"{PAGE}?lang=hy&source=whatsapp" in unquote(href) for href in hrefs(body))
    assert "lang=hy" in meta(body)["og:image"]
    english = site.client.get(CARD).data
    assert site.client.get(CARD + "?lang=hy").data != english
