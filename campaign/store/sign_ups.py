"""Sign-ups: a new signature, or new answers in one that is not confirmed.

The statements of the busiest path are built once, when the module loads.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.first_names import IS_HIDDEN
from campaign.store.models import signatures
from campaign.store.new_signature import KEPT_ANSWERS, Answers, NewSignature
from campaign.store.statuses import NameStatus, SignatureStatus

_ANSWERS = (*KEPT_ANSWERS, "name_key", "name_status", "comment_status", "earlier")

_COLUMNS = (
    "public_id", "campaign", "status", "reason", "email", "email_key", "household_slot", "origin",
    "flags", "network", "nonce", "confirm_nonce", "created_at", "mailed_at", "mails", *_ANSWERS,
)  # fmt: skip

_add = CompiledStatement(
    sa.insert(signatures)
    .values({name: sa.bindparam(name) for name in _COLUMNS})
    .returning(signatures.c.id)
)


def add(connection: Connection, new: NewSignature) -> int:
    """Add a signature and return its id."""
    [(row,)] = _add.run(connection, new.columns(_COLUMNS))
    return int(row)


def _update_answers(*more: str) -> sa.Update:
    new: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in (*_ANSWERS, "mailed_at", "mails", *more)
    }
    # The district is given anew, so no older lines apply to it.
    new |= {"signed_district": sa.literal_column("''"), "signed_lines": sa.literal_column("0")}
    # After an organizer hid a name, the next one has to be reviewed.
    waiting: sa.ColumnElement[str] = sa.literal_column(f"'{NameStatus.WAITING}'")
    new["name_status"] = sa.case((IS_HIDDEN, waiting), else_=new["name_status"])
    return sa.update(signatures).where(signatures.c.id == sa.bindparam("row")).values(new)


def _parameters(row: int, answers: Answers, **others: Any) -> dict[str, Any]:
    """Return the parameters of a statement from `_update_answers`."""
    values = {**answers.columns(), **others}
    return {"row": row, **{f"new_{name}": value for name, value in values.items()}}


_renew = CompiledStatement(
    _update_answers().where(sa.text("status IN ('pending', 'held')")).returning(signatures.c.id)
)

_reopen_held = (
    _update_answers("created_at", "flags", "network")
    .where(signatures.c.status == SignatureStatus.HELD)
    .values(
        status=SignatureStatus.PENDING, reason="", confirm_nonce=sa.bindparam("new_confirm_nonce")
    )
)

_reopen_withdrawn = (
    _update_answers("created_at", "confirm_nonce")
    .where(signatures.c.status == SignatureStatus.WITHDRAWN)
    .values(
        status=SignatureStatus.PENDING,
        reason="",
        number=sa.null(),
        confirmed_at=sa.null(),
        reminded_at=sa.null(),
        ended_at=sa.null(),
    )
)


def renew(
    connection: Connection,
    row: int,
    answers: Answers,
    *,
    mailed_at: datetime | None,
    mails: int,
    earlier: Mapping[str, Any] | None,
) -> bool:
    """Put new answers into a signature that is pending or held; False if it is neither.

    Links that were mailed before still work, and show the new answers. `earlier` are replaced
    answers of another name, by `KEPT_ANSWERS`.
    """
    values = _parameters(row, answers, mailed_at=mailed_at, mails=mails, earlier=earlier)
    return bool(_renew.run(connection, values))


def reopen_held(
    connection: Connection,
    row: int,
    answers: Answers,
    *,
    flags: str,
    network: str,
    confirm_nonce: bytes,
    now: datetime,
) -> bool:
    """Make a held signature pending, with new answers and a new link; False if it is not held."""
    values = _anew(row, answers, confirm_nonce, now, flags=flags, network=network)
    return connection.execute(_reopen_held, values).rowcount == 1


def reopen_withdrawn(
    connection: Connection, row: int, answers: Answers, *, confirm_nonce: bytes, now: datetime
) -> bool:
    """Make a withdrawn signature pending, with new answers and a new link; False if it is not."""
    values = _anew(row, answers, confirm_nonce, now)
    return connection.execute(_reopen_withdrawn, values).rowcount == 1


def _anew(
    row: int, answers: Answers, confirm_nonce: bytes, now: datetime, **others: Any
) -> dict[str, Any]:
    """Return the parameters of a signature that begins anew, with its first mail."""
    return _parameters(
        row,
        answers,
        earlier=None,
        mailed_at=now,
        mails=1,
        created_at=now,
        confirm_nonce=confirm_nonce,
        **others,
    )


_delete = CompiledStatement(sa.delete(signatures).where(signatures.c.id == sa.bindparam("row")))


def delete_blank(connection: Connection, row: int) -> None:
    """Delete a placeholder signature and its consents; row 0 matches nothing.

    A sign-up that adds no signature runs the same statements as one that does, so that its time
    does not reveal whether the address is known.
    """
    _delete.run(connection, {"row": row})
