"""The notice that sign-ups are set aside, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.organizing import held_notice
from campaign.organizing.accounts import accounts as running
from campaign.packs import pack as packs
from campaign.petition import review
from campaign.store import accounts, models
from campaign.store.db.engine import Database
from tests.petition.petitioning import NOW, Petition


@pytest.fixture
def petition(database: Database) -> Petition:
    pack = packs.load(paths.data() / "campaigns" / "section-907", NOW.date())
    return Petition(database, replace(pack, opens_on=None, closes_on=None))


def notices(petition: Petition) -> list[tuple[str, int]]:
    return [(row.to, row.payload["count"]) for row in petition.mails("held")]


def test_a_notice_is_sent_hourly_while_more_is_held(petition: Petition) -> None:
    owner = running.add(
        petition.database, "owner@example.org", "owner", campaign="*", actor="t", now=NOW
    )
    with petition.database.writing() as connection:
        accounts.change(connection, owner.id, password="made-up")

    def tell(minutes: int) -> int:
        return held_notice.send_notices(petition.database, NOW + timedelta(minutes=minutes))

    def hold(number: int, minutes: int) -> None:
        petition.sign(
            email=f"p{number}@example.org",
            flags=("network-burst",),
            now=NOW + timedelta(minutes=minutes),
        )

    assert tell(0) == 0
    hold(1, 1)
    assert [tell(2), tell(3)] == [1, 0]
    hold(2, 30)
    assert [tell(40), tell(63), tell(64), tell(500)] == [0, 1, 0, 0]
    assert notices(petition) == [("owner@example.org", 1), ("owner@example.org", 2)]


def test_a_bulk_release_can_be_undone(petition: Petition) -> None:
    for number in range(3):
        petition.sign(email=f"p{number}@example.org", flags=("network-burst",))
    ids = [row.public_id for row in petition.rows()]

    press = review.release_all(
        petition.database, ids, actor="user:1", now=NOW, campaign="section-907"
    )
    petition.confirm(petition.link("confirm"))
    back = review.undo(petition.database, press.id, actor="user:1", now=NOW, campaign="section-907")

    assert (press.count, back) == (3, 2)
    assert [row.status for row in petition.rows()] == ["held", "held", "confirmed"]
    with petition.database.reading() as connection:
        waits = connection.execute(
            sa.select(models.outbox.c.signature_id).where(models.outbox.c.kind == "confirm")
        ).scalars()
        assert len(list(waits)) == 1
