"""The map: a picture and a table that say the same, and never too much."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from campaign.congress.places import STATES
from campaign.packs.color import contrast, lighten
from campaign.web.core import assets
from campaign.web.petition.signature_map import compact, rate
from tests.web.counted import count_in
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site

MAP = PETITION + "map"
STATIC = Path(assets.__file__).parents[1] / "static"
SHADED = {"CA-30": 400, "NY-12": 90, "TX-7": 61, "MT-2": 12, "WY-0": 3, "VT-0": 1, "AK-0": 2}


class _Rows(HTMLParser):
    """Reads the cells of every table row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def table(body: str) -> dict[str, list[str]]:
    """The rows of the page's tables by their first cell."""
    parser = _Rows()
    parser.feed(body)
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in parser.rows if row}


def tiles(body: str) -> dict[str, ElementTree.Element]:
    """The links of the map by the state's code; fails where the picture is not well-formed XML."""
    found = re.search(r'<svg class="tiles".*?</svg>', body, re.DOTALL)
    assert found is not None
    svg = ElementTree.fromstring(found[0])
    return {text_of(link, "tile-code"): link for link in svg.iter("a")}


def text_of(link: ElementTree.Element, name: str) -> str:
    (found,) = (text for text in link.iter("text") if text.get("class") == name)
    return found.text or ""


def title_of(link: ElementTree.Element) -> str:
    title = link.find("title")
    assert title is not None
    return title.text or ""


@pytest.fixture
def shaded(site: Site) -> FlaskClient:
    """A visitor of a site with signatures in a few states."""
    count_in(site.database, SHADED, at=site.time[0])
    return site.client


def test_every_state_is_a_titled_link_in_the_picture_and_a_row_of_the_table(
    shaded: FlaskClient,
) -> None:
    body = shaded.get(MAP).text

    links, rows = tiles(body), table(body)
    assert set(links) == set(STATES)
    assert all(links[code].get("href") == f"{MAP}/{code}" for code in STATES)
    for code, name in STATES.items():
        plain = name.removeprefix("the ")
        count = rows[plain][0]
        assert title_of(links[code]).startswith(f"{plain}: {count}")


def test_the_picture_and_the_table_tell_signatures_for_each_hundred_thousand_people(
    shaded: FlaskClient,
) -> None:
    body = shaded.get(MAP).text

    # 400 of 39,538,223 and 12 of 1,084,225 people.
    assert table(body)["California"] == ["400", "1.0"]
    assert table(body)["Montana"] == ["12", "1.1"]
    assert text_of(tiles(body)["MT"], "tile-value") == "1.1"
    assert tiles(body)["MT"].get("class") == "tile shade-5"


def test_by_count_the_color_follows_the_count(shaded: FlaskClient) -> None:
    body = shaded.get(MAP + "?by=count").text

    assert text_of(tiles(body)["CA"], "tile-value") == "400"
    assert tiles(body)["CA"].get("class") == "tile shade-5"
    assert list(table(body))[1:4] == ["California", "New York", "Texas"]


def test_counts_below_five_are_not_told_and_cannot_be_worked_out(shaded: FlaskClient) -> None:
    body = shaded.get(MAP).text

    rows = table(body)
    assert rows["Wyoming"] == rows["Vermont"] == rows["Utah"] == ["fewer than 5", "–"]
    assert text_of(tiles(body)["WY"], "tile-value") == "<5"
    assert tiles(body)["WY"].get("class") == "tile shade-0"
    assert rows["Elsewhere, or too few to show"][0] == "6"
    assert rows["Total"][0] == "569"


def test_a_remainder_that_is_small_itself_takes_the_smallest_state_along(site: Site) -> None:
    count_in(site.database, {"CA-30": 40, "MT-1": 12, "WY-0": 3}, at=site.time[0])

    rows = table(site.client.get(MAP).text)

    assert rows["Montana"] == ["not shown", "–"]
    assert rows["Elsewhere, or too few to show"][0] == "15"
    assert "12" not in words(site.client.get(MAP + "/MT").text).split()


def test_programs_are_told_no_more_than_the_table_tells(site: Site) -> None:
    count_in(site.database, {"CA-30": 40, "MT-1": 12, "WY-0": 3}, at=site.time[0])

    told = site.client.get("/c/section-907.json").get_json()["by_state"]

    rows = table(site.client.get(MAP).text)
    exact = {code: rows[name.removeprefix("the ")][0] for code, name in STATES.items()}
    assert {code: str(count) for code, count in told.items()} == {
        code: count for code, count in exact.items() if count.isdigit()
    }
    assert told == {"CA": 40}


