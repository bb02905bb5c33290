"""The table of signers: the same bytes from both databases, and every export on record."""

import csv
import hashlib
import io
import stat
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign.errors import ExportFailed, InvalidInput
from campaign.organizing.exports import export as exports
from campaign.organizing.exports import filters
from campaign.store import audit
from campaign.store.db.engine import Database
from campaign.store.exports.query import Selection
from tests.organizing.exporting import NOW, add, exported, order

NEW_YORK = ZoneInfo("America/New_York")


def names(table: bytes) -> list[str]:
    return [row["first_name"] for row in csv.DictReader(io.StringIO(table.decode("utf-8")))]


def test_a_csv_reader_gets_back_what_people_typed(database: Database) -> None:
    comment = 'Line one,\n"line two"; three'
    add(database, {"comment": comment, "first_name": "Zoë"})

    text = exported(database).decode("utf-8")

    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["comment"] == comment.replace("\n", "\r\n")
    assert (row["first_name"], row["zip"], row["confirmed_at"]) == (
        "Zoë",
        "02861",
        "2026-06-15T13:00:00Z",
    )
    assert text.replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["A", "B", "C", "D", "P"]),
        ({"state": "wy"}, ["B"]),
        ({"district": "RI-1"}, ["A", "C", "D", "P"]),
        ({"source": "flyer"}, ["C"]),
        ({"origin": "paper"}, ["P"]),
        ({"consent": "mail"}, ["D"]),
        ({"since": "2026-06-15T13:02:00Z"}, ["C", "D", "P"]),
        ({"until": "2026-06-15T15:02:00+02:00"}, ["A", "B"]),
        ({"until": "2026-06-15"}, []),
        ({"source": "' OR 1=1 --"}, []),
    ],
)
def test_only_selected_signers_are_exported(
    database: Database, asked: dict[str, str], expected: list[str]
) -> None:
    add(
        database,
        {"first_name": "A"},
        {"first_name": "B", "state": "WY", "district": "WY-0"},
        {"first_name": "C", "source": "flyer"},
        {"first_name": "D", "mail_opt_in": True},
        {"first_name": "P", "origin": "paper"},
        {"first_name": "E", "campaign": "another"},
        {"first_name": "F", "status": "pending"},
        {"first_name": "G", "status": "withdrawn"},
        {"first_name": "H", "status": "invalid"},
        {"first_name": "", "anonymised_at": NOW, "email": None, "email_key": None},
    )
    asked_for = order(selection=filters.read("section-907", asked, NEW_YORK))

    assert names(exported(database, asked_for)) == expected
    selected, leaving = exports.count(database, asked_for)
    assert selected.total == leaving == len(expected)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("state", "ZZ"),
        ("district", "nowhere"),
        ("since", "yesterday"),
        ("until", "2026-13-01"),
        ("origin", "telephone"),
        ("consent", "all"),
    ],
)
def test_an_invalid_filter_names_its_field(field: str, wrong: str) -> None:
    with pytest.raises(InvalidInput) as told:
        filters.read("section-907", {field: wrong}, NEW_YORK)

    assert told.value.field == field


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("America/New_York", "2026-06-01T04:00:00Z"),
        ("America/Los_Angeles", "2026-06-01T07:00:00Z"),
        ("Pacific/Guam", "2026-05-31T14:00:00Z"),
    ],
)
def test_a_day_is_one_of_the_campaigns_calendar(zone: str, begins: str) -> None:
    selection = filters.read("section-907", {"since": "2026-06-01"}, ZoneInfo(zone))

    assert filters.as_words(selection) == {"since": begins}


def test_filters_round_trip() -> None:
    words = {
        "state": "CA", "district": "CA-30", "since": "2026-06-01T00:00:00Z",
        "until": "2026-06-15T12:30:00Z", "source": "flyer", "origin": "paper", "consent": "mail",
    }  # fmt: skip

    assert filters.as_words(filters.read("section-907", words, NEW_YORK)) == words
    assert filters.as_words(filters.read("section-907", {}, NEW_YORK)) == {}


MAIL_TOOLS = (
    "actionnetwork", "mailchimp", "nationbuilder", "everyaction", "actionkit", "civicrm", "osdi",
)  # fmt: skip


