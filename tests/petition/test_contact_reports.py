"""Marks of calls and letters: figures by member and outcome, and no way to pump them up."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from limits.errors import StorageError
from limits.storage import MemoryStorage

from campaign.errors import TooManyAttempts
from campaign.petition.contact_reports import Contact, Figure, figures, record
from campaign.petition.rate_limits import SignupLimits
from campaign.store.contacts import OUTCOMES, Outcome
from campaign.store.db.engine import Database
from campaign.store.models import contacts
from campaign.store.rate_limit_storage import URI, DatabaseStorage

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def limits(database: Database) -> SignupLimits:
    return SignupLimits(DatabaseStorage(URI, database=database))


def called(member: str = "D000618", outcome: Outcome = "contact", **more: str) -> Contact:
    return Contact("bridge", member, outcome, **more)


def counted(database: Database, since: date | None = None) -> list[Figure]:
    with database.reading() as connection:
        return list(figures(connection, "bridge", since=since))


def test_figures_are_by_member_and_outcome(database: Database, limits: SignupLimits) -> None:
    for outcome in (*OUTCOMES, "contact"):
        record(database, called(outcome=outcome), network="a", limits=limits, now=NOW)
    record(database, called("president", "posted"), network="b", limits=limits, now=NOW)
    record(database, Contact("other", "D000618", "contact"), network="b", limits=limits, now=NOW)

    assert counted(database) == [
        Figure("D000618", "contact", 2),
        Figure("D000618", "no-answer", 1),
        Figure("D000618", "posted", 1),
        Figure("D000618", "sent", 1),
        Figure("D000618", "voicemail", 1),
        Figure("president", "posted", 1),
    ]


def test_figures_can_begin_on_a_day(database: Database, limits: SignupLimits) -> None:
    yesterday = NOW.replace(day=23)
    record(database, called(), network="a", limits=limits, now=yesterday)
    record(database, called(), network="a", limits=limits, now=NOW)

    assert counted(database, since=NOW.date()) == [Figure("D000618", "contact", 1)]
    assert counted(database, since=yesterday.date()) == [Figure("D000618", "contact", 2)]


def test_nothing_about_the_person_is_kept(database: Database, limits: SignupLimits) -> None:
    contact = called(office="D000618-helena", source="call")

    record(database, contact, network="a", limits=limits, now=NOW)

    with database.reading() as connection:
        (row,) = connection.execute(sa.select(contacts)).mappings()
    assert dict(row) == {
        "id": 1,
        "campaign": "bridge",
        "member": "D000618",
        "office": "D000618-helena",
        "outcome": "contact",
        "day": NOW.date(),
        "source": "call",
        "about": "",
    }


def test_one_network_cannot_inflate_the_figures(database: Database, limits: SignupLimits) -> None:
    for _ in range(30):
        record(database, called(), network="a", limits=limits, now=NOW)

    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            record(database, called(), network="a", limits=limits, now=NOW)
    record(database, called(), network="b", limits=limits, now=NOW)

    assert counted(database) == [Figure("D000618", "contact", 31)]


def test_reports_per_network_and_member_are_limited_by_day() -> None:
    """Slowly, past the limit of a minute."""
    storage = MemoryStorage()
    limits = SignupLimits(storage)

    kept = 0
    for _ in range(205):
        kept += limits.allow_contact_report("a", campaign="bridge", member="D000618")
        for key in [key for key in storage.storage if "mark-network" in key]:
            storage.clear(key)

    assert kept == 200
    assert limits.allow_contact_report("a", campaign="bridge", member="T000278")


def test_reports_from_unknown_networks_share_one_limit(
    database: Database, limits: SignupLimits
) -> None:
    for _ in range(30):
        record(database, called(), network="", limits=limits, now=NOW)

    with pytest.raises(TooManyAttempts):
        record(database, called(), network="", limits=limits, now=NOW)
    assert counted(database) == [Figure("D000618", "contact", 30)]


class _Down(MemoryStorage):
    """Counters that cannot be reached, as when Redis is restarted."""

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise StorageError(ConnectionError())


def test_reports_count_while_the_rate_limiter_is_down(database: Database) -> None:
    record(database, called(), network="a", limits=SignupLimits(_Down()), now=NOW)

    assert counted(database) == [Figure("D000618", "contact", 1)]
