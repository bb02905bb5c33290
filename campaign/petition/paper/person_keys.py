"""The keyed hashes by which a campaign remembers who signed on paper, without storing a name."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition.paper.paper_row import PaperSignature
from campaign.store import paper


def line_keys(keyring: Keyring, pack: Pack, line: PaperSignature) -> tuple[bytes, ...]:
    """Return the keyed hashes of a line's person, newest key first: 16 bytes each."""
    return person_keys(keyring, pack.name, line.name_key, line.zip, line.namesake)


def person_key(keyring: Keyring, campaign: str, name_key: str, zip: str, namesake: int) -> bytes:
    """Return the keyed hash (newest key) under which a campaign stores a person on paper."""
    return person_keys(keyring, campaign, name_key, zip, namesake)[0]


def person_keys(
    keyring: Keyring, campaign: str, name_key: str, zip: str, namesake: int
) -> tuple[bytes, ...]:
    """Return the hashes under every key by which that person may be stored, newest key first."""
    person = "\0".join(("paper v1", campaign, name_key, zip, str(namesake))).encode()
    return tuple(hmac.digest(key, person, sha256)[:16] for key in keyring.paper())


def find_entered(connection: Connection, keys: Sequence[tuple[bytes, ...]]) -> set[bytes]:
    """Return the newest hash of each person who is stored under any of their hashes."""
    newest = {key: each[0] for each in keys for key in each}
    return {newest[key] for key in paper.entered(connection, list(newest))}
