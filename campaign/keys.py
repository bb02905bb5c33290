"""All keys of the site, derived from SECRET_KEY: a separate key for each purpose.

Derivations differ because mailed links, fingerprints and encrypted columns depend on the bytes of
their first one (tests/test_keys.py pins them). Use `_labeled` for a new purpose.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Literal, TypeVar

T = TypeVar("T")

AccountUse = Literal["sessions", "passwords", "totp", "recovery-codes"]


@dataclass(frozen=True)
class Keyring:
    """SECRET_KEY, and SECRET_KEY_PREVIOUS during a change of keys.

    Each method returns the keys of one purpose, newest first: sign and encrypt with the first,
    accept any. `repr()` shows no key.
    """

    current: str = field(repr=False)
    previous: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets themselves, newest first."""
        return (self.current, self.previous) if self.previous else (self.current,)

    def links(self) -> tuple[bytes, ...]:
        """Return the keys of mailed links (`campaign.store.tokens`)."""
        return self._each(lambda secret: _labeled(secret, "link"))

    def addresses(self) -> tuple[bytes, ...]:
        """Return the keys of the fingerprints of email addresses, for limits and suppression."""
        return self._each(lambda secret: _labeled(secret, "address"))

    def bounces(self) -> tuple[bytes, ...]:
        """Return the keys of the marks in Message-IDs, which bounce reports quote."""
        return self._each(lambda secret: _labeled(secret, "bounce"))

    def connections(self) -> tuple[bytes, ...]:
        """Return the Fernet keys of webhook secrets and API keys that are stored."""
        return self._each(lambda secret: urlsafe_b64encode(_labeled(secret, "connections")))

    def letter_writers(self, campaign: str) -> tuple[bytes, ...]:
        """Return the keys of the fingerprints of a campaign's letter writers."""
        return self._each(lambda secret: _letters(secret, f"writer\x1f{campaign}"))

    def letter_texts(self, campaign: str, office: str) -> tuple[bytes, ...]:
        """Return the keys of the sketches of letters to one office."""
        return self._each(lambda secret: _letters(secret, f"text\x1f{campaign}\x1f{office}"))

    def paper(self) -> tuple[bytes, ...]:
        """Return the keys of the fingerprints of paper signers; messages begin `paper v1`."""
        return self._each(str.encode)

    def networks(self) -> tuple[bytes, ...]:
        """Return the keys of the hashes of visitors' networks; messages begin `network:`."""
        return self._each(str.encode)

    def login_attempts(self) -> tuple[bytes, ...]:
        """Return the keys of the hashes of accounts that log-ins try; messages begin `account:`."""
        return self._each(str.encode)

    def challenges(self, campaign: str) -> tuple[bytes, ...]:
        """Return the keys that sign a campaign's challenges to browsers."""
        return self._each(lambda secret: _hashed(secret, f"challenge:{campaign}"))

    def challenge_answers(self, campaign: str) -> tuple[bytes, ...]:
        """Return the keys that sign the right answers to a campaign's challenges."""
        return self._each(lambda secret: _hashed(secret, f"challenge-answer:{campaign}"))

    def accounts(self, use: AccountUse) -> tuple[str, ...]:
        """Return the keys of one use in the back office: 32 bytes, as base64url text."""
        return self._each(lambda secret: urlsafe_b64encode(_account(secret, use)).decode())

    def page_signing(self) -> list[str]:
        """Return the secrets for itsdangerous, which takes the oldest first.

        The `salt` of a serializer keeps its purpose apart from others.
        """
        return list(reversed(self.secrets))

    def _each(self, derive: Callable[[str], T]) -> tuple[T, ...]:
        return tuple(derive(secret) for secret in self.secrets)


@lru_cache(maxsize=16)
def _labeled(secret: str, label: str) -> bytes:
    return _hashed(secret, f"campaign {label} v1")


@lru_cache(maxsize=2_048)
def _letters(secret: str, label: str) -> bytes:
    return _hashed(secret, f"campaign letters v1 {label}")


def _account(secret: str, use: AccountUse) -> bytes:
    """HKDF with SHA-256 (RFC 5869), whose first block is the whole key."""
    extracted = hmac.digest(b"campaign accounts v1", secret.encode(), sha256)
    return hmac.digest(extracted, use.encode() + b"\x01", sha256)


def _hashed(secret: str, label: str) -> bytes:
    return hmac.digest(secret.encode(), label.encode(), sha256)
