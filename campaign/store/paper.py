"""Signatures given on paper: who was entered before, and who signed online."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.store.db.literals import equals_literal
from campaign.store.db.upsert import both, dialect_of
from campaign.store.households import HouseholdMember
from campaign.store.models import paper, signatures
from campaign.store.new_signature import NewSignature
from campaign.store.statuses import Origin, SignatureStatus

T = TypeVar("T")

_record_entered = {
    name: insert.on_conflict_do_nothing(index_elements=[paper.c.key]).returning(paper.c.key)
    for name, insert in both(paper).items()
}

_pairs = sa.values(sa.column("zip", sa.String), sa.column("name_key", sa.String), name="asked")

# Values in one statement. Both databases allow more, but more is not faster.
_CHUNK = 500


def record_entered(
    connection: Connection, campaign: str, keys: Sequence[bytes], *, now: datetime
) -> frozenset[bytes]:
    """Record signers, by keyed hashes, as entered; return the hashes that were new."""
    values = [{"key": key, "campaign": campaign, "at": now} for key in keys]
    if not values:
        return frozenset()
    made = connection.execute(_record_entered[dialect_of(connection)], values)
    return frozenset(bytes(key) for key in made.scalars())


def entered(connection: Connection, keys: Sequence[bytes]) -> frozenset[bytes]:
    """Return which of these hashes are recorded as entered."""
    found: set[bytes] = set()
    for some in _chunks(keys):
        query = sa.select(paper.c.key).where(paper.c.key.in_(some))
        found.update(bytes(key) for key in connection.scalars(query))
    return frozenset(found)


def forget(connection: Connection, key: bytes) -> bool:
    """Delete a hash, so that the signer can be entered again; False if it was not recorded."""
    return connection.execute(sa.delete(paper).where(paper.c.key == key)).rowcount == 1


def signed_online(
    connection: Connection, campaign: str, people: Sequence[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Return which of these people, by ZIP and name key, have a confirmed online signature."""
    return _with_signature(
        connection,
        campaign,
        people,
        equals_literal(signatures.c.status, SignatureStatus.CONFIRMED),
        equals_literal(signatures.c.origin, Origin.ONLINE),
    )


def on_record(
    connection: Connection, campaign: str, people: Sequence[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Return which of these people, by ZIP and name key, have a signature of any status."""
    return _with_signature(connection, campaign, people, signatures.c.anonymised_at.is_(None))


def _with_signature(
    connection: Connection,
    campaign: str,
    people: Sequence[tuple[str, str]],
    *conditions: sa.ColumnElement[bool],
) -> frozenset[tuple[str, str]]:
    """Return which of these people have a signature in the campaign that meets the conditions."""
    found: set[tuple[str, str]] = set()
    for some in _chunks(people):
        # A join to a list of pairs: SQLite uses no index for `(zip, name_key) IN (…)`.
        pairs = _pairs.data(some).cte()
        query = sa.select(signatures.c.zip, signatures.c.name_key).where(
            signatures.c.zip == pairs.c.zip,
            signatures.c.name_key == pairs.c.name_key,
            signatures.c.campaign == campaign,
            *conditions,
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return frozenset(found)


def households(
    connection: Connection, campaign: str, email_keys: Sequence[str]
) -> dict[str, tuple[HouseholdMember, ...]]:
    """Return {address key: its signatures in the campaign, by household slot}."""
    found: dict[str, list[HouseholdMember]] = {}
    for some in _chunks(email_keys):
        query = (
            sa.select(
                signatures.c.email_key,
                signatures.c.id,
                signatures.c.household_slot,
                signatures.c.name_key,
                signatures.c.zip,
                signatures.c.email,
                signatures.c.status,
                signatures.c.mails,
                signatures.c.mailed_at,
            )
            .where(signatures.c.email_key.in_(some), signatures.c.campaign == campaign)
            .order_by(signatures.c.household_slot)
        )
        for address, *person in connection.execute(query):
            found.setdefault(address, []).append(_member(person))
    return {address: tuple(people) for address, people in found.items()}


#: What a sheet says of a signer; written also into a pending online signature of the same person.
SHEET_COLUMNS = (
    "first_name", "last_name", "zip", "state", "district", "lines", "comment", "comment_status",
    "show_name", "mail_opt_in", "source", "sheet", "language", "wording_version", "created_at",
    "confirmed_at", "number", "origin", "status", "reason",
)  # fmt: skip

_COLUMNS = (
    *SHEET_COLUMNS, "public_id", "campaign", "name_key", "name_status", "email", "email_key",
    "household_slot", "nonce", "flags",
)  # fmt: skip


def add(connection: Connection, new: Sequence[NewSignature]) -> dict[str, int]:
    """Add paper signatures; return {public id: row id}."""
    if not new:
        return {}
    rows = connection.execute(
        sa.insert(signatures).returning(signatures.c.public_id, signatures.c.id),
        [each.columns(_COLUMNS) for each in new],
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, repr=False)
class EnteredSignature:
    """An entered line, as the person who typed it sees it again."""

    public_id: str
    first_name: str
    last_name: str
    zip: str
    sheet: str


def still_entered(
    connection: Connection, campaign: str, public_ids: Sequence[str]
) -> dict[str, EnteredSignature]:
    """Return {public id: line} for those of the signatures that were given on paper and count."""
    query = sa.select(
        signatures.c.public_id,
        signatures.c.first_name,
        signatures.c.last_name,
        signatures.c.zip,
        signatures.c.sheet,
    ).where(
        signatures.c.public_id.in_(list(public_ids)),
        signatures.c.campaign == campaign,
        signatures.c.origin == Origin.PAPER,
        signatures.c.status == SignatureStatus.CONFIRMED,
        signatures.c.anonymised_at.is_(None),
    )
    return {row[0]: EnteredSignature(*row) for row in connection.execute(query)}


def _member(columns: Sequence[Any]) -> HouseholdMember:
    id_, slot, name_key, zip_, email, status, mails, mailed_at = columns
    return HouseholdMember(
        id_, slot, name_key, zip_, email, SignatureStatus(status), mails, mailed_at
    )


def _chunks(values: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _CHUNK):
        yield list(values[start : start + _CHUNK])
