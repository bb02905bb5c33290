"""`campaign cwc`: how letters stand, what is wrong with one, and which offices take part."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign import logs, settings
from campaign.cli.cwc import cwc
from campaign.cli.doctor.doctor import examine
from campaign.cli.worker import worker
from campaign.errors import InvalidInput
from campaign.letters.cwc.texts import MessageTexts
from campaign.store import cwc_deliveries, cwc_requests, models, outbox, outbox_leases, tokens
from campaign.store.db.engine import Database
from tests.delivery.cwc_server import KEY, CwcServer, serving

GOLDEN = Path(__file__).parents[1] / "letters" / "cwc" / "golden"
NOON = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)

Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[CwcServer]:
    with serving() as state:
        yield state


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: bytes) -> Path:
    """An installation's folder with its database, without a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "campaign.db").write_bytes(sqlite_template)
    return tmp_path / "home"


@pytest.fixture
def keyed(home: Path, monkeypatch: pytest.MonkeyPatch, server: CwcServer) -> Path:
    """The installation with a key to the local server."""
    monkeypatch.setenv("CWC_API_KEY", KEY)
    monkeypatch.setenv("CWC_HOUSE_URL", server.url)
    monkeypatch.setenv("CWC_AGENT_NAME", "Bridge Mail")
    monkeypatch.setenv("CWC_AGENT_EMAIL", "ack@example.org")
    monkeypatch.setenv("CWC_AGENT_CONTACT", "Sam Contact")
    monkeypatch.setenv("CWC_AGENT_PHONE", "202-555-0100")
    return home


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cwc, list(arguments))


def put(
    home: Path,
    *statuses: str,
    person: Mapping[str, str] = MappingProxyType({}),
    said: MessageTexts = MessageTexts("", "", ""),
    to: tuple[str, str] = ("", ""),
) -> None:
    """Put a letter in each of these statuses."""
    now = datetime.now(UTC)
    db = Database(f"sqlite:///{home / 'campaign.db'}")
    with db.writing() as connection:
        sending = cwc_requests.add(
            connection,
            {
                "public_id": tokens.new_public_id(now),
                "campaign": "section-907",
                "nonce": b"n" * 16,
                "person_key": b"k" * 16,
                "created_at": now,
                "expires_at": now + timedelta(days=7),
                **person,
            },
            [
                {
                    "campaign": "section-907",
                    "member": to[0] or f"M{number}",
                    "office": to[1] or f"HMT0{number}",
                    "delivery_id": outbox.message_id(),
                    "created_at": now,
                    "status": status,
                    "note": "400: no" if status == "refused" else "",
                    "subject": said.subject,
                    "statement": said.statement,
                    "digest": said.digest,
                }
                for number, status in enumerate(statuses)
            ],
        )
        for letter in cwc_deliveries.of_request(connection, sending):
            outbox.enqueue(
                connection, "cwc", campaign="section-907", to=letter.delivery_id,
                payload={"delivery": letter.id}, now=now,
            )  # fmt: skip
            if letter.status in {"given-up", "refused"}:
                [row] = outbox_leases.lease(connection, now=now, limit=1)
                outbox_leases.give_up(connection, row, now=now, error="500")
            else:
                [row] = outbox_leases.lease(connection, now=now, limit=1)
    db.dispose()


def test_status_says_that_nothing_is_sent_and_how_letters_stand(home: Path) -> None:
    put(home, "waiting", "kept", "kept", "refused")

    result = run("status")

    assert result.exit_code == 0
    assert "letters go to the folder cwc of CAMPAIGN_HOME; nothing is sent." in result.output
    assert "2 saved in the dry run's folder, not sent" in result.output
    assert "1 waiting for the writer's approval" in result.output
    assert "HMT03: 400: no" in result.output


def test_status_before_the_first_letter_says_so(keyed: Path) -> None:
    assert "No letter has been sent" in run("status").output


