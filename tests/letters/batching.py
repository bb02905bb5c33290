"""Tables of made-up people, sorted out as a batch."""

from dataclasses import replace

from campaign.congress.dataset import Congress
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.files import BatchFiles
from campaign.letters.batch.match import Batch, Choices, GeocodesInBatch
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY

HEADING = "First name,Last name,Street,City,ZIP,Consent,District,Own words\n"


def sorted_out(
    text: str,
    pack: Pack,
    congress: Congress,
    geocoder: GeocodesInBatch | None = None,
    **chosen: object,
) -> Batch:
    """Return the batch of a table, heading and all."""
    choices = replace(Choices(DAY), **chosen)  # type: ignore[arg-type]
    return match.match_people(
        ConstituentsTable.parse(text.encode()), pack, congress, choices, geocoder=geocoder
    )


def bundle_of(text: str, pack: Pack, congress: Congress, **chosen: object) -> BatchFiles:
    """Return the same, ready to be written."""
    choices = replace(Choices(DAY), **chosen)  # type: ignore[arg-type]
    found = match.match_people(ConstituentsTable.parse(text.encode()), pack, congress, choices)
    return BatchFiles(found, pack, choices, DAY)


def people(number: int) -> str:
    """Return a table of so many people of Billings, each with an address of their own."""
    lines = (
        f"Ani {each},Petrosyan,{each} Main Street,,59101,yes,,I am number {each}.\n"
        for each in range(1, number + 1)
    )
    return HEADING + "".join(lines)
