"""Updates: who gets them, how often, and that nobody is mailed twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.delivery.outbox import drain
from campaign.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    InvalidInput,
    JobStopped,
    TooManyAttempts,
    UpdateUnknown,
)
from campaign.organizing import jobs as long_work
from campaign.organizing import updates
from campaign.organizing.updates import Draft
from campaign.packs import pack as packs
from campaign.petition import bounce_record, erasure, own_data
from campaign.settings import Settings, read
from campaign.store import daily_counters, models, tokens, update_bounces, update_recipients
from campaign.store.db.engine import Database
from campaign.store.update_bounces import BounceKind
from campaign.store.updates import Update
from tests.petition.petitioning import KEYRING, NOW, Petition

NAME = "section-907"


@pytest.fixture
def petition(database: Database) -> Petition:
    pack = packs.load(paths.data() / "campaigns" / NAME, NOW.date())
    return Petition(database, replace(pack, opens_on=None, closes_on=None))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    told = {"CAMPAIGN_ENV": "development", "CAMPAIGN_HOME": str(tmp_path)}
    return read(told, working_directory=tmp_path)


def sign(petition: Petition, *names: str, opted_in: bool = True, **said: Any) -> None:
    for name in names:
        petition.sign_and_confirm(
            email=f"{name}@example.org", first_name=name, mail_opt_in=opted_in, **said
        )


def written(petition: Petition, **audience: str) -> Update:
    draft = Draft.parse("A hearing is set", "The committee **meets** on Monday.", audience)
    public_id = updates.save(petition.database, NAME, "", draft, actor="user:1", now=NOW)
    return updates.find(petition.database, NAME, public_id)


def work(petition: Petition, settings: Settings, now: datetime = NOW) -> None:
    handler = updates.handler(KEYRING, lambda: now)
    while long_work.run_next(
        petition.database, {updates.KIND: handler}, settings, clock=lambda: now
    ):
        pass


def send(petition: Petition, settings: Settings, **audience: str) -> Update:
    update = written(petition, **audience)
    updates.send(petition.database, update, actor="user:1", now=NOW)
    work(petition, settings)
    return updates.find(petition.database, NAME, update.public_id)


def mailed(petition: Petition) -> list[str]:
    return [row.to.partition("@")[0] for row in petition.mails("update")]


def test_an_update_goes_to_confirmed_opted_in_signers(
    petition: Petition, settings: Settings
) -> None:
    sign(petition, "ada", "bo")
    sign(petition, "cy", opted_in=False)
    petition.sign(email="di@example.org", first_name="Di", mail_opt_in=True)

    sent = send(petition, settings)

    assert mailed(petition) == ["ada", "bo"]
    assert (sent.status, sent.figures.queued, sent.figures.waiting) == ("sent", 2, 2)


def test_an_update_can_go_to_an_audience(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada")
    sign(petition, "bo", zip="82001", state="WY", district="WY-0")

    send(petition, settings, state="WY")

    assert mailed(petition) == ["bo"]


def test_the_announced_reach_is_the_number_of_mails(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada", "bo", "cy")
    update = written(petition)
    reach = updates.reach(petition.database, update, NOW)

    assert reach.readers == send(petition, settings).queued == 3


def test_after_a_crash_another_worker_continues_without_duplicates(
    petition: Petition, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(petition, "ada", "bo", "cy", "di", "ed")
    monkeypatch.setattr(updates, "BATCH", 2)
    update = written(petition)
    updates.send(petition.database, update, actor="user:1", now=NOW)
    handler = updates.handler(KEYRING, lambda: NOW)

    def dies(given: long_work.JobContext) -> long_work.JobResult:
        def stop(done: int, total: int) -> None:
            raise JobStopped("killed")

        return handler(replace(given, report=stop))

    for _ in range(2):
        long_work.run_next(
            petition.database,
            {updates.KIND: dies},
            settings,
            is_stopping=lambda: True,
            clock=lambda: NOW,
        )
    work(petition, settings)

    assert sorted(mailed(petition)) == ["ada", "bo", "cy", "di", "ed"]


def test_batches_are_spaced_in_time(
    petition: Petition, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(petition, "ada", "bo", "cy")
    monkeypatch.setattr(updates, "BATCH", 2)

    send(petition, settings)

    with petition.database.reading() as connection:
        times = connection.execute(
            sa.select(models.outbox.c.not_before).where(models.outbox.c.kind == "update")
        ).scalars()
        waits = sorted(time - NOW for time in times)
    assert waits == [timedelta(0), timedelta(0), timedelta(seconds=100)]


def test_a_fourth_update_within_a_week_must_wait(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada")
    for _ in range(updates.MAX_PER_WEEK):
        send(petition, settings)
    fourth = written(petition)

    with pytest.raises(TooManyAttempts, match="June 22, 2026"):
        updates.send(petition.database, fourth, actor="user:1", now=NOW + timedelta(days=6))
    updates.send(petition.database, fourth, actor="user:1", now=NOW + timedelta(days=8))

    assert updates.find(petition.database, NAME, fourth.public_id).status == "sending"


def test_what_was_sent_cannot_be_changed_or_sent_again(
    petition: Petition, settings: Settings
) -> None:
    sent = send(petition, settings)
    draft = Draft.parse("Other", "words", {})

    with pytest.raises(UpdateUnknown):
        updates.save(petition.database, NAME, sent.public_id, draft, actor="user:1", now=NOW)
    with pytest.raises(UpdateUnknown):
        updates.send(petition.database, sent, actor="user:1", now=NOW)


def test_stopping_cancels_unsent_messages(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada", "bo")
    sent = send(petition, settings)

    kept = updates.stop(petition.database, sent, actor="user:1", now=NOW)

    after = updates.find(petition.database, NAME, sent.public_id)
    assert kept == 2
    assert (after.status, after.figures.canceled, after.figures.failed) == ("stopped", 2, 0)


def test_a_signer_who_unsubscribes_meanwhile_is_skipped(
    petition: Petition, settings: Settings
) -> None:
    sign(petition, "ada")
    sent = send(petition, settings)
    [row] = petition.rows()
    with petition.database.reading() as connection:
        before = update_recipients.is_wanted(connection, sent, row.id)

    own_data.unsubscribe(petition.database, petition.link("unsubscribe"), now=NOW, keyring=KEYRING)

    with petition.database.reading() as connection:
        assert before
        assert not update_recipients.is_wanted(connection, sent, row.id)


def test_a_bounce_ends_updates_to_that_mailbox(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada", "bo")
    first = send(petition, settings)
    [ada, _] = petition.rows()
    mark = tokens.bounce_mark(KEYRING, ada.public_id, first.public_id)

    def take(*ids: str) -> int:
        return bounce_record.record(petition.database, "gone", ids, now=NOW, keyring=KEYRING)

    noted = [take(mark), take(mark), take(mark[:-1] + "0", f"{first.public_id}-x-y", "")]
    second = send(petition, settings)

    assert noted == [1, 0, 0]
    assert updates.find(petition.database, NAME, first.public_id).figures.bounced == 1
    assert second.queued == 1
    with petition.database.reading() as connection:
        assert daily_counters.totals(connection, NAME)["bounced/update"] == 1


def test_a_complaint_unsubscribes_the_reader(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada")
    sent = send(petition, settings)
    [ada] = petition.rows()
    mark = tokens.bounce_mark(KEYRING, ada.public_id, sent.public_id)

    bounce_record.record(petition.database, "complained", [mark], now=NOW, keyring=KEYRING)

    [after] = petition.rows()
    assert (after.mail_opt_in, after.unsubscribed_at) == (False, NOW)
    assert petition.consents()[-1].act == "unsubscribed"
    assert updates.find(petition.database, NAME, sent.public_id).figures.complained == 1


def test_three_a_week_counts_what_a_reader_gets(petition: Petition, settings: Settings) -> None:
    """What was sent to others leaves a reader's three free; what was sent to all does not."""
    sign(petition, "ada")
    sign(petition, "bo", zip="82001", state="WY", district="WY-0")
    for _ in range(updates.MAX_PER_WEEK):
        send(petition, settings, state="WY")

    update = written(petition)
    reach = updates.reach(petition.database, update, NOW)
    sent = send(petition, settings)

    assert (reach.readers, reach.at_limit) == (1, 1)
    assert sent.queued == 1
    assert mailed(petition) == ["bo", "bo", "bo", "ada"]


