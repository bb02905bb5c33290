"""Secrets that have to be read again: kept encrypted, under a key that the database does not hold.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY for this use alone.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from campaign.errors import SecretLost
from campaign.keys import Keyring


def seal(secret: str, keyring: Keyring) -> str:
    """Return the secret as it may be stored."""
    return _box(keyring).encrypt(secret.encode("utf-8")).decode("ascii")


def unseal(sealed: str, keyring: Keyring) -> str:
    """Return the secret again. Raises SecretLost where it was sealed under another SECRET_KEY."""
    try:
        return _box(keyring).decrypt(sealed.encode("ascii")).decode("utf-8")
    except InvalidToken:
        raise SecretLost(
            "The secret of this connection was stored under another SECRET_KEY. "
            "Make a new secret, or enter the key again, on the Connect page."
        ) from None


@lru_cache(maxsize=8)
def _box(keyring: Keyring) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keyring.connections()])
