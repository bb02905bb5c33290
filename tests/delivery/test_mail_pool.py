"""Mail over several connections: nothing is lost, doubled, or held up by a bad recipient."""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import Connection, select

from campaign.delivery import outbox as delivery_outbox
from campaign.delivery import smtp_connection, smtp_pool
from campaign.delivery.outbox import Dispatcher, drain
from campaign.delivery.sender import Send
from campaign.delivery.smtp import SmtpChannel
from campaign.errors import DeliveryDelayed
from campaign.settings import Settings
from campaign.store import models, outbox, outbox_leases
from campaign.store.db.engine import Database
from campaign.store.mail_quota import MailQuota
from campaign.store.outbox import OutboxRow
from tests.smtp import moods
from tests.smtp.moods import Moods

MakeSettings = Callable[..., Settings]
MakeMessage = Callable[..., EmailMessage]
NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


class ToChannel:
    """A sender that sends each row as a small message."""

    def __init__(self, channel: SmtpChannel, make_message: MakeMessage) -> None:
        self._channel = channel
        self._make = make_message

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send:
        message = self._make(to=row.to, message_id=row.message_id)
        return lambda: self._channel.send(message)

    def close(self) -> None:
        self._channel.close()


@pytest.fixture
def server() -> Iterator[Moods]:
    with moods.serving() as serving:
        yield serving


def channel_to(
    make_settings: MakeSettings, *ports: int, step_timeout_s: float = 20.0, **named: str
) -> SmtpChannel:
    urls = " ".join(f"smtp+plain://127.0.0.1:{port}" for port in ports)
    return SmtpChannel(make_settings(SMTP_URL=urls, **named), step_timeout_s=step_timeout_s)


def put(db: Database, *names: str, kind: str = "confirm") -> None:
    with db.writing() as connection:
        for name in names:
            outbox.enqueue(
                connection, kind, campaign="c", to=f"{name}@example.org",
                payload={"language": "en"}, now=NOW,
            )  # fmt: skip


