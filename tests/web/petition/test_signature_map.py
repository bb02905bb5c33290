"""The map: a picture and a table that say the same, and never too much."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from campaign.congress import apportionment
from campaign.congress.places import STATES
from campaign.packs.color import contrast, lighten
from campaign.web.core import assets
from campaign.web.petition.place_figures import compact, rate
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
    return {text_of(link, "tile-code"): link for link in picture(body, "tiles").iter("a")}


def picture(body: str, name: str) -> ElementTree.Element:
    """The picture of a class; fails where it is not well-formed XML."""
    found = re.search(rf'<svg class="{name}.*?</svg>', body, re.DOTALL)
    assert found is not None
    return ElementTree.fromstring(found[0])


def shapes(body: str) -> dict[str, ElementTree.Element]:
    """The links of a drawn map by where they lead to, such as `MT` or `MT-2`."""
    links = list(picture(body, "drawn").iter("a"))
    return {(link.get("href") or "").rpartition("/")[2]: link for link in links}


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
    body = shaded.get(MAP + "?by=people").text

    # 400 of 39,538,223 and 12 of 1,084,225 people.
    assert table(body)["California"] == ["400", "1.0"]
    assert table(body)["Montana"] == ["12", "1.1"]
    assert text_of(tiles(body)["MT"], "tile-value") == "1.1"
    assert tiles(body)["MT"].get("class") == "tile shade-5"


def test_below_a_thousand_signatures_the_color_follows_the_count(shaded: FlaskClient) -> None:
    for path in (MAP, MAP + "?by=count"):
        body = shaded.get(path).text

        assert text_of(tiles(body)["CA"], "tile-value") == "400"
        assert tiles(body)["CA"].get("class") == "tile shade-5"
        assert list(table(body))[1:4] == ["California", "New York", "Texas"]


def test_from_a_thousand_signatures_on_it_follows_the_rate(site: Site) -> None:
    count_in(site.database, {"CA-30": 990, "MT-2": 40}, at=site.time[0])

    assert list(table(site.client.get(MAP).text))[1:3] == ["Montana", "California"]
    assert list(table(site.client.get(MAP + "?by=count").text))[1:3] == ["California", "Montana"]


def test_the_drawn_map_says_the_same_as_the_tiles(shaded: FlaskClient) -> None:
    body = shaded.get(MAP).text

    drawn, tile = shapes(body), tiles(body)
    assert set(drawn) == set(STATES)
    for code in STATES:
        assert drawn[code].get("href") == tile[code].get("href")
        assert title_of(drawn[code]) == title_of(tile[code])
        assert drawn[code].get("class") == (tile[code].get("class") or "").replace("tile", "place")
    # Small states and those without a shape have a box with their code beside the map.
    beside = {code for code, link in drawn.items() if link.find("rect") is not None}
    assert {"DC", "GU", "RI", "DE"} <= beside
    assert not beside & {"CA", "TX", "MT", "NY"}
    assert all(link.find("path") is not None for code, link in drawn.items() if code not in beside)


def test_each_shade_is_a_pattern_too(shaded: FlaskClient) -> None:
    drawn = picture(shaded.get(MAP).text, "drawn")
    patterns = {one.get("id"): ElementTree.tostring(one) for one in drawn.iter("pattern")}

    fills = {shape.get("fill") for link in drawn.iter("a") for shape in link if shape.get("fill")}
    assert fills <= {f"url(#{name})" for name in patterns}
    assert len(patterns) == len(set(patterns.values())) == 5


def test_counts_below_five_are_not_shown_and_cannot_be_worked_out(shaded: FlaskClient) -> None:
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


def test_programs_get_no_more_than_the_table_shows(site: Site) -> None:
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


def test_a_state_draws_its_districts_each_a_titled_link(site: Site) -> None:
    count_in(site.database, {"MT-1": 7, "MT-2": 9, "MT": 20, "CA-30": 50}, at=site.time[0])

    drawn = shapes(site.client.get(MAP + "/MT").text)

    assert {code: link.get("href") for code, link in drawn.items()} == {
        "MT-1": "/c/section-907/d/MT-1",
        "MT-2": "/c/section-907/d/MT-2",
    }
    assert title_of(drawn["MT-2"]) == "Montana's 2nd district: 9 signatures"
    assert drawn["MT-2"].get("class") == "place shade-5"


def test_the_readers_own_district_is_outlined_and_marked_in_the_table(site: Site) -> None:
    plain = site.client.get(MAP + "/MT").text
    own = site.client.get(MAP + "/MT?district=2").text

    assert 'class="own"' not in plain
    outline = next(p for p in picture(own, "drawn").iter("path") if p.get("class") == "own")
    assert outline.get("d") == shapes(own)["MT-2"].find("path").get("d")  # type: ignore[union-attr]
    assert '<tr id="MT-2" class="own-row">' in own
    assert "Outlined: Montana's 2nd district." in words(own)
    assert "/c/section-907/map/MT?district=2&amp;lang=es" in own


@pytest.mark.parametrize("typed", ["9", "30", "x", "-1", "0" * 9, "2%00", "٢"])
def test_a_district_that_is_not_there_outlines_nothing(site: Site, typed: str) -> None:
    response = site.client.get(f"{MAP}/MT?district={typed}")

    assert response.status_code == 200
    assert 'class="own"' not in response.text


def test_a_map_page_stays_below_forty_kilobytes(site: Site) -> None:
    everywhere = {seat.id: 9 for seat in apportionment.seats(119) if seat.district is not None}
    count_in(site.database, everywhere, at=site.time[0])

    for path in (MAP, *(f"{MAP}/{code}" for code in STATES)):
        response = site.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert len(response.data) < 40_000, path


def test_where_lines_have_changed_the_table_stands_without_a_map(site: Site) -> None:
    site.time[0] = datetime(2027, 1, 5, 12, tzinfo=UTC)

    redrawn, kept = site.client.get(MAP + "/TX").text, site.client.get(MAP + "/MT").text

    assert "<svg class" not in redrawn
    assert "District lines have changed here." in words(redrawn)
    assert table(redrawn)["TX-7"] == ["not known yet"]
    assert set(shapes(kept)) == {"MT-1", "MT-2"}


def test_island_areas_have_a_page_without_a_map(site: Site) -> None:
    body = site.client.get(MAP + "/GU").text

    assert "<svg class" not in body
    assert "lines have changed" not in body
    assert table(body)["At large"][0] == "James C. Moylan"


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
