"""What a worker is made of: couriers for what leaves the house, and chores for what stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.delivery import messages, smtp
from campaign.delivery.outbox import Courier
from campaign.delivery.postman import Postman
from campaign.packs import pack as packs
from campaign.packs.shelf import Shelf
from campaign.petition import counting
from campaign.settings import Settings
from campaign.store.engine import Database


@dataclass(frozen=True)
class Chore:
    """Regular work: done again `every` so often; `do` returns how many rows it touched.

    It is safe to do twice: several workers may come to it at once.
    """

    name: str
    every: timedelta
    do: Callable[[Database, datetime], int]


def couriers(in_force: Settings) -> Mapping[str, Courier]:
    """Who takes each kind of outbox row out of the house, by these settings."""
    shelf = Shelf(packs.folders(in_force))
    postman = Postman(in_force, smtp.channel(in_force), find_pack=shelf.get)
    return dict.fromkeys(messages.KINDS, postman)


def chores() -> tuple[Chore, ...]:
    """The regular work of every installation."""
    return (Chore("add-up-counts", timedelta(seconds=20), counting.roll_up),)
