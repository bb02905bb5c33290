"""Letters to offices, over HTTP to a local server that speaks Congress's format and misbehaves."""

import logging
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.delivery import cwc_client, cwc_sender
from campaign.delivery.cwc_client import HttpChannel
from campaign.delivery.outbox import drain
from campaign.delivery.recorder import DrainReport
from campaign.errors import DeliveryDelayed, DeliveryHeld, DeliveryRefused, SettingsUnsafe
from campaign.letters.cwc.schema import problems
from campaign.letters.cwc.texts import MessageTexts
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import (
    cwc_deliveries,
    cwc_limits,
    cwc_offices,
    cwc_requests,
    models,
    outbox,
    tokens,
)
from campaign.store.db.engine import Database
from tests.delivery.cwc_server import KEY, CwcServer, serving

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)  # a Saturday, 8 in the morning in Washington
MIDNIGHT = datetime(2026, 6, 20, 4, 30, tzinfo=UTC)
PERSON = b"k" * 16
SAID = MessageTexts("A bridge", "Build it, please.", "My street floods.")

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="module")
def bundled() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", date(2026, 6, 20))


@pytest.fixture
def server() -> Iterator[CwcServer]:
    with serving() as state:
        yield state


@pytest.fixture
def told(make_settings: MakeSettings, server: CwcServer) -> Settings:
    """Settings with a key, to the local server."""
    return make_settings(
        CWC_API_KEY=KEY,
        CWC_HOUSE_URL=server.url,
        CWC_SENATE_URL=f"{server.url}/senate",
        CWC_AGENT_NAME="Bridge Mail",
        CWC_AGENT_EMAIL="ack@example.org",
        CWC_AGENT_CONTACT="Sam Contact",
        CWC_AGENT_PHONE="202-555-0100",
    )


class House:
    """A database with approved letters, and who takes them out."""

    def __init__(self, db: Database, settings: Settings, pack: Pack) -> None:
        self.db = db
        self.settings = settings
        self.pack = pack
        channel: cwc_client.CwcChannel
        if settings.cwc_api_key:
            channel = HttpChannel(settings, pace=lambda: None, reply_s=0.4)
        else:
            channel = cwc_client.channel(settings, pace=lambda: None)
        self.sender = cwc_sender.CwcSender(
            settings,
            channel,
            db,
            find_pack=lambda name, on_date: pack,
            find_change=lambda letter, now: "",
        )

    def put(self, *offices: str, said: MessageTexts = SAID, approved: bool = True) -> None:
        """Put one letter an office, approved and queued."""
        with self.db.writing() as connection:
            sending = cwc_requests.add(
                connection,
                {
                    "public_id": tokens.new_public_id(NOW),
                    "campaign": "section-907",
                    "nonce": tokens.new_nonce(),
                    "person_key": PERSON,
                    "prefix": "Ms.",
                    "first_name": "Ani",
                    "last_name": "Petrosyan",
                    "address1": "12 Main Street",
                    "city": "Billings",
                    "state": "MT",
                    "zip": "59101",
                    "email": "ani@example.org",
                    "created_at": NOW,
                    "expires_at": NOW + timedelta(days=7),
                },
                [
                    {
                        "campaign": "section-907",
                        "member": office,
                        "office": office,
                        "delivery_id": outbox.message_id(),
                        "subject": said.subject,
                        "statement": said.statement,
                        "own": said.own,
                        "digest": SAID.digest,
                        "status": "queued",
                        "created_at": NOW,
                    }
                    for office in offices
                ],
            )
            if approved:
                cwc_requests.approve(connection, sending, sentence="Yes.", digest="d", now=NOW)
            for letter in cwc_deliveries.of_request(connection, sending):
                cwc_limits.claim(
                    connection, "section-907", letter.member, PERSON,
                    free_since=NOW - timedelta(days=7), now=NOW,
                )  # fmt: skip
                outbox.enqueue(
                    connection,
                    "cwc",
                    campaign="section-907",
                    to=letter.delivery_id,
                    payload={"delivery": letter.id},
                    now=NOW,
                    not_before=MIDNIGHT,
                )

    def drain(self, now: datetime = NOW) -> DrainReport:
        return drain(self.db, {"cwc": self.sender}, now=now)

    def letters(self) -> list[tuple[str, str, str]]:
        """Office, status and note of each letter."""
        with self.db.reading() as connection:
            rows = connection.execute(sa.select(models.deliveries).order_by(models.deliveries.c.id))
            return [(row.office, row.status, row.note) for row in rows]

    def queue(self) -> list[tuple[str, int, str]]:
        """Status, attempts and last error of each row of the outbox."""
        with self.db.reading() as connection:
            rows = connection.execute(sa.select(models.outbox).order_by(models.outbox.c.id))
            return [(row.status, row.attempts, row.last_error) for row in rows]


