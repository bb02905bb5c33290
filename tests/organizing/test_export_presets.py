"""Every preset against its golden file: same signers in, same bytes out, from both databases."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from campaign.organizing.exports import parse_generic, xlsx
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import Preset
from campaign.store.db.engine import Database
from campaign.tables.formulas import escape
from tests.golden import Golden, folder_of
from tests.organizing.exporting import NOW, TROUBLE, add, exported, order

AS_BYTES = [name for name, preset in PRESETS.items() if name not in {"xlsx", "parquet"}]


@pytest.mark.parametrize("name", AS_BYTES)
def test_exports_match_their_golden_files(database: Database, name: str, golden: Golden) -> None:
    add(database, *TROUBLE)

    made = exported(database, order(name))

    golden.check(f"{name}{PRESETS[name].suffix}", made)


@pytest.mark.parametrize("name", AS_BYTES)
def test_a_mail_preset_with_all_signers_has_the_same_columns(database: Database, name: str) -> None:
    add(database, *TROUBLE)

    made = exported(database, order(name, reason="The board asked.")).decode()

    if PRESETS[name].suffix == ".csv":
        rows = list(csv.reader(io.StringIO(made)))
        assert {len(row) for row in rows} == {len(PRESETS[name].cells)}
        assert len(rows) > 5
    else:
        assert len([json.loads(line) for line in made.splitlines()]) > 5


def plain(value: Any) -> Any:
    """A value as the generic JSON Lines have it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


@pytest.fixture
def golden_signers() -> list[dict[str, Any]]:
    lines = (folder_of(Path(__file__)) / "jsonl.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_parquet_file_holds_the_generic_columns_typed_and_marked(
    database: Database, golden_signers: list[dict[str, Any]]
) -> None:
    add(database, *TROUBLE)
    asked = order("parquet", purpose="A study")

    made = exported(database, asked)

    file = pq.ParquetFile(io.BytesIO(made))
    rows = [{key: plain(value) for key, value in row.items()} for row in file.read().to_pylist()]
    assert rows == golden_signers
    marks = file.schema_arrow.metadata
    assert marks[b"campaign.exported_by"] == b"user:17"
    assert marks[b"campaign.exported_at"] == b"2026-06-15T12:00:00Z"
    assert marks[b"campaign.purpose"] == b"A study"
    assert exported(database, asked) == made


def test_a_workbook_holds_the_generic_columns_typed_and_marked(
    database: Database, golden_signers: list[dict[str, Any]]
) -> None:
    add(database, *TROUBLE)
    asked = order("xlsx", purpose="=1+1")

    made = exported(database, asked)

    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Signers", "About this file"]
    heading, *rows = book["Signers"].iter_rows()
    cells = PRESETS["xlsx"].cells
    assert [cell.value for cell in heading] == [
        f"{cell.heading} (UTC)" if cell.kind == "time" else cell.heading for cell in cells
    ]
    for row, signer in zip(rows, golden_signers, strict=True):
        for found, cell in zip(row, cells, strict=True):
            value = found.value
            if isinstance(value, datetime):
                value = plain(value.replace(tzinfo=UTC))
            assert (value or None) == (signer[cell.heading] or None)
            assert found.data_type != "f"
            assert found.hyperlink is None
    about = {row[0].value: row[1].value for row in book["About this file"].iter_rows()}
    assert about["Exported by"] == "user:17"
    assert about["Exported at"] == "2026-06-15T12:00:00Z"
    assert about["Purpose"] == "=1+1"
    assert book.properties.created == NOW.replace(tzinfo=None)
    assert exported(database, asked) == made


def test_signers_beyond_a_sheets_limit_continue_on_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    add(database, *({"first_name": f"S{number}"} for number in range(7)))

    book = openpyxl.load_workbook(io.BytesIO(exported(database, order("xlsx"))))

    assert book.sheetnames == ["Signers", "Signers 2", "Signers 3", "About this file"]
    assert [len(list(book[name].iter_rows())) for name in book.sheetnames[:3]] == [4, 4, 2]


