"""The maps of districts: nothing missing, no gaps, and none where the lines have changed."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign import paths
from campaign.cli.data.data import data
from campaign.congress import apportionment, boundaries, district_maps, draw_maps
from campaign.congress.district_lines import NewLines
from campaign.congress.places import FIPS_STATES, District
from campaign.congress.topology import dissolved, ring_area, shared, simplified
from campaign.errors import DatasetInvalid

_CODES = {state: code for code, state in FIPS_STATES.items()}
_WITHOUT_A_MAP = {"AS", "GU", "MP", "VI"}


def square(x: float, y: float, size: float = 1.0) -> boundaries.Ring:
    """A square by its lower left corner, with two more points on each vertical side."""
    third = size / 3
    return (
        (x, y), (x + size, y), (x + size, y + third), (x + size, y + 2 * third),
        (x + size, y + size), (x, y + size), (x, y + 2 * third), (x, y + third),
    )  # fmt: skip


def made_up_file(folder: Path) -> Path:
    """A boundary file in which each state is a row of square districts."""
    features = []
    states = sorted({seat.state for seat in apportionment.seats(119)} - _WITHOUT_A_MAP)
    for seat in apportionment.seats(119):
        if seat.district is None or seat.state in _WITHOUT_A_MAP:
            continue
        ring = square(-120 + seat.district, 20.0 + states.index(seat.state))
        features.append(
            {
                "properties": {"STATEFP": _CODES[seat.state], "CD119FP": f"{seat.district:02}"},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
        )
    path = folder / "cd119.geojson"
    path.write_text(json.dumps({"features": features}))
    return path


def test_every_district_is_on_the_map_of_its_state_and_every_state_on_that_of_the_country() -> None:
    table = district_maps.shipped()

    assert table.congress == 119
    for seat in apportionment.seats(119):
        if seat.district is not None and seat.state not in _WITHOUT_A_MAP:
            shape = table.maps[seat.state].shapes[seat.id]
            assert re.fullmatch(r"(M[0-9]+ [0-9]+l[-0-9 ]+z)+", shape.path)
            assert 0 < shape.x < table.maps[seat.state].width
            assert 0 < shape.y < table.maps[seat.state].height
    assert set(table.maps) == {*table.maps[district_maps.COUNTRY].shapes, district_maps.COUNTRY}


def test_neighbors_share_their_line_so_that_there_are_no_gaps() -> None:
    """Each line belongs to one shape (a coast) or to two, which follow it in opposite ways."""
    table = json.loads((paths.data() / district_maps.FILE).read_text())

    for name, one in table["maps"].items():
        uses: dict[int, list[bool]] = {}
        for place in one["places"].values():
            for number in (number for ring in place["rings"] for number in ring):
                uses.setdefault(max(number, ~number), []).append(number >= 0)
        assert set(uses) == set(range(len(one["arcs"]))), name
        assert all(sorted(ways) in ([True], [False], [False, True]) for ways in uses.values())


def test_simplifying_moves_the_line_of_both_neighbors_alike() -> None:
    crooked = (1.0, 0.5), (1.04, 0.45)
    left: boundaries.Ring = ((0, 0), (1, 0), *crooked, (1, 1), (0, 1))
    right: boundaries.Ring = ((1, 0), (2, 0), (2, 1), (1, 1), *crooked[::-1])
    shapes = {"left": [_scaled(left)], "right": [_scaled(right)]}

    drawn = simplified(shared(shapes), area=1000, smallest=1)

    areas = {place: ring_area(drawn.ring(rings[0])) for place, rings in drawn.rings.items()}
    assert areas == {"left": 10_000, "right": 10_000}


def test_an_island_too_small_to_be_seen_goes_but_a_place_keeps_its_largest() -> None:
    shapes = {"A": [square(0, 0, 100), square(300, 0, 2)], "B": [square(400, 0, 3)]}

    drawn = simplified(shared(shapes), area=0.1, smallest=50)

    assert {place: len(rings) for place, rings in drawn.rings.items()} == {"A": 1, "B": 1}


def test_the_outline_of_a_state_is_what_only_one_district_has() -> None:
    (outline,) = dissolved([[square(0, 0)], [square(1, 0)]])

    assert ring_area(outline) == pytest.approx(2)


def test_what_lies_beyond_the_180th_meridian_is_drawn_to_the_west(tmp_path: Path) -> None:
    feature = {
        "properties": {"STATEFP": "02", "CD119FP": "00"},
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [[[[-179, 51], [-178, 51], [-178, 52], [-179, 51]]],
                            [[[179, 51], [179.5, 51], [179, 52], [179, 51]]]],
        },
    }  # fmt: skip

    read = boundaries.read(json.dumps({"features": [feature]}).encode(), "cd119.geojson")

    assert read.rings[District("AK", 0)][1] == ((-181, 51), (-180.5, 51), (-181, 52))


def test_the_command_draws_the_same_bytes_twice_and_they_are_used(tmp_path: Path) -> None:
    source = made_up_file(tmp_path)
    first, second = tmp_path / "one.json", tmp_path / "congress" / district_maps.FILE

    for out in (first, second):
        done = CliRunner().invoke(data, ["maps", "--from", str(source), "--out", str(out)])
        assert done.exit_code == 0, done.output

    assert first.read_bytes() == second.read_bytes()
    assert "Drew 437 districts of the 119th Congress" in done.output
    own = district_maps.current(second.parent)
    assert own.maps["MT"] != district_maps.shipped().maps["MT"]
    assert district_maps.current(tmp_path / "none") is district_maps.shipped()


def test_a_spoiled_table_of_an_operator_is_not_used(tmp_path: Path) -> None:
    (tmp_path / district_maps.FILE).write_text("{")

    assert district_maps.current(tmp_path) is district_maps.shipped()


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"features": [{}]}', '{"features": [{"properties": {}, "geometry": {}}]}'],
)
def test_another_file_is_refused(content: str) -> None:
    with pytest.raises(DatasetInvalid, match=r"x\.geojson"):
        boundaries.read(content.encode(), "x.geojson")


def test_a_file_without_all_districts_is_refused(tmp_path: Path) -> None:
    read = boundaries.read(made_up_file(tmp_path).read_bytes(), "cd119.geojson")
    rings = {district: ring for district, ring in read.rings.items() if district.state != "MT"}

    with pytest.raises(DatasetInvalid) as refused:
        draw_maps.draw(boundaries.Boundaries(119, rings))

    assert refused.value.problems == ("MT-1", "MT-2")


def test_a_state_with_new_lines_has_no_map_of_the_old_ones() -> None:
    table = district_maps.shipped()
    new = (NewLines("CA", 120, "a ruling", date(2026, 6, 3)),)

    assert table.of_state("CA", 119, new) is table.maps["CA"]
    assert table.of_state("CA", 120, new) is None
    assert table.of_state("NY", 120, new) is table.maps["NY"]
    # A Congress of which nothing is known: only a state of one district keeps its map.
    assert table.of_state("NY", 121, new) is None
    assert table.of_state("WY", 121, new) is table.maps["WY"]
    assert table.of_state("GU", 119, new) is None


def _scaled(ring: boundaries.Ring) -> boundaries.Ring:
    return tuple((x * 100, y * 100) for x, y in ring)