def test_a_mailbox_of_two_people_gets_an_update_once(
    petition: Petition, settings: Settings
) -> None:
    petition.sign_and_confirm(email="home@example.org", first_name="Ada", mail_opt_in=True)
    petition.sign_and_confirm(email="home@example.org", first_name="Bo", mail_opt_in=True)
    update = written(petition)

    assert updates.reach(petition.database, update, NOW).readers == 1
    assert send(petition, settings).queued == 1


@pytest.mark.parametrize(
    ("kind", "updates_until_it_ends"),
    [("gone", 1), ("complained", 1), ("full", 3), ("blocked", None), ("failed", None)],
)
def test_what_each_kind_of_bounce_means_for_the_next_update(
    petition: Petition, settings: Settings, kind: BounceKind, updates_until_it_ends: int | None
) -> None:
    sign(petition, "ada", "bo")
    ada, _ = petition.rows()
    for number in range(1, 5):
        with petition.database.writing() as connection:
            update_bounces.record(connection, ada.id, kind, update_id=number, now=NOW)
        readers = updates.reach(petition.database, written(petition), NOW).readers
        is_over = updates_until_it_ends is not None and number >= updates_until_it_ends
        assert readers == (1 if is_over else 2), number


def drain_against(petition: Petition, settings: Settings, outcome: Callable[[], None]) -> None:
    """Send what waits over a channel with that outcome."""

    class Sender:
        def prepare(self, *_: object) -> Callable[[], None]:
            return outcome

        def close(self) -> None:
            pass

    drain(petition.database, {"update": Sender()}, now=NOW, only=frozenset({"update"}))


