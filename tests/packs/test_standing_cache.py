"""Where members stand, attached to a campaign: soon current, and never at a page's cost."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from campaign import paths
from campaign.errors import StoreUnavailable
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord
from campaign.packs.standing_cache import StandingCache

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", DAY)


class Records:
    """Evidence that a test changes; counts how often it was read, and can fail."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reads = 0
        self.is_down = False
        self.records: list[StanceRecord] = []

    def read(self, name: str) -> Sequence[StanceRecord]:
        self.reads += 1
        if self.is_down:
            raise StoreUnavailable("The database is not there.")
        return tuple(self.records) if name == "section-907" else ()

    def add(self, stance: Stance, day: date = DAY) -> None:
        self.records.append(StanceRecord("T000468", stance, day, "a source"))


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def cache(records: Records) -> StandingCache:
    return StandingCache(records.read, every=5.0, monotonic=lambda: records.now)


def test_evidence_is_read_at_most_every_few_seconds(
    pack: Pack, cache: StandingCache, records: Records
) -> None:
    assert cache.attach(pack) is pack
    records.add(Stance.FOR)
    records.now = 4.9
    assert cache.attach(pack) is pack

    records.now = 5.0
    attached = cache.attach(pack)

    assert attached.standings["T000468"].stance is Stance.FOR
    assert cache.attach(pack) is attached
    assert records.reads == 2


def test_a_database_that_is_down_leaves_what_was_known(
    pack: Pack, cache: StandingCache, records: Records
) -> None:
    records.add(Stance.FOR)
    attached = cache.attach(pack)
    records.is_down = True
    records.now = 60.0

    assert cache.attach(pack) is attached


def test_another_day_and_another_version_of_the_texts_are_resolved_again(
    pack: Pack, cache: StandingCache, records: Records
) -> None:
    records.add(Stance.FOR, DAY + timedelta(days=1))
    later = packs.load(pack.folder, DAY + timedelta(days=1))

    assert "T000468" not in cache.attach(pack).standings
    assert cache.attach(later).standings["T000468"].stance is Stance.FOR
