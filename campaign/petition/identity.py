"""Identity keys: one key for all spellings of an email address, and one for those of a name."""

import re
import unicodedata
from dataclasses import dataclass, field

from campaign import mail_address

# Providers that ignore dots in the local part, and the domain of the shared mailbox. Google
# documents this for these two; other providers treat a dot as part of the name.
_DOTS_IGNORED = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

# O'Neil, O’Neil and ONeil are one name.
_APOSTROPHES = frozenset("'\u2018\u2019\u02bc")


@dataclass(frozen=True)
class Email:
    """An email address with a redacted `repr()`.

    `typed` is the address as typed, `canonical` the key that all variants of one mailbox share,
    `domain` the ASCII form of the domain (IDNA 2008).
    """

    typed: str = field(repr=False)
    canonical: str = field(repr=False)
    domain: str = field(repr=False)

    @classmethod
    def parse(cls, typed: str) -> "Email":
        """Read an address by the rule of `campaign.mail_address`.

        Raises InvalidInput (field "email").
        """
        read = mail_address.parse(typed)
        return cls(read.typed, canonical(read.local_part, read.domain), read.domain)

    @property
    def address(self) -> str:
        """The addr-spec to send to: the local part as typed, the domain in ASCII."""
        return f"{self.typed.rpartition('@')[0]}@{self.domain}"


def canonical(local_part: str, domain: str) -> str:
    """Return the key of a mailbox from a valid local part and an ASCII domain.

    The key is lower-case NFKC without a `+tag`, and without dots for providers that ignore them.
    Use it to compare addresses, never to send mail.
    """
    folded = _folded(local_part)
    name = folded.split("+", 1)[0] or folded
    if domain in _DOTS_IGNORED:
        domain = _DOTS_IGNORED[domain]
        name = name.replace(".", "") or name
    return f"{name}@{domain}"


def name_key(first_name: str, last_name: str) -> str:
    """Return a name's key, which ignores case, accents, punctuation and word order."""
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", f"{first_name} {last_name}".casefold())
        if not unicodedata.combining(char) and char not in _APOSTROPHES
    )
    words = sorted(re.findall(r"[^\W_]+", bare))
    return " ".join(words) or bare.strip()


def _folded(words: str) -> str:
    # Lower-casing can decompose, and composing can bring capitals back. Twice is enough for all of
    # Unicode (a test checks every character).
    for _ in range(2):
        words = unicodedata.normalize("NFKC", words.lower())
    return words
