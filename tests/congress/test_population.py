"""The table of populations: complete, and the Census Bureau's totals."""

from pathlib import Path

import pytest

from campaign.congress import population
from campaign.congress.places import STATES
from campaign.errors import DatasetInvalid

_BEYOND_THE_STATES = {"AS", "GU", "MP", "PR", "VI"}


def test_the_states_and_dc_add_up_to_the_resident_population_of_2020() -> None:
    residents = population.shipped()

    assert sum(n for state, n in residents.items() if state not in _BEYOND_THE_STATES) == (
        331_449_281
    )
    assert set(residents) == set(STATES)
    assert residents["PR"] == 3_285_874
    assert sum(residents[state] for state in ("AS", "GU", "MP", "VI")) == 338_021


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("state,population\nCA,1\n", "no row for WY"),
        ("state,population\nCA,1\nCA,2\n", "repeated state 'CA'"),
        ("state,population\nXX,1\n", "unknown or repeated state 'XX'"),
        ("state,population\nCA,0\n", "no population for CA"),
        ("state,population\nCA,many\n", "no population for CA"),
        ("state,population\nCA\n", "no population for CA"),
    ],
)
def test_a_broken_table_is_refused_with_the_reason(tmp_path: Path, rows: str, reason: str) -> None:
    table = tmp_path / "population.csv"
    table.write_text(rows, encoding="utf-8")

    with pytest.raises(DatasetInvalid) as refused:
        population.load(table)

    assert any(reason in problem for problem in refused.value.problems)
