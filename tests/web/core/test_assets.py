"""Static files: one name a content, kept forever, compressed once."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from tests.test_repository import ROOT
from tests.web.whole_site import PETITION

STATIC = ROOT / "campaign/web/static"


def style_sheet(client: FlaskClient) -> str:
    found = re.search(r'href="(/static/campaign-[0-9a-f]{12}\.css)"', client.get(PETITION).text)
    assert found is not None
    return found[1]


def test_a_static_file_is_kept_forever(client: FlaskClient) -> None:
    response = client.get(style_sheet(client))

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content_type == "text/css; charset=utf-8"


def test_a_browser_that_takes_gzip_gets_it(client: FlaskClient) -> None:
    path = style_sheet(client)

    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip;q=0", False),
        ("gzip;q=0, *;q=0.5", False),
        ("identity;q=1, gzip;q=0.000", False),
        ("gzip;q=0.5, br;q=0", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
    ],
)
def test_a_client_that_refuses_gzip_gets_plain_bytes(
    client: FlaskClient, accepted: str, is_packed: bool
) -> None:
    for path in (style_sheet(client), "/c/section-907/"):
        response = client.get(path, headers={"Accept-Encoding": accepted})

        assert (response.headers.get("Content-Encoding") == "gzip") == is_packed
        assert response.data.startswith(b"\x1f\x8b") == is_packed


def test_an_outdated_or_foreign_name_is_not_found(client: FlaskClient) -> None:
    for name in ("campaign.css", "campaign-000000000000.css", "../app.py", "%2e%2e/app.py"):
        assert client.get(f"/static/{name}").status_code == 404


def test_the_theme_is_the_accent_in_both_lights(client: FlaskClient) -> None:
    link = re.search(r'href="(/c/section-907/theme\.css[^"]*)"', client.get(PETITION).text)
    assert link is not None

    response = client.get(link[1])

    assert re.fullmatch(
        r":root\{--act-light:#[0-9a-f]{6};--act-dark:#[0-9a-f]{6}\}\n", response.text
    )
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["campaign", "letters"])
def test_a_style_sheet_names_its_fonts_by_hash(client: FlaskClient, name: str) -> None:
    page = client.get("/c/section-907/write").text
    sheet = re.search(rf'href="(/static/{name}-[0-9a-f]{{12}}\.css)"', page)
    assert sheet is not None

    fonts = re.findall(r"url\(([^)]+)\)", client.get(sheet[1]).text)

    assert fonts
    for font in fonts:
        response = client.get(f"/static/{font}")
        assert response.status_code == 200
        assert response.content_type == f"font/{font.rpartition('.')[2]}"


def test_fonts_are_part_of_the_style_sheet_of_every_page(client: FlaskClient) -> None:
    sheet = re.search(r'href="(/static/campaign-[0-9a-f]{12}\.css)"', client.get(PETITION).text)
    assert sheet is not None

    styles = client.get(sheet[1]).text

    assert "@import" not in styles
    assert styles.count("@font-face") > 12


def test_a_browser_loads_only_the_file_that_has_a_character() -> None:
    """The ranges of one face never overlap, so no character is asked for twice."""
    ranges: dict[tuple[str, str, str], set[int]] = {}
    styles = (STATIC / "fonts.css").read_text(encoding="utf-8")
    for face in re.findall(r"@font-face \{([^}]+)\}", styles):
        given = re.search(r"unicode-range:([^;]+);", face)
        if given is None:  # a fallback, which has every character
            continue
        key = tuple(
            (re.search(rf"{name}: ([^;]+);", face) or [""])[0]
            for name in ("font-family", "font-weight", "font-style")
        )
        codes = {
            code
            for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", given[1])
            for code in range(int(first, 16), int(last or first, 16) + 1)
        }
        taken = ranges.setdefault((key[0], key[1], key[2]), set())
        assert not taken & codes, (key, sorted(map(hex, taken & codes)))
        taken |= codes
    assert len(ranges) > 4
