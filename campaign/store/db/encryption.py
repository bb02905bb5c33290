"""Encryption of secrets that have to be read back; the database does not hold the key.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY for this use only.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from campaign.errors import SecretLost
from campaign.keys import Keyring


def seal(secret: str, keyring: Keyring) -> str:
    """Return the secret, encrypted."""
    return _fernet(keyring).encrypt(secret.encode("utf-8")).decode("ascii")


def unseal(sealed: str, keyring: Keyring) -> str:
    """Return the decrypted secret. Raises SecretLost if it was sealed under another SECRET_KEY."""
    try:
        return _fernet(keyring).decrypt(sealed.encode("ascii")).decode("utf-8")
    except InvalidToken:
        raise SecretLost(
            "The secret of this connection was stored under another SECRET_KEY. "
            "Make a new secret, or enter the key again, on the Connect page."
        ) from None


@lru_cache(maxsize=8)
def _fernet(keyring: Keyring) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keyring.connections()])
