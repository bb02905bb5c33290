"""Secrets that have to be read again: kept encrypted, under a key that the database does not hold.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY for this use alone.
"""

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from campaign.errors import SecretLost


def seal(secret: str, secret_key: str) -> str:
    """Return the secret as it may be stored."""
    return _box(secret_key).encrypt(secret.encode("utf-8")).decode("ascii")


def unseal(sealed: str, secret_key: str) -> str:
    """Return the secret again. Raises SecretLost where it was sealed under another SECRET_KEY."""
    try:
        return _box(secret_key).decrypt(sealed.encode("ascii")).decode("utf-8")
    except InvalidToken:
        raise SecretLost(
            "The secret of this connection was stored under another SECRET_KEY. "
            "Make a new secret, or enter the key again, on the Connect page."
        ) from None


@lru_cache(maxsize=8)
def _box(secret_key: str) -> Fernet:
    derived = hmac.digest(secret_key.encode("utf-8"), b"campaign connections v1", sha256)
    return Fernet(urlsafe_b64encode(derived))