def test_an_smtp_refusal_is_recorded_like_a_bounce(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada")

    def gone() -> None:
        raise DeliveryRefused("The mail server answered 550 5.1.1.", mailbox="gone")

    first = send(petition, settings)
    drain_against(petition, settings, gone)

    assert updates.find(petition.database, NAME, first.public_id).figures.bounced == 1
    assert updates.reach(petition.database, written(petition), NOW).readers == 0


def test_a_block_by_a_server_warns_the_organizer_and_unsubscribes_nobody(
    petition: Petition, settings: Settings
) -> None:
    sign(petition, "ada")

    def blocked() -> None:
        raise DeliveryDelayed("The mail server answered 550 5.7.1.", is_blocked=True)

    sent = send(petition, settings)
    drain_against(petition, settings, blocked)

    assert updates.blocked_lately(petition.database, NAME, NOW) == 1
    figures = updates.find(petition.database, NAME, sent.public_id).figures
    assert (figures.blocked, figures.bounced, figures.waiting) == (1, 0, 1)
    assert updates.reach(petition.database, written(petition), NOW).readers == 1


@pytest.mark.parametrize(("subject", "body", "field"), [
    ("Hello", "Dear {{ frist_name }}", "body"),
    ("Hello {{ name }}", "x", "subject"),
    ("Hello", "Dear *|FNAME|*", "body"),
    ("Hello", "Your member in {{ district }}", "body"),
])  # fmt: skip
def test_a_merge_field_without_a_value_is_refused_on_save(
    subject: str, body: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        Draft.parse(subject, body, {})

    assert refused.value.field == field


def test_an_older_draft_with_a_field_that_has_no_value_cannot_be_sent(petition: Petition) -> None:
    sign(petition, "ada")
    old = replace(written(petition), body="Dear {{ nobody }}")

    with pytest.raises(InvalidInput):
        updates.send(petition.database, old, actor="user:1", now=NOW)
    with pytest.raises(InvalidInput):
        updates.send_test(
            petition.database, old, to="ani@example.org", language="en", actor="user:1", now=NOW
        )


def test_figures_outlive_the_outbox_rows(petition: Petition, settings: Settings) -> None:
    sign(petition, "ada", "bo")
    sent = send(petition, settings)
    outbox = models.outbox
    with petition.database.writing() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.kind == "update").values(status="sent"))

    settled = updates.archive_figures(petition.database, NOW + timedelta(days=15))
    with petition.database.writing() as connection:
        connection.execute(sa.delete(outbox))

    assert settled == 1
    assert updates.find(petition.database, NAME, sent.public_id).figures.sent == 2


@pytest.mark.parametrize(("subject", "body", "field"), [("", "x", "subject"), ("x", " ", "body")])
def test_an_empty_draft_is_refused(subject: str, body: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Draft.parse(subject, body, {})

    assert refused.value.field == field


def test_markup_in_the_mail_is_sanitized(petition: Petition) -> None:
    html = updates.preview(
        replace(
            written(petition), body="<script>alert(1)</script> [x](javascript:alert(1)) **now**"
        )
    ).html

    assert "<script" not in html
    assert "javascript:" not in html or "href" not in html
    assert "<strong>now</strong>" in html


def test_times_come_from_the_clock(petition: Petition, settings: Settings) -> None:
    assert send(petition, settings).sent_at == datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_a_reader_erased_meanwhile_does_not_stop_the_others(petition: Petition) -> None:
    sign(petition, "ada", "bo")
    update = written(petition)
    updates.send(petition.database, update, actor="user:1", now=NOW)
    update = updates.find(petition.database, NAME, update.public_id)
    with petition.database.reading() as connection:
        who = update_recipients.next_batch(connection, update, after=0, limit=10)
    erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    with petition.database.writing() as connection:
        marked = [(one, f"mark-{one.id}") for one in who]
        assert update_recipients.queue(
            connection, update, marked, reached=who[-1].id, not_before=NOW, now=NOW
        )

    assert [row.to for row in petition.mails("update")] == ["ada@example.org"]