@pytest.mark.parametrize("preset", MAIL_TOOLS)
def test_a_mail_tool_gets_only_opted_in_signers(database: Database, preset: str) -> None:
    add(
        database,
        {"mail_opt_in": True},
        {"mail_opt_in": False},
        {"mail_opt_in": True, "unsubscribed_at": NOW},
        {"mail_opt_in": False, "unsubscribed_at": NOW},
        {"email": None, "email_key": None, "origin": "paper"},
    )

    usual = exported(database, order(preset))
    with_reason = exported(database, order(preset, reason="They agreed at the town hall."))

    assert [usual.count(b"signer%d@" % number) for number in range(4)] == [1, 0, 0, 0]
    assert [with_reason.count(b"signer%d@" % number) for number in range(4)] == [1, 1, 0, 0]
    selected, leaving = exports.count(database, order(preset))
    assert (selected.total, selected.opted_in, leaving) == (5, 1, 1)


def test_the_mail_flag_is_each_signers_choice(database: Database) -> None:
    add(database, {"mail_opt_in": True}, {"mail_opt_in": False})

    builder = exported(database, order("nationbuilder", reason="A reason.")).decode()
    civi = exported(database, order("civicrm", reason="A reason.")).decode()

    flags = [row["email_opt_in"] for row in csv.DictReader(io.StringIO(builder))]
    opt_outs = [row["Opt Out"] for row in csv.DictReader(io.StringIO(civi))]
    assert (flags, opt_outs) == (["Y", "N"], ["No", "Yes"])


def test_a_byte_order_mark_comes_once_and_first(database: Database) -> None:
    add(database, {})

    table = exported(database, order(with_bom=True))

    assert table.startswith(b"\xef\xbb\xbfexternal_id,")
    assert table.count(b"\xef\xbb\xbf") == 1


def test_a_file_is_readable_only_by_its_owner_and_audited(
    database: Database, tmp_path: Path
) -> None:
    add(database, {"mail_opt_in": True}, {})
    out = tmp_path / "signers.csv"
    out.write_text("an older one")
    seen: list[int] = []
    selection = Selection("section-907", state="RI", only_mail=True, since=NOW)

    report = exports.write(
        database, order(selection=selection, purpose="The mailing"), out, progress=seen.append
    )

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert report.rows == sum(seen) == 1
    assert report.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert report.size == out.stat().st_size
    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert (record.actor, record.at, record.campaign) == ("user:17", NOW, "section-907")
    assert record.details == {
        "preset": "generic",
        "filter": {"state": "RI", "consent": "mail", "since": "2026-06-15T12:00:00Z"},
        "purpose": "The mailing",
        "rows": 1,
        "sha256": report.sha256,
    }


def test_the_reason_to_export_signers_without_opt_in_is_audited(
    database: Database,
) -> None:
    add(database, {})

    exported(database, order("mailchimp", reason="The board asked."))

    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert (record.details["reason"], record.details["rows"]) == ("The board asked.", 1)


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("user:17", "section-907-generic-20260615T1200Z-user17.csv"),
        ("cli:Desk 2/../x", "section-907-generic-20260615T1200Z-cliDesk-2-x.csv"),
        ("..", "section-907-generic-20260615T1200Z-somebody.csv"),
    ],
)
def test_a_file_name_has_preset_time_and_actor(actor: str, name: str) -> None:
    assert order(actor=actor).file_name == name


def test_a_failure_keeps_the_old_file_and_no_partial_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, {})
    out = tmp_path / "signers.csv"
    out.write_text("an older one")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("campaign.files.os.fsync", fail)
    with pytest.raises(ExportFailed, match="No space left"):
        exports.write(database, order(), out)

    assert out.read_text() == "an older one"
    assert not list(tmp_path.glob(".*"))
    with database.reading() as connection:
        assert audit.records(connection) == ()


def test_a_missing_folder_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed):
        exports.write(database, order(), tmp_path / "no" / "x.csv")


def test_many_rows_are_streamed_in_order(database: Database) -> None:
    add(database, *({"first_name": f"S{number}"} for number in range(5000)))
    seen: list[int] = []

    table = exported(database, progress=seen.append)

    assert names(table) == [f"S{number}" for number in range(5000)]
    assert len(seen) > 3


def test_an_interrupted_export_leaves_its_connection_clean(database: Database) -> None:
    add(database, *({} for _ in range(3000)))

    with database.reading() as connection:
        setting = "PRAGMA cache_size" if database.dialect == "sqlite" else "SHOW work_mem"
        before = connection.exec_driver_sql(setting).scalar_one()
        for preset in ("generic", "jsonl"):
            pieces = order(preset).preset.pieces(connection, order(preset))
            assert next(piece for piece, rows in pieces if rows)
            pieces.close()  # type: ignore[attr-defined]
        after = connection.exec_driver_sql(setting).scalar_one()

    assert before == after
    assert len(names(exported(database))) == 3000
