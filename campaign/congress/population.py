"""Residents of each state, to compare signatures with."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from campaign import paths
from campaign.congress.places import STATES
from campaign.errors import DatasetInvalid


def load(path: Path) -> Mapping[str, int]:
    """Return residents by state code, one row for every state, delegation and DC.

    `path` is a table of `state,population`. Raises DatasetInvalid for a missing, unknown or
    repeated state, or a population that is not a positive number. Source of the shipped table: the
    2020 Census (see data/SOURCES.md).
    """
    problems: list[str] = []
    residents: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as table:
        for number, row in enumerate(csv.DictReader(table), start=2):
            state, population = row.get("state") or "", row.get("population") or ""
            if state not in STATES or state in residents:
                problems.append(f"{path.name}:{number}: unknown or repeated state {state!r}")
            elif not population.isascii() or not population.isdigit() or int(population) == 0:
                problems.append(f"{path.name}:{number}: no population for {state}")
            else:
                residents[state] = int(population)
    problems += [f"{path.name}: no row for {state}" for state in STATES if state not in residents]
    if problems:
        raise DatasetInvalid("The table of populations is not valid.", problems)
    return MappingProxyType(residents)


@cache
def shipped() -> Mapping[str, int]:
    """Return the shipped table, state code -> residents on April 1, 2020, read once."""
    return load(paths.data() / "population.csv")