@pytest.fixture
def db(tmp_path: Path, sqlite_template: bytes) -> Iterator[Database]:
    """What the other side does is the same to either database; the rows are tested with both."""
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template)
    made = Database(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture
def house(db: Database, told: Settings, bundled: Pack) -> House:
    return House(db, told, bundled)


# -- The good way ----------------------------------------------------------------------------------


def test_an_approved_letter_reaches_its_office_as_valid_xml(
    house: House, server: CwcServer
) -> None:
    house.put("HMT02", "SMT01")

    assert house.drain() == DrainReport(leased=2, sent=2)

    assert [post.path for post in server.posts] == ["/v2/message", "/senate"]
    for post in server.posts:
        assert problems(post.body) == ()
        assert post.content_type == "application/xml"
        assert b"My street floods." in post.body
        assert b"<EmailValidation>Y<" in post.body
    assert [status for _, status, _ in house.letters()] == ["delivered", "delivered"]
    assert house.queue() == [("sent", 1, ""), ("sent", 1, "")]


def test_the_day_of_a_delivery_is_that_in_washington(house: House, server: CwcServer) -> None:
    # Approved half an hour before midnight there, on the next day in UTC.
    house.put("HMT02", approved=False)
    late = datetime(2026, 6, 20, 3, 30, tzinfo=UTC)
    with house.db.writing() as connection:
        [sending] = connection.execute(sa.select(models.sendings.c.id)).scalars()
        cwc_requests.approve(connection, sending, sentence="Yes.", digest="d", now=late)

    house.drain()

    assert b"<DeliveryDate>20260619</DeliveryDate>" in server.posts[0].body


def test_an_unapproved_letter_is_never_sent(house: House, server: CwcServer) -> None:
    house.put("HMT02", approved=False)

    assert house.drain().canceled == 1

    assert server.posts == []


def test_other_words_than_those_approved_never_leave(house: House, server: CwcServer) -> None:
    house.put("HMT02", said=MessageTexts("A bridge", "Tear it down, please.", ""))

    assert house.drain().refused == 1

    assert server.posts == []
    assert house.letters() == [("HMT02", "refused", "The text differs from the approved one.")]


# -- What the other side says ----------------------------------------------------------------------


def test_a_refusal_is_final_and_keeps_its_reason_with_the_letter(
    house: House, server: CwcServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [(400, "<Errors><Error>Bad Zip of Ani</Error><Error>No</Error></Errors>")]
    house.put("HMT02")
    with caplog.at_level(logging.DEBUG):
        assert house.drain().refused == 1

    assert house.letters() == [("HMT02", "refused", "400: Bad Zip of Ani; No")]
    assert house.queue() == [("failed", 1, "The office's system refused it.")]
    assert "Ani" not in caplog.text
    # The office never had it, so the person may write again.
    with house.db.reading() as connection:
        assert not cwc_limits.last_letters(
            connection, "section-907", PERSON, after=NOW - timedelta(days=7)
        )


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ((400, "plain words"), "400: plain words"),
        ((400, ""), "400: no reason given"),
        ((400, "<Errors><Error>cut"), "400: <Errors><Error>cut"),
        ((415, "send application/xml"), "415: send application/xml"),
        ((413, "too long " * 100), "413: " + ("too long " * 100)[:299].strip()),
    ],
)
def test_the_reason_of_each_refusal_is_recorded(
    house: House, server: CwcServer, answer: tuple[int, str], note: str
) -> None:
    server.answers = [answer]
    house.put("HMT02")

    assert house.drain().refused == 1

    [(_, status, said)] = house.letters()
    assert (status, said[:290]) == ("refused", note[:290])


