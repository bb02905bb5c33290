"""Enter lines of paper, simulate the entry, and undo a line.

A line is read in `paper_row`, judged in `duplicates` and written in `write_signatures`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign import text
from campaign.errors import (
    SignatureUnknown,
    StoreConflict,
    TableRefused,
)
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.paper import write_signatures
from campaign.petition.paper.duplicates import KnownSigners, Outcome, Placement
from campaign.petition.paper.paper_row import PaperSignature, parse_zip
from campaign.petition.paper.person_keys import line_keys, person_keys
from campaign.store import audit, counts, endpoints, paper, signature_changes, signatures, wordings
from campaign.store.db.engine import Database
from campaign.store.households import HouseholdMember

# How often a conflicting transaction is tried.
_TRIES = 3


def is_known(
    db: Database,
    pack: Pack,
    *,
    first_name: str,
    last_name: str,
    zip: str,
    namesake: int = 1,
    keyring: Keyring,
) -> bool:
    """True if this name has signed from this ZIP, on paper or online.

    Raises InvalidInput, StoreUnavailable.
    """
    name = identity.name_key(
        text.line(first_name, limit=80, field="first_name"),
        text.line(last_name, limit=80, field="last_name"),
    )
    five = parse_zip(zip).five
    with db.reading() as connection:
        keys = person_keys(keyring, pack.name, name, five, namesake)
        if paper.entered(connection, keys):
            return True
        online = paper.signed_online(connection, pack.name, [(five, name)])
    return namesake == 1 and bool(online)


def enter(
    db: Database,
    pack: Pack,
    lines: Sequence[PaperSignature],
    *,
    now: datetime,
    keyring: Keyring,
    actor: str,
    details: dict[str, Any] | None = None,
    unread: int = 0,
    all_or_nothing: bool = False,
    hide_matches: bool = False,
) -> tuple[Outcome, ...]:
    """Enter lines of paper in one audited transaction; return the outcome of each, in order.

    The audit record has `details`, and counts `unread` unreadable lines as refused. With
    `all_or_nothing`, one refused line raises TableRefused and nothing is entered. With
    `hide_matches`, for a typist who may not search signers, a line that needs a decision is held
    for an organizer, and `all_or_nothing` is ignored. Raises StoreUnavailable.
    """
    wordings.ensure_recorded(db, pack, now=now)
    for left in reversed(range(_TRIES)):
        try:
            with db.writing() as connection:
                outcomes = _enter(connection, pack, lines, now=now, keyring=keyring)
                totals = {
                    kind: sum(outcome.kind == kind for outcome in outcomes)
                    for kind in ("entered", "known", "refused")
                }
                if hide_matches:
                    outcomes = write_signatures.add_held(
                        connection, pack, lines, outcomes, now=now, keyring=keyring
                    )
                elif all_or_nothing and totals["refused"]:
                    raise TableRefused(
                        "Someone withdrew or was erased while the table was read. Nothing was "
                        "entered. Check the lines again."
                    )
                totals["refused"] += unread
                audit.record(
                    connection,
                    "import",
                    actor=actor,
                    now=now,
                    campaign=pack.name,
                    details=totals | (details or {}),
                )
                return outcomes
        except StoreConflict:
            # Someone signed online with one of the addresses at the same time.
            if not left:
                raise
    raise AssertionError("unreachable")


class DryRun:
    """Simulates `enter` for all lines of a file, across several calls."""

    def __init__(self, db: Database, pack: Pack, *, keyring: Keyring) -> None:
        self._db = db
        self._pack = pack
        self._keyring = keyring
        self._seen: set[bytes] = set()
        self._joined: dict[str, tuple[HouseholdMember, ...]] = {}

    def enter(self, lines: Sequence[PaperSignature]) -> tuple[Outcome, ...]:
        """Return the outcome that each line would have. Raises StoreUnavailable."""
        keys = [line_keys(self._keyring, self._pack, line) for line in lines]
        with self._db.reading() as connection:
            known = KnownSigners(connection, self._pack, lines, keys, keyring=self._keyring)
        known.entered |= self._seen
        known.households |= self._joined
        outcomes: list[Outcome] = []
        for line, (key, *_) in zip(lines, keys, strict=True):
            outcome, place = known.judge(line, key)
            if outcome.kind == "entered":
                known.learn(line, key, place)
                self._seen.add(key)
                if line.email is not None:
                    address = line.email.canonical
                    self._joined[address] = known.households[address]
            outcomes.append(outcome)
        return tuple(outcomes)


def undo(
    db: Database,
    pack: Pack,
    public_id: str,
    namesake: int,
    *,
    now: datetime,
    keyring: Keyring,
    actor: str,
) -> None:
    """Remove a line that was entered by mistake, so that it can be typed again.

    Raises SignatureUnknown if it is gone, or is not a paper signature of this campaign;
    StoreUnavailable.
    """
    with db.writing() as connection:
        found = signatures.by_public_id(connection, public_id)
        if found is not None and found.campaign == pack.name:
            found = signature_changes.delete_paper(connection, found.id)
        else:
            found = None
        if found is None:
            raise SignatureUnknown("That line has been taken out or changed already.")
        number = namesake if found.is_confirmed else write_signatures.HELD
        for key in person_keys(keyring, pack.name, found.name_key, found.zip, number):
            paper.forget(connection, key)
        if found.is_confirmed:
            counts.append_signature(connection, found, at=now, delta=-1)
            endpoints.queue_event(connection, "signature.withdrawn", found, now=now, is_gone=True)
        audit.record(
            connection,
            "import-undone",
            actor=actor,
            now=now,
            campaign=pack.name,
            details={"signature": public_id},
        )


def _enter(
    connection: Connection,
    pack: Pack,
    lines: Sequence[PaperSignature],
    *,
    now: datetime,
    keyring: Keyring,
) -> tuple[Outcome, ...]:
    counts.lock(connection, pack.name)
    keys = [line_keys(keyring, pack, line) for line in lines]
    known = KnownSigners(connection, pack, lines, keys, keyring=keyring)
    outcomes: list[Outcome] = []
    fit: list[tuple[PaperSignature, bytes, Placement]] = []
    for line, (key, *_) in zip(lines, keys, strict=True):
        outcome, place = known.judge(line, key)
        if outcome.kind == "entered":
            known.learn(line, key, place)
            fit.append((line, key, place))
        outcomes.append(outcome)
    remembered = paper.record_entered(connection, pack.name, [key for _, key, _ in fit], now=now)
    if len(remembered) < len(fit):
        # A concurrent import entered some of them: start over.
        raise StoreConflict("The same paper is being entered twice at this moment.")
    made = iter(write_signatures.add(connection, pack, fit, now=now))
    return tuple(
        replace(outcome, public_id=next(made)) if outcome.kind == "entered" else outcome
        for outcome in outcomes
    )
