"""The shades of a map are spread over the places."""

from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.places import STATES
from campaign.web.petition import map_shades


def test_a_fifth_of_the_places_gets_each_depth() -> None:
    shades = map_shades.shades({f"P{value}": value for value in range(1, 11)})

    assert [shades[f"P{value}"] for value in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_single_place_has_the_deepest_color() -> None:
    assert map_shades.shades({"MT": 7}) == {"MT": 5}


@given(st.dictionaries(st.sampled_from(sorted(STATES)), st.floats(0.001, 1e6), min_size=1))
def test_deeper_is_never_less_and_the_legend_covers_every_value(values: dict[str, float]) -> None:
    shades = map_shades.shades(values)
    ranges = {told.shade: told for told in map_shades.legend(values)}

    for place, value in values.items():
        assert 1 <= shades[place] <= map_shades.SHADES
        assert ranges[shades[place]].low <= value <= ranges[shades[place]].high
        assert all(shades[place] >= shades[other] for other in values if values[other] < value)
    assert map_shades.SHADES in ranges