@pytest.mark.parametrize(
    "answer",
    [
        (500, "oops"),
        (503, ""),
        (429, "slow down"),
        (404, ""),
        (302, ""),
        (200, "<html>A hotel's log-in</html>"),
        "hang",
        "garbage",
        "cut",
    ],
)
def test_what_may_pass_is_tried_again_with_the_same_delivery_id(
    house: House, server: CwcServer, answer: tuple[int, str] | str
) -> None:
    server.answers = [answer]
    house.put("HMT02")

    first = house.drain()
    second = house.drain(NOW + timedelta(hours=1))

    assert (first.delayed, second.sent) == (1, 1)
    assert len({post.delivery_id for post in server.posts}) == 1
    assert len(server.delivered) == 1
    assert [status for _, status, _ in house.letters()] == ["delivered"]


def test_a_server_that_is_gone_is_tried_again(
    db: Database, make_settings: MakeSettings, told: Settings, bundled: Pack
) -> None:
    with serving() as gone:
        url = gone.url
    settings = make_settings(
        CWC_API_KEY=KEY, CWC_HOUSE_URL=url, CWC_AGENT_NAME="Bridge Mail",
        CWC_AGENT_EMAIL="ack@example.org", CWC_AGENT_CONTACT="Sam Contact",
        CWC_AGENT_PHONE="202-555-0100",
    )  # fmt: skip
    house = House(db, settings, bundled)
    house.put("HMT02")

    assert house.drain().delayed == 1

    assert house.letters() == [("HMT02", "queued", "")]


def test_a_message_that_was_dropped_after_it_arrived_is_delivered_once(
    house: House, server: CwcServer
) -> None:
    server.answers = ["drop"]
    house.put("HMT02")

    first = house.drain()
    second = house.drain(NOW + timedelta(hours=1))

    assert (first.delayed, second.sent) == (1, 1)
    assert len(server.posts) == 2
    assert len(server.delivered) == 1
    assert [status for _, status, _ in house.letters()] == ["delivered"]


def test_a_worker_that_died_before_it_could_record_sends_no_second_letter(
    house: House, server: CwcServer
) -> None:
    house.put("HMT02")
    house.drain()
    with house.db.writing() as connection:
        connection.execute(sa.update(models.outbox).values(status="queued"))

    assert house.drain(NOW + timedelta(hours=1)).sent == 1

    assert len(server.posts) == 1


def test_a_refused_key_holds_letters_until_somebody_mends_it(
    house: House, server: CwcServer
) -> None:
    server.answers = [(403, "not on the list")]
    house.put("HMT02")

    assert house.drain().delayed == 1

    [(status, attempts, error)] = house.queue()
    assert (status, attempts) == ("queued", 0)
    assert "CWC_API_KEY" in error
    assert house.drain(NOW + timedelta(minutes=26)).sent == 1


def test_letters_are_given_up_after_all_tries_and_can_be_tried_again(
    house: House, server: CwcServer
) -> None:
    server.answers = [(500, "")] * 12
    house.put("HMT02")
    for day in range(13):
        house.drain(NOW + timedelta(days=day))
    assert cwc_sender.settle(house.db, house.settings, NOW) == 1
    assert house.letters() == [("HMT02", "given-up", "no response after all attempts")]

    assert cwc_sender.retry(house.db, actor="cli:a test", now=NOW + timedelta(days=14)) == 1
    assert house.drain(NOW + timedelta(days=14)).sent == 1

    assert [status for _, status, _ in house.letters()] == ["delivered"]


