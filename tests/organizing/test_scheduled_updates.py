"""Updates at a chosen time: sent once, as approved, by someone who may, and never late."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign import civil_time, paths
from campaign.errors import InvalidInput, UpdateUnknown
from campaign.organizing import jobs as long_work
from campaign.organizing import scheduled_updates, updates
from campaign.organizing.scheduled_updates import MAX_LATE, parse_time
from campaign.organizing.updates import Draft
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings, read
from campaign.store import accounts, audit, models
from campaign.store.db.engine import Database
from campaign.store.updates import Update
from tests.petition.petitioning import KEYRING, NOW, Petition

NAME = "section-907"
AT = NOW + timedelta(hours=20)


@pytest.fixture
def pack() -> Pack:
    return replace(
        packs.load(paths.data() / "campaigns" / NAME, NOW.date()), opens_on=None, closes_on=None
    )


@pytest.fixture
def petition(database: Database, pack: Pack) -> Petition:
    made = Petition(database, pack)
    made.sign_and_confirm(email="ada@example.org", first_name="Ada", mail_opt_in=True)
    return made


@pytest.fixture
def actor(database: Database) -> str:
    """An organizer of the campaign."""
    with database.writing() as connection:
        made = accounts.add(connection, email="nare@example.org", name="Nare", now=NOW)
        accounts.grant(connection, made.id, campaign=NAME, role="organizer", now=NOW)
    return f"user:{made.id}"


def scheduled(db: Database, actor: str, *, body: str = "It meets on Monday.") -> Update:
    draft = Draft.parse("A hearing is set", body, {})
    public_id = updates.save(db, NAME, "", draft, actor=actor, now=NOW)
    found = updates.find(db, NAME, public_id)
    scheduled_updates.schedule(db, found, at=AT, actor=actor, now=NOW)
    return updates.find(db, NAME, public_id)


def again(db: Database, update: Update) -> Update:
    return updates.find(db, NAME, update.public_id)


def jobs_queued(db: Database) -> int:
    with db.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(models.jobs)).scalar_one()


def test_it_is_sent_once_when_its_time_has_come(petition: Petition, actor: str) -> None:
    db = petition.database
    update = scheduled(db, actor)

    assert scheduled_updates.send_due(db, AT - timedelta(seconds=1)) == 0
    assert again(db, update).is_draft
    assert scheduled_updates.send_due(db, AT) == 1
    assert scheduled_updates.send_due(db, AT + timedelta(minutes=1)) == 0

    sent = again(db, update)
    assert (sent.status, sent.sent_at, sent.send_at) == ("sending", AT, None)
    assert jobs_queued(db) == 1
    with db.reading() as connection:
        actions = [record.action for record in audit.records(connection, limit=10)]
    assert {"update-scheduled", "update-sent"} <= set(actions)


def test_two_workers_send_it_once(petition: Petition, actor: str) -> None:
    db = petition.database
    scheduled(db, actor)

    start = threading.Barrier(4)

    def send(_: int) -> int:
        start.wait()
        return scheduled_updates.send_due(db, AT)

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(send, range(4))) == 1

    assert jobs_queued(db) == 1


def test_a_change_cancels_the_time(petition: Petition, actor: str) -> None:
    db = petition.database
    update = scheduled(db, actor)

    other = Draft.parse("A hearing is set", "It meets on Tuesday.", {})
    updates.save(db, NAME, update.public_id, other, actor=actor, now=NOW)

    assert scheduled_updates.send_due(db, AT) == 0
    assert again(db, update).is_draft


def test_saving_without_a_change_keeps_the_time(petition: Petition, actor: str) -> None:
    """A test to oneself saves the draft first."""
    db = petition.database
    update = scheduled(db, actor)

    same = Draft.parse(update.subject, update.body, update.audience)
    updates.save(db, NAME, update.public_id, same, actor=actor, now=NOW)

    assert again(db, update).send_at == AT


def test_a_draft_that_changed_meanwhile_is_not_scheduled(petition: Petition, actor: str) -> None:
    db = petition.database
    update = scheduled(db, actor)
    scheduled_updates.cancel(db, update, actor=actor, now=NOW)
    seen = again(db, update)
    other = Draft.parse("A hearing is set", "It meets on Tuesday.", {})
    updates.save(db, NAME, update.public_id, other, actor=actor, now=NOW)

    with pytest.raises(UpdateUnknown):
        scheduled_updates.schedule(db, seen, at=AT, actor=actor, now=NOW)

    assert again(db, update).send_at is None


def test_canceled_it_is_a_draft_again(petition: Petition, actor: str) -> None:
    db = petition.database
    update = scheduled(db, actor)

    assert scheduled_updates.cancel(db, update, actor=actor, now=NOW)
    assert not scheduled_updates.cancel(db, update, actor=actor, now=NOW)

    assert scheduled_updates.send_due(db, AT) == 0
    assert again(db, update).not_sent == ""


def _disable(db: Database, number: int) -> None:
    with db.writing() as connection:
        accounts.change(connection, number, active=False)


def _demote(db: Database, number: int) -> None:
    with db.writing() as connection:
        accounts.grant(connection, number, campaign=NAME, role="viewer", now=NOW)


def _delete(db: Database, number: int) -> None:
    with db.writing() as connection:
        accounts.delete(connection, number)


@pytest.mark.parametrize("end", [_disable, _demote, _delete])
def test_someone_who_may_no_longer_send_sends_nothing(
    petition: Petition, actor: str, end: Callable[[Database, int], None]
) -> None:
    db = petition.database
    update = scheduled(db, actor)
    end(db, int(actor.partition(":")[2]))

    assert scheduled_updates.send_due(db, AT) == 0

    left = again(db, update)
    assert left.is_draft
    assert left.send_at is None
    assert "may no longer send updates" in left.not_sent


def test_what_is_hours_late_is_left_to_its_organizer(petition: Petition, actor: str) -> None:
    db = petition.database
    update = scheduled(db, actor)

    assert scheduled_updates.send_due(db, AT + MAX_LATE + timedelta(seconds=1)) == 0

    assert "no worker ran at its time" in again(db, update).not_sent
    assert jobs_queued(db) == 0


def test_readers_at_their_limit_are_said(petition: Petition, actor: str, tmp_path: Path) -> None:
    settings = read(
        {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path)}, working_directory=tmp_path
    )
    db = petition.database
    for _ in range(3):
        draft = Draft.parse("News", "More news.", {})
        public_id = updates.save(db, NAME, "", draft, actor=actor, now=NOW)
        updates.send(db, updates.find(db, NAME, public_id), actor=actor, now=NOW)
    _queue_all(petition, settings)
    update = scheduled(db, actor)

    assert scheduled_updates.send_due(db, AT) == 0

    assert (
        "Everyone in this audience got three updates within a week." in again(db, update).not_sent
    )


def _queue_all(petition: Petition, settings: Settings) -> None:
    """Queue the messages of every update that is being sent."""
    handler = updates.handler(KEYRING, lambda: NOW)
    while long_work.run_next(
        petition.database, {updates.KIND: handler}, settings, clock=lambda: NOW
    ):
        pass


class TestTimes:
    def test_it_is_of_the_campaign_s_clocks(self, pack: Pack) -> None:
        at = parse_time("2026-12-05", "09:30", pack, now=datetime(2026, 12, 1, tzinfo=UTC))

        assert pack.zone.key == "America/New_York"
        assert at == datetime(2026, 12, 5, 14, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("day", "clock", "field"),
        [
            ("", "09:30", "day"),
            ("12/5/2026", "09:30", "day"),
            ("2026-12-05", "", "clock"),
            ("2026-12-05", "9 in the morning", "clock"),
            ("2026-12-05", "09:30+02:00", "clock"),
            ("2026-11-30", "09:30", "clock"),
            ("2028-01-01", "09:30", "day"),
            ("2027-03-14", "02:30", "clock"),
        ],
    )
    def test_what_is_no_time_names_its_field(
        self, pack: Pack, day: str, clock: str, field: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            parse_time(day, clock, pack, now=datetime(2026, 12, 1, tzinfo=UTC))

        assert refused.value.field == field

    def test_an_hour_that_occurs_twice_is_the_earlier(self, pack: Pack) -> None:
        at = parse_time("2027-11-07", "01:30", pack, now=datetime(2026, 12, 1, tzinfo=UTC))

        assert civil_time.abbreviation(at, pack.zone) == "EDT"
        assert civil_time.day_of(at, pack.zone) == date(2027, 11, 7)