def test_mailchimp_cuts_between_two_characters(database: Database) -> None:
    """Every length around its limit, in characters of one to four bytes, escaped or not."""
    kinds = ("a", "é", "Ж", "€", "👩", "=é")
    texts = [kind * length for kind in kinds for length in range(62, 130)]
    add(database, *({"first_name": text, "mail_opt_in": True} for text in texts))

    rows = csv.DictReader(io.StringIO(exported(database, order("mailchimp")).decode("utf-8")))

    for row, text in zip(rows, texts, strict=True):
        whole = f"'{text}" if text.startswith("=") else text
        cut = whole.encode()[:255].decode("utf-8", "ignore")
        assert row["First Name"] == cut


#: The presets that are a record of the campaign, and say of each signer what they agreed to. Every
#: other one is read by a tool that writes to people.
RECORDS = {"generic", "xlsx", "jsonl", "parquet"}

#: Every consent that a signature can have, by email address.
CONSENTS: dict[str, dict[str, Any]] = {
    f"{'yes' if asked else 'no'}-{'left' if left else 'stayed'}-{origin}@example.org": {
        "mail_opt_in": asked,
        "unsubscribed_at": NOW if left else None,
        "origin": origin,
        "first_name": f"{asked}{left}{origin}",
    }
    for asked in (True, False)
    for left in (True, False)
    for origin in ("online", "paper")
}


@pytest.mark.parametrize("name", PRESETS)
def test_mail_presets_have_only_opted_in_signers(database: Database, name: str) -> None:
    add(database, *({"email": email, "email_key": email, **one} for email, one in CONSENTS.items()))

    made = exported(database, order(name))

    if name == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(made))["Signers"]
        made = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row).encode()
    elif name == "parquet":
        made = str(pq.ParquetFile(io.BytesIO(made)).read().to_pylist()).encode()
    held = {email for email in CONSENTS if email.encode() in made}
    if name in RECORDS:
        assert held == set(CONSENTS)
        headings = {cell.heading for cell in PRESETS[name].cells}
        assert {"mail_opt_in", "unsubscribed_at"} <= headings
    else:
        assert held == {"yes-stayed-online@example.org", "yes-stayed-paper@example.org"}


def test_a_preset_must_state_whether_its_tool_mails() -> None:
    generic = PRESETS["generic"]

    with pytest.raises(TypeError, match="is_for_mail"):
        Preset(  # type: ignore[call-arg]
            name="new",
            title="New",
            use="New.",
            suffix=".csv",
            mimetype="text/csv",
            cells=generic.cells,
            pieces=generic.pieces,
        )


#: Texts that spreadsheets, CSV readers and the escape itself trip over.
LIVE = ("=1+1;=2+2", "'\n=1", "a\t-2", ";'+1", '";=1', "-)", ";-)", "''=1", "x;＝1", "\n@")


def test_both_databases_escape_formulas_reversibly(
    database: Database,
) -> None:
    add(database, *({"comment": text, "city": text} for text in LIVE))

    made = exported(database)

    rows = list(csv.DictReader(io.StringIO(made.decode(), newline="")))
    assert [row["comment"] for row in rows] == [escape(text).replace("\n", "\r\n") for text in LIVE]
    back = [cells for _, cells in parse_generic.signers(io.BytesIO(made))]
    assert [(cells["comment"], cells["city"]) for cells in back] == [(x, x) for x in LIVE]


@pytest.mark.parametrize("name", [n for n in AS_BYTES if PRESETS[n].suffix == ".csv"])
def test_every_typed_text_is_quoted(database: Database, name: str) -> None:
    add(database, {"first_name": "Ada", "mail_opt_in": True})

    line = exported(database, order(name)).decode().splitlines()[1]

    assert '"Ada","Lovelace"' in line
    assert '"signer0@example.org"' in line


def test_everyaction_columns_are_in_order(database: Database) -> None:
    assert [cell.heading for cell in PRESETS["everyaction"].cells] == [
        "first_name", "last_name", "email", "phone", "address_line1", "city", "state", "zip",
        "country", "external_id",
    ]  # fmt: skip