def test_a_letter_that_could_not_leave_for_weeks_leaves_no_more(
    house: House, server: CwcServer
) -> None:
    house.put("HMT02")
    late = NOW + timedelta(days=21, seconds=1)
    assert cwc_sender.settle(house.db, house.settings, NOW + timedelta(days=21)) == 0

    assert cwc_sender.settle(house.db, house.settings, late) == 1

    assert [status for _, status, _ in house.letters()] == ["given-up"]
    assert cwc_sender.retry(house.db, actor="cli:a test", now=late) == 0
    assert house.drain(late).leased == 0
    assert server.posts == []


# -- Closed hours and pace -------------------------------------------------------------------------


def test_closed_hours_hold_a_letter_and_count_no_attempt(house: House, server: CwcServer) -> None:
    house.put("HMT02", "SMT01")

    report = house.drain(MIDNIGHT)

    assert (report.sent, report.delayed) == (1, 1)  # the Senate's is open on a Saturday night
    assert [post.path for post in server.posts] == ["/senate"]
    assert house.queue()[0] == ("queued", 0, "The House's system is closed.")
    assert house.drain(datetime(2026, 6, 20, 9, 59, tzinfo=UTC)).leased == 0
    assert house.drain(datetime(2026, 6, 20, 10, 10, tzinfo=UTC)).sent == 1


def test_the_end_of_a_batch_does_not_meet_a_closed_door(house: House, server: CwcServer) -> None:
    house.put("HMT02")

    house.drain(datetime(2026, 6, 21, 3, 58, tzinfo=UTC))

    assert server.posts == []


def test_all_workers_together_send_no_more_than_five_a_second(
    database_url: str, told: Settings, server: CwcServer, bundled: Pack
) -> None:
    databases = [Database(database_url) for _ in range(3)]
    start = threading.Barrier(3)

    def refused(db: Database) -> None:
        channel = HttpChannel(told, pace=cwc_sender.pace(db))
        start.wait()
        for _ in range(3):
            with pytest.raises(DeliveryRefused):
                channel.validate(b"<CWC/>", NOW)
        channel.close()

    threads = [threading.Thread(target=refused, args=(db,)) for db in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for db in databases:
        db.dispose()

    times = sorted(post.at for post in server.posts)
    assert len(times) == 9
    assert all(later - earlier >= 1.0 for earlier, later in zip(times, times[5:], strict=False))


# -- The key ---------------------------------------------------------------------------------------


def test_the_key_is_in_no_log_no_error_and_no_repr(
    told: Settings, server: CwcServer, caplog: pytest.LogCaptureFixture
) -> None:
    channel = HttpChannel(told, pace=lambda: None, reply_s=0.2)
    server.answers = ["hang", "garbage", (400, f"key {KEY} is not yours"), (500, KEY), (403, KEY)]
    said = [repr(told)]
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            with pytest.raises((DeliveryDelayed, DeliveryRefused, DeliveryHeld)) as caught:
                channel.send(b"<CWC/>", "HMT02", "0" * 32, NOW)
            said += [
                str(caught.value),
                repr(caught.value.__context__),
                repr(caught.value.__cause__),
            ]

    assert all(post.key == KEY for post in server.posts)
    assert KEY not in caplog.text
    assert KEY not in " ".join(said)
    channel.close()


# -- The House's list of offices, and validation ---------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('["HMT01", "HAQ00"]', "application/json"),
        ('{"offices": [{"code": "HMT01"}, {"code": "HAQ00"}]}', "application/json"),
        ("<Offices><Office>HMT01</Office><Office>HAQ00</Office></Offices>", "application/xml"),
        ("HMT01\nHAQ00\n", "text/plain"),
    ],
)
def test_the_offices_that_take_part_are_kept(
    database: Database, told: Settings, server: CwcServer, body: str, kind: str
) -> None:
    server.offices, server.offices_type = body, kind

    assert cwc_sender.refresh_offices(database, told, NOW) == 2

    with database.reading() as connection:
        listed, at = cwc_offices.listed(connection)
    assert (listed, at) == (frozenset({"HMT01", "HAQ00"}), NOW)
    assert cwc_sender.takes_part(told, listed, "HMT01")
    assert not cwc_sender.takes_part(told, listed, "HMT02")
    assert cwc_sender.takes_part(told, listed, "SMT01")


