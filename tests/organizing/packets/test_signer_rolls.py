"""Signers on rolls: sorted as people look names up, counted whole, however many there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.organizing.packets import signer_rolls
from campaign.organizing.packets.signer_rolls import RollBuilder
from campaign.store.packets import Constituent


@pytest.fixture(scope="module")
def congress() -> dataset.Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture
def held(tmp_path: Path, congress: dataset.Congress) -> Iterator[RollBuilder]:
    with RollBuilder(tmp_path, congress) as made:
        yield made


def signer(last: str, first: str = "Ani", zip_: str = "59101", **more: object) -> Constituent:
    values: dict[str, object] = {
        "city": "", "state": "MT", "district": "MT-2", "is_paper": False, "comment": "", **more
    }  # fmt: skip
    return Constituent(first, last, zip_, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("run", [2, 20_000], ids=["by files", "in memory"])
def test_names_sort_as_readers_expect(
    held: RollBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    monkeypatch.setattr(signer_rolls, "RUN_ROWS", run)
    names = ["Zoe", "Đặng", "O’Neil", "ONeal", "dean", "Łukasz", "Lund", "Ångström", "Պետրոսյան"]
    for name in names:
        held.add("MT", signer(name))

    [found] = [[person.last_name for person in roll.people()] for roll in held.rolls()]

    assert found == [
        "Ångström", "Đặng", "dean", "Łukasz", "Lund", "ONeal", "O’Neil", "Zoe", "Պետրոսյան"
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_roll_counts_all_and_lists_those_with_names(held: RollBuilder) -> None:
    held.add("MT", signer("B", comment="Please.", is_paper=True))
    held.add("MT", signer("A", zip_="00000", city="Nowhere"))
    held.add("MT", signer("", "", zip_="", is_paper=True))
    held.add("AK", signer("", "", zip_=""))
    held.add("WY", signer("", "", zip_=""))

    told = [
        (roll.place, roll.count, roll.listed, roll.paper, roll.comments, dict(roll.towns))
        for roll in held.rolls()
    ]

    assert told == [
        ("AK", 1, 0, 0, 0, {}),
        ("MT", 3, 2, 2, 1, {"Billings": 1, "Nowhere": 1}),
        ("WY", 1, 0, 0, 0, {}),
    ]


def test_a_roll_can_be_read_repeatedly(held: RollBuilder) -> None:
    held.add("MT", signer("A"))

    for roll in held.rolls():
        assert list(roll.people()) == list(roll.people()) != []