def test_check_names_the_fault_and_fails(home: Path) -> None:
    folder = home / "cwc"
    folder.mkdir()
    good = (GOLDEN / "cwc-house.xml").read_bytes()
    (folder / "good.xml").write_bytes(good)
    assert run("check").exit_code == 0
    (folder / "bad.xml").write_bytes(good.replace(b"<Prefix>Ms.</Prefix>", b""))

    result = run("check")

    assert result.exit_code == 1
    assert f"{folder / 'bad.xml'}: line " in result.output
    assert "2 messages, 1 faulty." in result.output


def test_check_can_ask_the_house_which_keeps_nothing(keyed: Path, server: CwcServer) -> None:
    house, senate = GOLDEN / "cwc-house.xml", GOLDEN / "cwc-senate.xml"
    server.answers = [(200, ""), (400, "<Errors><Error>Unknown office</Error></Errors>")]

    assert run("check", "--ask-house", str(house), str(senate)).exit_code == 0
    again = run("check", "--ask-house", str(house))

    assert again.exit_code == 1
    assert "the House says: 400: Unknown office" in again.output
    assert [post.path for post in server.posts] == ["/v2/validate"] * 2
    assert server.delivered == {}


def test_what_needs_a_key_says_so(home: Path) -> None:
    for arguments in (("check", "--ask-house"), ("offices", "--refresh")):
        refused = run(*arguments)
        assert isinstance(refused.exception, InvalidInput)
        assert "CWC_API_KEY" in str(refused.exception)


def test_offices_are_asked_for_and_listed(keyed: Path, server: CwcServer) -> None:
    assert run("offices").output == ""

    assert run("offices", "--refresh").output.split() == ["HAQ00", "HCA30", "HMT01", "HMT02"]

    assert run("offices").output.split() == ["HAQ00", "HCA30", "HMT01", "HMT02"]
    assert "4 offices of the House take part" in run("status").output


def test_retry_queues_what_was_given_up_and_nothing_else(home: Path) -> None:
    put(home, "refused", "given-up")

    result = run("retry", "section-907")

    assert result.output == "1 letter queued again.\n"
    assert "1 on the way to the office" in run("status").output
    assert isinstance(run("retry", "section-908").exception, InvalidInput)


def test_the_worker_takes_out_what_was_approved(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else later tests would log to this one's captured stream.
    monkeypatch.setattr(logs, "configure", lambda **_: None)
    said = MessageTexts("A bridge", "Build it, please.", "")
    person = {
        "prefix": "Ms.",
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "address1": "12 Main Street",
        "city": "Billings",
        "state": "MT",
        "zip": "59101",
        "email": "ani@example.org",
    }
    # A senator whose term lasts to 2031, as the letter is sent by the clock of the machine.
    put(home, "queued", person=person, said=said, to=("S001232", "SMT01"))
    db = Database(f"sqlite:///{home / 'campaign.db'}")
    with db.writing() as connection:
        cwc_requests.approve(connection, 1, sentence="Yes.", digest="d", now=datetime.now(UTC))
        connection.execute(sa.update(models.outbox).values(status="queued"))
    db.dispose()

    result = CliRunner().invoke(worker, ["--once"])

    assert result.exit_code == 0, result.output
    [file] = (home / "cwc").glob("*.xml")
    assert b"Build it, please." in file.read_bytes()
    assert "1 saved in the dry run's folder" in run("status").output


def test_the_doctor_tries_the_key_and_says_what_reaches_nobody(
    keyed: Path, server: CwcServer
) -> None:
    def look(now: datetime = NOON) -> list[tuple[str, str]]:
        return [(f.status, f.says) for f in examine(settings.read(), now) if f.check == "cwc"]

    [(status, says)] = look()
    assert status == "note"
    assert "none to the Senate. 4 offices of the House take part." in says
    [(status, says)] = look(NOON - timedelta(hours=7))
    assert (status, "closed at this hour" in says) == ("note", True)
    server.offices = ""
    assert look() == [("fix", "The House's system listed no offices.")]


def test_the_doctor_notes_a_dry_run(home: Path) -> None:
    findings = [f for f in examine(settings.read(), NOON) if f.check == "cwc"]

    assert [(f.status, "nothing is sent" in f.says) for f in findings] == [("note", True)]
