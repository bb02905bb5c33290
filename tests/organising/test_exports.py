"""The table of signers: the same bytes from both databases, and every export on record."""

import csv
import hashlib
import io
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.errors import ExportFailed
from campaign.organising.exports import export as exports
from campaign.organising.exports.generic import GENERIC
from campaign.store import audit, models
from campaign.store.engine import Database
from campaign.store.export import Selection

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"


def add(database: Database, *rows: dict[str, Any]) -> None:
    """Add confirmed signatures of Ada, a minute apart, with what each row says instead."""
    made = [
        {
            "public_id": f"id{number}",
            "campaign": "section-907",
            "status": "confirmed",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": f"signer{number}@example.org",
            "email_key": f"signer{number}@example.org",
            "zip": "02861",
            "city": "",
            "state": "MA",
            "district": "MA-4",
            "comment": "",
            "show_name": False,
            "mail_opt_in": False,
            "source": "",
            "nonce": b"",
            "created_at": NOW + timedelta(minutes=number),
            "confirmed_at": NOW + timedelta(hours=1, minutes=number),
            "number": number + 1,
            "origin": "online",
            "anonymised_at": None,
            **row,
        }
        for number, row in enumerate(rows)
    ]
    with database.writing() as connection:
        connection.execute(sa.insert(models.signatures), made)


def write(database: Database, selection: Selection | None = None, **how: Any) -> bytes:
    out = io.BytesIO()
    exports.write(
        database, GENERIC, selection or Selection("section-907"), out,
        actor="tester", now=NOW, **how,
    )  # fmt: skip
    return out.getvalue()


def names(table: bytes) -> list[str]:
    return [row["first_name"] for row in csv.DictReader(io.StringIO(table.decode("utf-8")))]


def test_the_same_signers_give_the_same_bytes(database: Database) -> None:
    add(
        database,
        {"show_name": True, "mail_opt_in": True, "source": "newsletter", "city": "Pawtucket"},
        {"first_name": '=HYPERLINK("http://x")', "last_name": "+1", "city": "-2", "source": "@x"},
        {"first_name": "＝1+1", "last_name": "＠x", "email": "+tag@example.org"},
        {
            "first_name": "José, Jr.",
            "last_name": 'O"Neil',
            "comment": 'One.\nTwo, "three".\n\nFour.',
        },
        {"first_name": "Արամ", "last_name": "Խաչատրյան", "district": "", "number": None},
        {"first_name": "'Tis", "last_name": " spaced ", "comment": "\\. back\\slash 100% _"},
        {"comment": "=1\nnext", "origin": "paper", "email": None, "email_key": None},
        {"first_name": "NULL", "last_name": "\\N", "comment": '"'},
    )

    table = write(database)

    assert table == (GOLDEN / "generic.csv").read_bytes()


def test_a_csv_reader_gets_back_what_people_typed(database: Database) -> None:
    comment = 'Line one,\n"line two"; three'
    add(database, {"comment": comment, "first_name": "Zoë"})

    text = write(database).decode("utf-8")

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
        ({}, ["A", "B", "C", "D"]),
        ({"state": "WY"}, ["B"]),
        ({"district": "MA-4"}, ["A", "C", "D"]),
        ({"source": "flyer"}, ["C"]),
        ({"only_mail": True}, ["D"]),
        ({"since": NOW + timedelta(hours=1, minutes=2)}, ["C", "D"]),
        ({"until": NOW + timedelta(hours=1, minutes=2)}, ["A", "B"]),
        ({"source": "' OR 1=1 --"}, []),
        ({"campaign": "another"}, ["E"]),
    ],
)
def test_only_who_was_asked_for(
    database: Database, asked: dict[str, Any], expected: list[str]
) -> None:
    add(
        database,
        {"first_name": "A"},
        {"first_name": "B", "state": "WY", "district": "WY-0"},
        {"first_name": "C", "source": "flyer"},
        {"first_name": "D", "mail_opt_in": True},
        {"first_name": "E", "campaign": "another"},
        {"first_name": "F", "status": "pending"},
        {"first_name": "G", "status": "withdrawn"},
        {"first_name": "H", "status": "invalid"},
        {"first_name": "", "anonymised_at": NOW, "email": None, "email_key": None},
    )

    assert names(write(database, Selection(**{"campaign": "section-907", **asked}))) == expected


def test_a_byte_order_mark_comes_once_and_first(database: Database) -> None:
    add(database, {})

    table = write(database, with_bom=True)

    assert table.startswith(b"\xef\xbb\xbfexternal_id,")
    assert table.count(b"\xef\xbb\xbf") == 1


def test_a_file_is_for_its_owner_alone_and_on_record(database: Database, tmp_path: Path) -> None:
    add(database, {"mail_opt_in": True}, {})
    out = tmp_path / "signers.csv"
    out.write_text("an older one")
    seen: list[int] = []

    report = exports.write(
        database, GENERIC, Selection("section-907", state="MA", only_mail=True, since=NOW), out,
        actor="cli:tester", now=NOW, progress=seen.append,
    )  # fmt: skip

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert report.rows == sum(seen) == 1
    assert report.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert report.size == out.stat().st_size
    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert (record.actor, record.at, record.campaign) == ("cli:tester", NOW, "section-907")
    assert record.details == {
        "preset": "generic",
        "filter": {"state": "MA", "consent": "mail", "since": "2026-06-15T12:00:00Z"},
        "rows": 1,
        "sha256": report.sha256,
    }


def test_a_failure_leaves_the_old_file_and_no_half(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, {})
    out = tmp_path / "signers.csv"
    out.write_text("an older one")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("campaign.organising.exports.export.os.fsync", fail)
    with pytest.raises(ExportFailed, match="No space left"):
        exports.write(database, GENERIC, Selection("section-907"), out, actor="x", now=NOW)

    assert out.read_text() == "an older one"
    assert not list(tmp_path.glob(".export-*"))
    with database.reading() as connection:
        assert audit.records(connection) == ()


def test_a_folder_that_is_not_there_is_told(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed):
        exports.write(
            database, GENERIC, Selection("x"), tmp_path / "no" / "x.csv", actor="x", now=NOW
        )


def test_many_rows_come_in_chunks_and_in_order(database: Database) -> None:
    add(database, *({"first_name": f"S{number}"} for number in range(5000)))
    seen: list[int] = []

    table = write(database, progress=seen.append)

    assert names(table) == [f"S{number}" for number in range(5000)]
    assert len(seen) > 3
