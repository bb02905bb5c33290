"""Hash passwords with Argon2id (RFC 9106) at OWASP's strength, and refuse weak ones."""

import unicodedata

from argon2 import PasswordHasher, Type

from campaign.errors import InvalidInput

#: 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet): small enough that several
#: people can log in at the same time on a small machine.
MEMORY_KIB, PASSES, LANES = 19456, 2, 1

MIN_LENGTH, MAX_LENGTH = 12, 200

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


def normalize(password: str) -> str:
    """Return the password in NFKD, so that accents hash alike on every keyboard."""
    return unicodedata.normalize("NFKD", password)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, as `$argon2id$…`."""
    return _hasher.hash(normalize(password))


def require_good(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Raise InvalidInput for a weak password; `known` are words that an attacker would try."""
    found = normalize(password)
    if not MIN_LENGTH <= len(found) <= MAX_LENGTH:
        raise InvalidInput(
            f"Choose a password of {MIN_LENGTH} characters or more; a short sentence works well.",
            field="password",
        )
    if len(set(found)) < 5 or any(part and part in found.casefold() for part in known):
        raise InvalidInput(
            "This password is easy to guess. Choose one without your name, address or repetitions.",
            field="password",
        )
