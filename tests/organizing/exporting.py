"""Made-up signers, and orders of exports about them."""

import io
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import export as exports
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import ExportRequest
from campaign.store import models
from campaign.store.db.engine import Database
from campaign.store.exports.query import Selection

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)

#: What is said where pyarrow is not installed.
NO_PYARROW = (
    "Parquet files need pyarrow, which is not installed. "
    "Install it: pip install 'campaign-toolkit[parquet]'"
)

#: What spreadsheets, CSV readers and other tools trip over.
TROUBLE: tuple[dict[str, Any], ...] = (
    {"show_name": True, "mail_opt_in": True, "source": "newsletter", "city": "Pawtucket"},
    {"first_name": '=HYPERLINK("http://x")', "last_name": "+1", "city": "-2", "source": "@x"},
    {"first_name": "＝1+1", "last_name": "＠x", "email": "+tag@example.org", "mail_opt_in": True},
    {
        "first_name": "José, Jr.",
        "last_name": 'O"Neil',
        "comment": 'One.\nTwo, "three".\n\nFour.',
        "comment_status": "approved",
        "mail_opt_in": True,
    },
    {"first_name": "Արամ", "last_name": "Խաչատրյան", "district": "", "number": None},
    {"first_name": "'Tis", "last_name": " spaced ", "comment": "\\. back\\slash 100% _"},
    {
        "comment": "=1\nnext",
        "origin": "paper",
        "source": "paper",
        "sheet": "=K7F2-1",
        "email": None,
        "email_key": None,
    },
    {"first_name": "NULL", "last_name": "\\N", "comment": '"'},
    {"first_name": "'=1", "last_name": "''+2", "mail_opt_in": True, "city": "'-", "source": "'"},
    {"unsubscribed_at": NOW + timedelta(days=1), "first_name": "Grace", "last_name": "Hopper"},
    {
        "first_name": "Ж" * 80,
        "last_name": "👩" * 64,
        "city": "=" + "é" * 79,
        "mail_opt_in": True,
        "language": "hy",
    },
)


def add(database: Database, *rows: dict[str, Any]) -> None:
    """Add confirmed signatures of Ada, a minute apart, with what each row says instead."""
    made = [
        {
            "public_id": f"id{number}",
            "campaign": "section-907",
            "status": "confirmed",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "name_key": "ada lovelace",
            "email": f"signer{number}@example.org",
            "email_key": f"signer{number}@example.org",
            "zip": "02861",
            "city": "",
            "state": "RI",
            "district": "RI-1",
            "comment": "",
            "comment_status": "none",
            "show_name": False,
            "mail_opt_in": False,
            "unsubscribed_at": None,
            "source": "",
            "sheet": "",
            "language": "en",
            "wording_version": "",
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


def order(
    preset: str = "generic", selection: Selection | None = None, **more: Any
) -> ExportRequest:
    """An order by account 17, now, for all of the campaign unless told."""
    asked: dict[str, Any] = {
        "actor": "user:17",
        "now": NOW,
        "origin": Origin("petition.example.org", "https://petition.example.org/c/section-907/"),
        **more,
    }
    return ExportRequest(
        preset=PRESETS[preset], selection=selection or Selection("section-907"), **asked
    )


def exported(database: Database, asked: ExportRequest | None = None, **how: Any) -> bytes:
    """The bytes of an export."""
    out = io.BytesIO()
    exports.write(database, asked or order(), out, **how)
    return out.getvalue()


def uninstall_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pyarrow impossible to import until the test ends."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "pyarrow":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