def test_with_too_few_signatures_there_is_only_the_total(site: Site) -> None:
    count_in(site.database, {"WY-0": 3}, at=site.time[0])

    body = site.client.get(MAP).text

    assert "<svg class" not in body
    assert "3 people have signed." in words(body)
    assert "not enough signatures yet" in words(body)
    assert "Wyoming" not in words(body)


def test_a_state_shows_its_districts_with_who_represents_them(site: Site) -> None:
    count_in(site.database, {"MT-1": 7, "MT-2": 9, "MT": 20, "CA-30": 50}, at=site.time[0])

    rows = table(site.client.get(MAP + "/MT").text)

    assert rows["MT-1"] == ["Ryan K. Zinke", "7"]
    assert rows["MT-2"] == ["Troy Downing", "9"]
    assert rows["District unknown, or too few to show"] == ["20"]
    assert rows["Total"] == ["36"]


def test_a_vacant_district_says_so(site: Site) -> None:
    assert table(site.client.get(MAP + "/CA").text)["CA-14"] == ["vacant"]


def test_a_district_with_few_cannot_be_worked_out_from_its_state(site: Site) -> None:
    count_in(site.database, {"MT-1": 3, "MT-2": 9, "CA-30": 50}, at=site.time[0])

    body = site.client.get(MAP + "/MT").text

    assert "12 signatures" in words(body)
    assert "9" not in words(body).split()
    assert "not enough signatures yet to show them by district" in words(body)


def test_a_state_with_few_tells_nothing_by_district(site: Site) -> None:
    count_in(site.database, {"MT-1": 3, "CA-30": 50, "NY-1": 60, "ID-1": 2}, at=site.time[0])

    body = site.client.get(MAP + "/MT").text

    assert "Fewer than 5 people have signed here so far." in words(body)
    assert "Ryan K. Zinke" in body
    assert "3" not in words(body).split()


def test_a_place_that_is_no_state_is_not_found(client: FlaskClient) -> None:
    assert client.get(MAP + "/XX").status_code == 404
    assert client.get(MAP + "/ca").status_code == 404
    assert client.get("/c/unknown/map").status_code == 404


def test_the_map_may_be_cached_and_sets_no_cookie(shaded: FlaskClient) -> None:
    response = shaded.get(MAP)

    assert response.headers["Cache-Control"].startswith("public, max-age=10")
    assert "Set-Cookie" not in response.headers
    again = shaded.get(MAP, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_pages_hold_no_inline_style(shaded: FlaskClient) -> None:
    for path in (MAP, MAP + "/CA", PETITION, PETITION + "share"):
        assert " style=" not in re.sub(
            r"<textarea.*?</textarea>", "", shaded.get(path).text, flags=re.DOTALL
        )


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0361, "0.036"), (0.5604, "0.56"), (1.04, "1.0"), (99.96, "100.0"), (1234.5, "1,234")],
)
def test_rates_have_as_many_digits_as_say_something(site: Site, value: float, told: str) -> None:
    with site.app.test_request_context():
        assert rate(value) == told


def test_a_tile_has_room_for_any_count(site: Site) -> None:
    with site.app.test_request_context():
        assert [compact(count) for count in (7, 2952, 12_418, 1_234_000)] == [
            "7",
            "2,952",
            "12K",
            "1M",
        ]


# -- Color ----------------------------------------------------------------------------------------


def _mixed(color: str, ground: str, share: float) -> str:
    channels = zip(bytes.fromhex(color[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in channels)


@pytest.mark.parametrize("accent", ["#8c1c2b", "#000000", "#0b3d91", "#00695c", "#757575"])
def test_the_text_on_every_depth_of_any_color_can_be_read(accent: str) -> None:
    """4.5:1 (WCAG 2.2, 1.4.3), with the opacities and tokens that the style sheets really have."""
    css = (STATIC / "map.css").read_text()
    light, dark = (STATIC / "campaign.css").read_text().split("prefers-color-scheme: dark", 1)
    opacity = dict(re.findall(r"\.shade-(\d) rect {\n  fill-opacity: ([\d.]+);", css))

    assert set(opacity) == {"1", "2", "3", "4", "5"}
    for sheet, color in ((light, accent), (dark, lighten(accent))):
        for shade, share in opacity.items():
            text = _token(sheet, "on-act" if shade == "5" else "ink")
            ground = _mixed(color, _token(sheet, "paper"), float(share))
            assert contrast(text, ground) >= 4.5, (shade, text, ground)


def _token(sheet: str, name: str) -> str:
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", sheet)
    assert found is not None
    return found[1]
