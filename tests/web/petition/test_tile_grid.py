"""The tiles: every state has its own, and the color is spread over the places."""

from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.places import STATES
from campaign.web.petition import tile_grid


def test_every_state_and_delegation_has_one_tile_of_its_own() -> None:
    assert set(tile_grid.PLACES) == set(STATES)
    assert len(set(tile_grid.PLACES.values())) == len(STATES)
    assert all(x < tile_grid.COLUMNS and y < tile_grid.ROWS for x, y in tile_grid.PLACES.values())


def test_neighbors_on_the_ground_lie_the_right_way_round() -> None:
    column, row = 0, 1
    place = tile_grid.PLACES

    assert place["WA"][row] < place["OR"][row] < place["CA"][row]
    assert place["CA"][column] < place["NV"][column]
    assert place["TX"][row] > place["OK"][row]
    assert place["ME"][column] >= place["NH"][column]
    assert place["FL"][row] > place["GA"][row]


def test_a_fifth_of_the_places_gets_each_depth() -> None:
    shades = tile_grid.shades({f"P{value}": value for value in range(1, 11)})

    assert [shades[f"P{value}"] for value in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_single_place_has_the_deepest_color() -> None:
    assert tile_grid.shades({"MT": 7}) == {"MT": 5}


@given(st.dictionaries(st.sampled_from(sorted(STATES)), st.floats(0.001, 1e6), min_size=1))
def test_deeper_is_never_less_and_the_legend_covers_every_value(values: dict[str, float]) -> None:
    shades = tile_grid.shades(values)
    ranges = {told.shade: told for told in tile_grid.legend(values)}

    for place, value in values.items():
        assert 1 <= shades[place] <= tile_grid.SHADES
        assert ranges[shades[place]].low <= value <= ranges[shades[place]].high
        assert all(shades[place] >= shades[other] for other in values if values[other] < value)
    assert tile_grid.SHADES in ranges
