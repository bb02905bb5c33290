"""Tables of made-up people, sorted out as a batch."""

from dataclasses import replace

from campaign.congress.dataset import Congress
from campaign.letters import batch
from campaign.letters.batch import Batch, Choices, LooksUpMany
from campaign.letters.bundle import Bundle
from campaign.letters.people import People
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY

HEADING = "First name,Last name,Street,City,ZIP,Consent,District,Own words\n"


def sorted_out(
    text: str,
    pack: Pack,
    congress: Congress,
    geocoder: LooksUpMany | None = None,
    **chosen: object,
) -> Batch:
    """Return the batch of a table, heading and all."""
    choices = replace(Choices(DAY), **chosen)  # type: ignore[arg-type]
    return batch.sort_out(People.parse(text.encode()), pack, congress, choices, geocoder=geocoder)


def bundle_of(text: str, pack: Pack, congress: Congress, **chosen: object) -> Bundle:
    """Return the same, ready to be written."""
    choices = replace(Choices(DAY), **chosen)  # type: ignore[arg-type]
    found = batch.sort_out(People.parse(text.encode()), pack, congress, choices)
    return Bundle(found, pack, choices, DAY)


def people(number: int) -> str:
    """Return a table of so many people of Billings, each with an address of their own."""
    lines = (
        f"Ani {each},Petrosyan,{each} Main Street,,59101,yes,,I am number {each}.\n"
        for each in range(1, number + 1)
    )
    return HEADING + "".join(lines)
