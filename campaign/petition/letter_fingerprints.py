"""Letters that people take away: how like others' they are, and the fingerprint kept of each.

Neither the text nor a name is kept. What is kept means nothing without the site's key: a sketch of
the text's shingles (`campaign.letters.similarity`), under a hash of its writer's name and ZIP, so
that a person who takes a letter twice counts once and can be forgotten.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice

from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.letters import similarity
from campaign.letters.letter import Letter
from campaign.petition.identity import name_key
from campaign.petition.limits import SignupLimits
from campaign.store import letters as store
from campaign.store.db.engine import Database
from campaign.store.letters import MOST_ALIKE, Made

#: Fingerprints are forgotten after this long: by then an office has read other letters.
FINGERPRINT_DAYS = 180

# Letters of a batch that share a transaction: short enough for others to get their turn.
_BATCH = 50


@dataclass(frozen=True)
class Similarity:
    """How many letters of others to the same office are very like this one."""

    others: int

    @property
    def is_own(self) -> bool:
        """True where there are none."""
        return self.others == 0

    @property
    def is_at_least(self) -> bool:
        """True where there may be more: nobody counts further."""
        return self.others >= MOST_ALIKE


def compare(db: Database, letters: Sequence[Letter], *, keyring: Keyring) -> dict[str, Similarity]:
    """Return how like others' each letter is, by its recipient's id. Raises StoreUnavailable."""
    all_made = [fingerprints(letter, keyring) for letter in letters]
    with db.reading() as connection:
        return {one[0].office: Similarity(_count_alike(connection, one)) for one in all_made}


def record(
    db: Database,
    letters: Sequence[Letter],
    *,
    now: datetime,
    keyring: Keyring,
    network: str = "",
    limits: SignupLimits | None = None,
    on_site: bool = True,
) -> None:
    """Keep the fingerprints of letters that their writer takes away, or that are made for them.

    What one network takes beyond what a hall full of people does is not kept, and nobody is told.
    Raises StoreUnavailable: that must cost nobody the letters (`best_effort`).
    """
    all_made = _in_order(letters, keyring)
    with db.writing() as connection:
        if limits is not None:
            shared = connection if limits.shares_database(db) else None
            if not limits.allow_letter_download(network, connection=shared):
                return
        for one in all_made:
            _keep(connection, one, now=now, on_site=on_site)


def record_batch(
    db: Database, letters: Iterable[Letter], *, now: datetime, keyring: Keyring
) -> int:
    """Keep the fingerprints of letters made for many people; return how many are very like others.

    Each is compared with those of others to the same office first, the batch's own before it among
    them. Done again for the same people it changes nothing. Raises StoreUnavailable.
    """
    alike = 0
    waiting = iter(letters)
    while some := _in_order(islice(waiting, _BATCH), keyring):
        with db.writing() as connection:
            for one in some:
                alike += _count_alike(connection, one) > 0
                _keep(connection, one, now=now, on_site=False)
    return alike


def _in_order(letters: Iterable[Letter], keyring: Keyring) -> list[tuple[Made, ...]]:
    return sorted(
        (fingerprints(letter, keyring) for letter in letters), key=lambda one: one[0].place
    )


def _count_alike(connection: Connection, one: tuple[Made, ...]) -> int:
    return min(MOST_ALIKE, sum(store.count_alike(connection, each) for each in one))


def _keep(connection: Connection, one: tuple[Made, ...], *, now: datetime, on_site: bool) -> None:
    newest, *older = one
    for each in older:
        store.rekey(connection, each, newest.writer)
    store.keep(connection, newest, now=now, on_site=on_site)


def forget(
    connection: Connection, campaign: str, *, name_key: str, zip: str, keyring: Keyring
) -> int:
    """Forget the letters of a person of that name and ZIP. Returns how many there were."""
    return sum(
        store.forget_writer(connection, campaign, writer)
        for writer in writer_keys(campaign, name_key, zip, keyring)
    )


def fingerprints(letter: Letter, keyring: Keyring) -> tuple[Made, ...]:
    """Return what is kept of a letter whose writer takes it away, under each key, newest first."""
    constituent, office = letter.constituent, letter.recipient.id
    name = name_key(constituent.first_name, constituent.last_name)
    return tuple(
        Made(letter.campaign, office, writer, similarity.sketch(letter.body, key))
        for writer, key in zip(
            writer_keys(letter.campaign, name, constituent.zip, keyring),
            keyring.letter_texts(letter.campaign, office),
            strict=True,
        )
    )


def writer_keys(campaign: str, name: str, zip_: str, keyring: Keyring) -> tuple[bytes, ...]:
    """Return the keyed hashes under which a person's letters are kept, newest first."""
    person = f"{name}\x1f{zip_[:5]}".encode()
    return tuple(hmac.digest(key, person, sha256)[:16] for key in keyring.letter_writers(campaign))
