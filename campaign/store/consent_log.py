"""The log of what each signer agreed to and took back. Rows are only added."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.conditional_insert import conditional_insert
from campaign.store.models import consents
from campaign.store.statuses import ConsentAct

_COLUMNS = (
    "signature_id", "act", "wording_version", "sentence", "mail_opt_in", "show_name", "at"
)  # fmt: skip

_record = CompiledStatement(conditional_insert(consents, _COLUMNS))


def record(
    connection: Connection,
    signature_id: int,
    act: ConsentAct,
    *,
    now: datetime,
    wording_version: str = "",
    sentence: str = "",
    mail_opt_in: bool = False,
    show_name: bool = False,
    wanted: bool = True,
) -> None:
    """Add an act to the log, if `wanted`."""
    _record.run(
        connection,
        {
            "signature_id": signature_id,
            "act": act,
            "wording_version": wording_version,
            "sentence": sentence,
            "mail_opt_in": mail_opt_in,
            "show_name": show_name,
            "at": now,
            "wanted": wanted,
        },
    )


@dataclass(frozen=True)
class NewConsent:
    """What a signer agreed to by signing: the sentence, and the version of the petition."""

    signature_id: int
    at: datetime
    wording_version: str
    sentence: str
    mail_opt_in: bool = False


def record_signed(connection: Connection, signed: Sequence[NewConsent]) -> None:
    """Record signatures that were given at once, as those of a paper sheet."""
    if signed:
        rows = [{"act": ConsentAct.SIGNED, **asdict(one)} for one in signed]
        connection.execute(sa.insert(consents), rows)


def history(connection: Connection, row: int) -> tuple[Row[Any], ...]:
    """Return a signer's log, oldest first."""
    return tuple(
        connection.execute(
            sa.select(consents).where(consents.c.signature_id == row).order_by(consents.c.id)
        )
    )
