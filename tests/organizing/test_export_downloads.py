"""An export in the browser leaves nothing unsaid: begun, made or broken off, it is on record."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from campaign.errors import StoreUnavailable
from campaign.organizing.exports import download
from campaign.store import audit
from campaign.store.audit import Record
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies
from tests.organizing.exporting import NOW, add, exported, order


def records(database: Database) -> list[Record]:
    """The audit, oldest first."""
    with database.reading() as connection:
        return list(reversed(audit.records(connection)))


def test_a_download_is_audited_before_its_end(database: Database) -> None:
    add(database, *({} for _ in range(2500)))

    pieces = list(download.begin(database, order(purpose="A mailing"), expected=2500))

    assert len(pieces) > 2
    assert b"".join(pieces) == exported(database)
    begun, made, _ = records(database)
    assert (begun.action, made.action) == ("export-begun", "export")
    assert begun.details["rows"] == made.details["rows"] == 2500
    assert begun.details["download"] == made.details["download"]
    assert made.details["sha256"] == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert (made.details["whole"], made.details["purpose"]) == (True, "A mailing")


def test_the_last_bytes_leave_only_once_the_export_is_on_record(database: Database) -> None:
    add(database, *({} for _ in range(2500)))
    seen = b""

    with database.reading() as connection:
        whole = b"".join(piece for piece, _ in order().preset.pieces(connection, order()))

    for piece in download.begin(database, order(), expected=2500):
        seen += piece
        is_noted = [record.action for record in records(database)] == ["export-begun", "export"]
        assert is_noted == (seen == whole)

    assert seen == whole


def test_a_download_that_cannot_be_audited_never_completes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, {})
    pieces = download.begin(database, order(), expected=1)

    def fail(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr("campaign.organizing.exports.export.audit.record", fail)
    with pytest.raises(StoreUnavailable):
        b"".join(pieces)


def test_an_interrupted_download_is_audited_as_far_as_it_came(database: Database) -> None:
    add(database, *({} for _ in range(5000)))
    pieces = download.begin(database, order(), expected=5000)
    sent = next(pieces) + next(pieces)

    pieces.close()  # type: ignore[attr-defined]

    _, broken = records(database)
    assert broken.action == "export"
    assert broken.details["whole"] is False
    assert 0 < broken.details["rows"] < 5000
    assert broken.details["sha256"] == hashlib.sha256(sent).hexdigest()


def test_a_complete_download_is_audited_once(database: Database) -> None:
    add(database, {})
    pieces = download.begin(database, order("xlsx"), expected=1)
    assert b"".join(pieces).startswith(b"PK")

    pieces.close()  # type: ignore[attr-defined]

    assert [record.action for record in records(database)] == ["export-begun", "export"]


def test_an_interrupted_download_counts_as_a_stale_copy(
    database: Database,
) -> None:
    """As after a kill: the server never came to close it."""
    add(database, *({} for _ in range(5000)))
    cut = download.begin(database, order(), expected=5000)
    next(cut)
    whole = download.begin(database, order(now=NOW + timedelta(days=2)), expected=5000)
    b"".join(whole)

    with database.reading() as connection:
        held = stale_copies.may_contain(connection, [("section-907", NOW)])
    cut.close()  # type: ignore[attr-defined]

    assert [record.action for record in held] == ["export", "export-begun"]
    assert all(record.details["rows"] == 5000 for record in held)
