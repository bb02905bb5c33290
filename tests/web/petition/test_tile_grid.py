"""The tiles: every state has its own."""

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