@pytest.mark.parametrize("body", ["", "<html>no</html>", "[]"])
def test_a_list_without_offices_leaves_the_one_that_is_kept(
    db: Database, told: Settings, server: CwcServer, body: str
) -> None:
    cwc_sender.refresh_offices(db, told, NOW)
    server.offices = body

    assert cwc_sender.refresh_offices(db, told, NOW) == 0

    with db.reading() as connection:
        assert len(cwc_offices.listed(connection)[0]) == 4


def test_validation_keeps_nothing(told: Settings, server: CwcServer) -> None:
    channel = HttpChannel(told, pace=lambda: None)

    with pytest.raises(DeliveryRefused, match=r"^400: line 1"):
        channel.validate(b"<CWC/>", NOW)

    assert server.delivered == {}
    channel.close()


# -- Dry run ---------------------------------------------------------------------------------------


def test_without_a_key_letters_go_to_a_folder_that_only_its_owner_reads(
    database: Database, make_settings: MakeSettings, server: CwcServer, bundled: Pack
) -> None:
    settings = make_settings(CWC_HOUSE_URL=server.url)
    house = House(database, settings, bundled)
    house.put("HMT02", "SMT01")

    assert house.drain(MIDNIGHT).sent == 2

    assert server.posts == []
    files = sorted(settings.cwc_folder.iterdir())
    assert len(files) == 2
    assert all(problems(file.read_bytes()) == () for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(settings.cwc_folder.stat().st_mode) == 0o700
    assert [status for _, status, _ in house.letters()] == ["kept", "kept"]
    assert cwc_sender.takes_part(settings, frozenset(), "HMT02")


def test_a_dry_runs_files_go_with_their_letters(
    database: Database, make_settings: MakeSettings, bundled: Pack
) -> None:
    settings = make_settings()
    house = House(database, settings, bundled)
    house.put("HMT02")
    house.put("SMT01")
    house.drain()
    own = settings.cwc_folder / "my-own.xml"
    own.write_bytes(b"<CWC/>")
    with database.writing() as connection:
        cwc_requests.delete(connection, cwc_requests.of_mailbox(connection, PERSON)[0])

    assert cwc_sender.settle(database, settings, NOW) == 1

    assert own in settings.cwc_folder.iterdir()
    assert len(list(settings.cwc_folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_delays(
    db: Database, make_settings: MakeSettings, bundled: Pack
) -> None:
    settings = make_settings()
    settings.home.mkdir(parents=True)
    settings.cwc_folder.write_text("a file in the way")
    house = House(db, settings, bundled)
    house.put("HMT02")

    assert house.drain().delayed == 1


# -- Settings --------------------------------------------------------------------------------------


def test_without_a_word_the_house_is_its_test_system(make_settings: MakeSettings) -> None:
    settings = make_settings()

    assert settings.cwc_house_url == "https://uat-cwc.house.gov"
    assert settings.cwc_is_test
    assert not make_settings(CWC_HOUSE_URL="https://cwc.house.gov").cwc_is_test


def test_a_key_comes_from_a_file_too(make_settings: MakeSettings, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")

    settings = make_settings(
        CWC_API_KEY_FILE=str(tmp_path / "key"), CWC_AGENT_NAME="Bridge Mail",
        CWC_AGENT_EMAIL="ack@example.org", CWC_AGENT_CONTACT="Sam Contact",
        CWC_AGENT_PHONE="202-555-0100",
    )  # fmt: skip

    assert settings.cwc_api_key == KEY
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"CWC_API_KEY": KEY}, "With CWC_API_KEY, set CWC_AGENT_NAME, .*CWC_AGENT_PHONE too"),
        ({"CWC_HOUSE_URL": "http://cwc.house.gov"}, "https:// address"),
        ({"CWC_SENATE_URL": "https://x.example.org/?apikey=1"}, "without a key"),
        ({"CWC_AGENT_PHONE": "2025550100"}, "form 202-555-0100"),
    ],
)
def test_settings_that_would_fail_every_message_are_refused(
    make_settings: MakeSettings, named: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsUnsafe, match=sentence):
        make_settings(**named)
