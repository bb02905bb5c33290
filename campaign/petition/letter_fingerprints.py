"""Count similar letters to an office without keeping their text.

For each downloaded letter we keep a keyed sketch of its shingles (`campaign.letters.similarity`)
under a keyed hash of the writer's name and ZIP: a writer who downloads a letter twice counts once
and can be erased. Without the site's key the rows mean nothing.
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
from campaign.petition.rate_limits import SignupLimits
from campaign.store import letters as store
from campaign.store.db.engine import Database
from campaign.store.letters import MAX_SIMILAR, LetterFingerprint

#: Fingerprints are deleted after this long: by then an office has read other letters.
FINGERPRINT_DAYS = 180

# Letters per transaction, small enough to let other writers in between.
_BATCH = 50


@dataclass(frozen=True)
class Similarity:
    """How many letters by others to the same office are very similar to this one."""

    others: int

    @property
    def is_own(self) -> bool:
        """True if there are none."""
        return self.others == 0

    @property
    def is_at_least(self) -> bool:
        """True if there may be more: counting stops at `MAX_SIMILAR`."""
        return self.others >= MAX_SIMILAR


def compare(db: Database, letters: Sequence[Letter], *, keyring: Keyring) -> dict[str, Similarity]:
    """Return each letter's similarity to others, by its recipient's id. Raises StoreUnavailable."""
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
    """Keep the fingerprints of letters that their writer downloads, or that are made for them.

    Letters beyond the limit of a network are silently not kept. Raises StoreUnavailable; the caller
    must still hand out the letters (`best_effort`).
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
    """Keep the fingerprints of a batch; return how many letters are very similar to others.

    Each letter is compared with earlier ones to the same office, including those of the batch.
    Idempotent for the same people. Raises StoreUnavailable.
    """
    alike = 0
    waiting = iter(letters)
    while some := _in_order(islice(waiting, _BATCH), keyring):
        with db.writing() as connection:
            for one in some:
                alike += _count_alike(connection, one) > 0
                _keep(connection, one, now=now, on_site=False)
    return alike


def _in_order(letters: Iterable[Letter], keyring: Keyring) -> list[tuple[LetterFingerprint, ...]]:
    return sorted(
        (fingerprints(letter, keyring) for letter in letters), key=lambda one: one[0].place
    )


def _count_alike(connection: Connection, one: tuple[LetterFingerprint, ...]) -> int:
    return min(MAX_SIMILAR, sum(store.count_similar(connection, each) for each in one))


def _keep(
    connection: Connection, one: tuple[LetterFingerprint, ...], *, now: datetime, on_site: bool
) -> None:
    newest, *older = one
    for each in older:
        store.rekey(connection, each, newest.writer)
    store.save(connection, newest, now=now, on_site=on_site)


def forget(
    connection: Connection, campaign: str, *, name_key: str, zip: str, keyring: Keyring
) -> int:
    """Delete the fingerprints of a person of that name and ZIP; return how many there were."""
    return sum(
        store.forget_writer(connection, campaign, writer)
        for writer in writer_keys(campaign, name_key, zip, keyring)
    )


def fingerprints(letter: Letter, keyring: Keyring) -> tuple[LetterFingerprint, ...]:
    """Return a letter's fingerprint under each key of the site, newest key first."""
    constituent, office = letter.constituent, letter.recipient.id
    name = name_key(constituent.first_name, constituent.last_name)
    return tuple(
        LetterFingerprint(
            letter.campaign, office, writer, similarity.sketch(letter.body, key), letter.about
        )
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
