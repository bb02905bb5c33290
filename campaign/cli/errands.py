"""What a worker is made of: couriers for what leaves the house, and chores for what stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from campaign.delivery import messages, smtp
from campaign.delivery.outbox import Courier
from campaign.delivery.postman import Postman
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store.engine import Database


@dataclass(frozen=True)
class Chore:
    """Regular work: done again `every` so often; `do` returns how many rows it touched."""

    name: str
    every: timedelta
    do: Callable[[Database, datetime], int]


def couriers(in_force: Settings) -> Mapping[str, Courier]:
    """Who takes each kind of outbox row out of the house, by these settings."""
    postman = Postman(
        in_force, smtp.channel(in_force), find_pack=_packs(in_force), tokens=lambda c, w: {}
    )
    return dict.fromkeys(messages.KINDS, postman)


def chores(in_force: Settings) -> tuple[Chore, ...]:
    """The regular work of one installation."""
    return ()


def _packs(in_force: Settings) -> Callable[[str, datetime], Pack]:
    """Return a finder of campaigns that reads a folder again after a minute."""

    @lru_cache(maxsize=64)
    def load(name: str, on: date, _minute: int) -> Pack:
        return packs.load(packs.find(name, packs.folders(in_force)), on)

    return lambda name, now: load(name, now.date(), int(now.timestamp()) // 60)
