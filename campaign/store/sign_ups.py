"""Sign-ups: a new signature, or new answers in one that is not confirmed.

The statements of the busiest path are built once, when the module loads.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.first_names import IS_HIDDEN, name_status
from campaign.store.households import WORDS
from campaign.store.models import signatures

_TYPED = (*WORDS, "name_key", "name_status", "comment_status", "earlier")

_ADDED = (
    "public_id", "campaign", "status", "reason", "email", "email_key", "household_slot", "origin",
    "flags", "network", "nonce", "confirm_nonce", "created_at", "mailed_at", "mails",
)  # fmt: skip

_add = CompiledStatement(
    sa.insert(signatures)
    .values({name: sa.bindparam(name) for name in (*_ADDED, *_TYPED)})
    .returning(signatures.c.id)
)


def add(connection: Connection, values: dict[str, Any]) -> int:
    """Add a signature of these columns, all that `_ADDED` and `_TYPED` name, and return its row.

    `earlier` may be left out, and `name_status` is not given: it is judged here.
    """
    judged = name_status(values["first_name"])
    [(row,)] = _add.run(connection, {"earlier": None, **values, "name_status": judged})
    return int(row)


def _typing(*more: str) -> sa.Update:
    new: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in (*_TYPED, "mailed_at", "mails", *more)
    }
    # Once an organizer hid a name, the next one waits.
    waits: sa.ColumnElement[str] = sa.literal_column("'waiting'")
    new["name_status"] = sa.case((IS_HIDDEN, waits), else_=new["name_status"])
    return sa.update(signatures).where(signatures.c.id == sa.bindparam("row")).values(new)


def _typed(row: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return what the statements of `_typing` ask for."""
    judged = {**values, "name_status": name_status(values["first_name"])}
    return {"row": row, **{f"new_{name}": value for name, value in judged.items()}}


_renew = CompiledStatement(
    _typing().where(sa.text("status IN ('pending', 'held')")).returning(signatures.c.id)
)

_reopen_held = (
    _typing("created_at", "flags", "network")
    .where(signatures.c.status == "held")
    .values(status="pending", reason="", confirm_nonce=sa.bindparam("new_confirm_nonce"))
)

_reopen_withdrawn = (
    _typing("created_at", "confirm_nonce")
    .where(signatures.c.status == "withdrawn")
    .values(
        status="pending",
        reason="",
        number=sa.null(),
        confirmed_at=sa.null(),
        reminded_at=sa.null(),
        ended_at=sa.null(),
    )
)


def renew(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Put what somebody typed anew into a signature that nobody confirmed yet.

    The links already mailed still work, and show the new words. `values` are the columns of what
    was typed, with `mailed_at` and `mails`. Returns False, with nothing changed, when it is neither
    pending nor held any more.
    """
    return bool(_renew.run(connection, _typed(row, values)))


def reopen_held(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Put what somebody typed into a signature that was set aside, and make it pending.

    `values` are those of `renew`, with `created_at`, `flags`, `network` and `confirm_nonce`.
    Returns False, with nothing changed, when it is not held any more.
    """
    return connection.execute(_reopen_held, _typed(row, values)).rowcount == 1


def reopen_withdrawn(connection: Connection, row: int, values: dict[str, Any]) -> bool:
    """Make a withdrawn signature pending again, with new words and a new link.

    `values` are those of `renew`, with `created_at` and `confirm_nonce`. Returns False, with
    nothing changed, when it is withdrawn no more.
    """
    return connection.execute(_reopen_withdrawn, _typed(row, values)).rowcount == 1


_delete = CompiledStatement(sa.delete(signatures).where(signatures.c.id == sa.bindparam("row")))


def delete_blank(connection: Connection, row: int) -> None:
    """Delete a blank signature with what hangs on it. Row 0 is none: nothing changes."""
    _delete.run(connection, {"row": row})
