"""Whose streets are looked up for a table of people: only those that could change a letter."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from campaign.congress.batch_geocoder import BatchResult, Unlocated
from campaign.congress.dataset import Congress
from campaign.congress.places import StreetAddress
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.match import Choices
from campaign.packs.pack import Pack
from campaign.packs.targets import MemberFilter, Targets
from tests.letters.conftest import DAY

PEOPLE = (
    "First name,Last name,Street,City,State,ZIP,Consent\n"
    "Bo,Li,1 Elm Street,Austin,TX,73301,yes\n"  # one organization's ZIP
    "Cy,Poe,PO Box 9,Billings,MT,59103,yes\n"  # only post office boxes
    "Di,Roe,12 Oak Street,Pawtucket,RI,02861,yes\n"  # on both sides of a state line
)


class Asked:
    """A geocoder that finds nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.streets: list[str] = []

    def districts(
        self, addresses: Sequence[StreetAddress], report: Callable[[int], None] = lambda done: None
    ) -> tuple[BatchResult, ...]:
        self.streets += [address.street for address in addresses]
        return tuple(Unlocated("Not found.") for _ in addresses)


@pytest.mark.parametrize(
    ("members", "streets"),
    [
        (MemberFilter(), ["1 Elm Street", "PO Box 9", "12 Oak Street"]),
        (MemberFilter(chambers=(), members=("S000148",)), []),
        (MemberFilter(chambers=("senate",)), []),
        (MemberFilter(districts=("TX-21",)), ["1 Elm Street"]),
        (MemberFilter(states=("MA",)), []),
    ],
)
def test_only_streets_that_could_change_a_letter_are_looked_up(
    pack: Pack, congress: Congress, members: MemberFilter, streets: list[str]
) -> None:
    asked = Asked()

    match.match_people(
        ConstituentsTable.parse(PEOPLE.encode()),
        replace(pack, targets=Targets(members)),
        congress,
        Choices(DAY, kinds=("senate", "house")),
        geocoder=asked,
    )

    assert asked.streets == streets