def statuses(db: Database) -> Counter[str]:
    with db.reading() as connection:
        return Counter(connection.scalars(select(models.outbox.c.status)).all())


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_recipient_that_hangs_holds_up_no_other(
    database: Database, server: Moods, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    put(database, "hung-1", "hung-2", *(f"ada-{number}" for number in range(40)))
    sender = ToChannel(channel_to(make_settings, server.port, MAIL_CONNECTIONS="3"), make_message)
    with Dispatcher(
        database, {"confirm": sender}, threads=3, quota=MailQuota(), clock=lambda: NOW
    ) as mail:
        while len(server.accepted) < 40:
            mail.turn()
        sent = len(server.accepted)
        server.is_over.set()
        mail.finish()

    assert sent == 40
    assert statuses(database) == {"sent": 42}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_workers_at_once_send_each_message_once_whatever_the_server_does(
    seed: int,
    database: Database,
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
) -> None:
    chance = random.Random(seed)
    kinds = ["ada"] * 12 + ["slow", "deferred", "refused", "reset", "dropped"]
    names = [f"{chance.choice(kinds)}-{number}" for number in range(120)]
    put(database, *names)

    def work() -> None:
        channel = channel_to(make_settings, server.port, MAIL_CONNECTIONS="4")
        with Dispatcher(
            database,
            {"confirm": ToChannel(channel, make_message)},
            threads=4,
            quota=MailQuota(),
            clock=lambda: NOW,
        ) as mail:
            while mail.turn().leased:
                pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    of = Counter(name.partition("-")[0] for name in names)
    assert max(Counter(server.accepted).values()) == 1
    assert statuses(database) == +Counter(
        sent=of["ada"] + of["slow"],
        failed=of["refused"],
        queued=of["deferred"] + of["reset"] + of["dropped"],
    )
    # The text of these was taken before the connection was lost: they are tried again.
    assert len(server.accepted) == of["ada"] + of["slow"] + of["dropped"]


def test_a_server_that_accepts_few_connections_gets_all_mail_over_those(
    database: Database, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    put(database, *(f"slow-{number}" for number in range(16)))
    with moods.serving(max_connections=2) as server:
        sender = ToChannel(channel_to(make_settings, server.port), make_message)
        report = drain(database, {"confirm": sender}, now=NOW, threads=8, quota=MailQuota())

    assert (report.sent, report.stalled) == (16, False)
    assert len(server.accepted) == 16


def test_a_connection_is_used_for_many_messages_and_then_renewed(
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp_connection, "MAX_MESSAGES", 5)
    channel = channel_to(make_settings, server.port)

    for number in range(12):
        channel.send(make_message(to=f"ada-{number}@example.org"))
    channel.close()

    assert (len(server.accepted), server.opened) == (12, 3)


def test_the_second_server_takes_the_mail_while_the_first_is_down(
    server: Moods, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    channel = channel_to(make_settings, closed_port(), server.port)

    channel.send(make_message(to="ada@example.org"))
    channel.send(make_message(to="bo@example.org"))
    channel.close()

    assert server.accepted == ["ada@example.org", "bo@example.org"]


def test_the_first_server_is_used_again_when_it_is_back(
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp_pool, "DOWN_S", 0.0)
    port = closed_port()
    channel = channel_to(make_settings, port, server.port)
    channel.send(make_message(to="ada@example.org"))
    with moods.serving(at_port=port) as first:
        channel.send(make_message(to="bo@example.org"))
        channel.close()

    assert (first.accepted, server.accepted) == (["bo@example.org"], ["ada@example.org"])


@pytest.mark.parametrize("name", ["dropped", "deferred", "reset"])
def test_a_failure_of_one_message_leads_to_no_second_server(
    name: str, server: Moods, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    """The first may have taken it, or the recipient is at fault."""
    with moods.serving() as second:
        channel = channel_to(make_settings, server.port, second.port)
        with pytest.raises(DeliveryDelayed) as caught:
            channel.send(make_message(to=f"{name}@example.org"))
        channel.close()

    assert not caught.value.whole_channel
    assert second.opened == 0


def test_without_any_server_the_channel_stalls_and_no_try_is_used(
    database: Database, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    put(database, "ada", "bo", "cy")
    sender = ToChannel(channel_to(make_settings, closed_port(), closed_port()), make_message)

    report = drain(database, {"confirm": sender}, now=NOW, threads=2, quota=MailQuota())

    assert (report.leased, report.stalled) == (3, True)
    assert statuses(database) == {"queued": 3}
    with database.reading() as connection:
        assert set(connection.scalars(select(models.outbox.c.attempts))) == {0}


def test_a_server_that_drips_its_reply_is_given_up_at_the_deadline(
    make_settings: MakeSettings, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_connection, "MESSAGE_TIMEOUT_S", 0.5)
    is_over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220-")
            while not is_over.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        channel = channel_to(make_settings, listening.getsockname()[1])
        started = time.monotonic()
        with pytest.raises(DeliveryDelayed):
            channel.send(make_message())
        took = time.monotonic() - started
        is_over.set()
        thread.join()

    assert took < 10


def test_what_somebody_waits_for_leaves_before_updates(database: Database) -> None:
    put(database, "a", "b", kind="update")
    put(database, "c", kind="confirm")
    put(database, "d", kind="password")
    put(database, "e", kind="webhook")

    with database.writing() as connection:
        rows = outbox_leases.lease_mail(connection, now=NOW, limit=3, bulk_limit=3)
        rest = outbox_leases.lease_mail(connection, now=NOW, limit=3, bulk_limit=3)

    assert [row.kind for row in rows] == ["confirm", "password", "update"]
    assert [row.kind for row in rest] == ["update"]


def test_the_rate_lets_through_what_it_allows(database: Database) -> None:
    quota = MailQuota(rate=10)

    def allowed(now: datetime) -> int:
        with database.writing() as connection:
            count = min(quota.allowed(connection, now).prompt, 100)
            quota.use(connection, count, now)
        return count

    at_first = allowed(NOW)
    later = sum(allowed(NOW + timedelta(seconds=tenth / 10)) for tenth in range(1, 51))

    assert 1 <= at_first <= 6
    assert 48 <= at_first + later <= 56


def test_updates_leave_a_part_of_the_daily_cap_to_confirmations(database: Database) -> None:
    quota = MailQuota(daily=10)

    def used(count: int, now: datetime = NOW) -> tuple[int, int]:
        with database.writing() as connection:
            allowed = quota.allowed(connection, now)
            quota.use(connection, count, now)
        return allowed.prompt, allowed.bulk

    assert used(7) == (10, 8)
    assert used(1) == (3, 1)
    assert used(2) == (2, 0)
    assert used(0) == (0, 0)
    with database.writing() as connection:
        quota.give_back(connection, 3, NOW)
        assert quota.used(connection, NOW) == 7
    assert used(0) == (3, 1)
    assert used(0, NOW + timedelta(days=1)) == (10, 8)


def test_workers_together_keep_the_daily_cap_and_count_only_what_was_sent(
    database: Database, server: Moods, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    put(database, *(f"refused-{number}" for number in range(5)))
    put(database, *(f"ada-{number}" for number in range(40)))
    quota = MailQuota(daily=20)

    def work() -> None:
        sender = ToChannel(channel_to(make_settings, server.port), make_message)
        for _ in range(4):
            drain(database, {"confirm": sender}, now=NOW, limit=7, threads=3, quota=quota)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(server.accepted) == 20
    assert statuses(database) == {"sent": 20, "failed": 5, "queued": 20}
    with database.reading() as connection:
        assert quota.used(connection, NOW) == 20


def test_a_server_that_says_nothing_is_passed_over(
    server: Moods, make_settings: MakeSettings, make_message: MakeMessage
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        channel = channel_to(
            make_settings, silent.getsockname()[1], server.port, step_timeout_s=0.3
        )
        started = time.monotonic()
        for name in ("ada", "bo", "cy"):
            channel.send(make_message(to=f"{name}@example.org"))
        channel.close()

    assert len(server.accepted) == 3
    assert time.monotonic() - started < 10  # it was asked once, not for each message


def test_a_row_that_waited_too_long_for_a_thread_is_released(
    database: Database,
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its lease could end while it is sent, and another worker would send it too."""
    monkeypatch.setattr(delivery_outbox, "MAX_WAIT_S", -1.0)
    put(database, "ada", "bo")
    sender = ToChannel(channel_to(make_settings, server.port), make_message)

    drain(database, {"confirm": sender}, now=NOW, threads=2)

    assert server.accepted == []
    assert statuses(database) == {"queued": 2}


def test_connections_without_mail_are_closed(
    database: Database,
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery_outbox, "IDLE_S", 0.0)
    put(database, "ada", "bo")
    sender = ToChannel(channel_to(make_settings, server.port), make_message)
    with Dispatcher(
        database, {"confirm": sender}, threads=2, quota=MailQuota(), clock=lambda: NOW
    ) as mail:
        while mail.turn().leased:
            pass
        mail.turn()
        deadline = time.monotonic() + 20
        while server.open_now:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    assert len(server.accepted) == 2


@pytest.mark.parametrize(
    ("quota", "sent"), [(MailQuota(rate=40), 30), (MailQuota(daily=12), 12), (MailQuota(), 30)]
)
def test_turns_go_on_while_the_rate_limits_and_end_at_the_daily_cap(
    quota: MailQuota,
    sent: int,
    database: Database,
    server: Moods,
    make_settings: MakeSettings,
    make_message: MakeMessage,
) -> None:
    put(database, *(f"ada-{number}" for number in range(30)))
    sender = ToChannel(channel_to(make_settings, server.port), make_message)
    with Dispatcher(database, {"confirm": sender}, threads=4, quota=quota) as mail:
        while mail.turn().leased:
            pass

    assert len(server.accepted) == sent
