"""Who is who: one key for all spellings of an e-mail address, and one for those of a name."""

import re
import unicodedata
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from campaign import text
from campaign.errors import InvalidInput
from campaign.messages import Message

#: The longest address that mail can carry (RFC 5321, 4.5.3.1.3).
_LONGEST = 254
# The longest part before the @, in octets (RFC 5321, 4.5.3.1.1).
_LONGEST_LOCAL = 64

# Providers that deliver name.surname@ and namesurname@ to one mailbox, and the domain under which
# they do. Google says so of these two; others treat a dot as part of the name.
_DOTS_IGNORED = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

# O'Neil, O’Neil and ONeil are one name.
_APOSTROPHES = frozenset("'\u2018\u2019\u02bc")

_SENTENCE = Message("Enter an e-mail address such as name@example.org.")


@dataclass(frozen=True)
class Email:
    """A mail address. Its `repr()` shows nothing of it.

    `typed` is as it was typed, `canonical` the key that all variants of one mailbox share, `domain`
    the ASCII form of what follows the @ (IDNA 2008).
    """

    typed: str = field(repr=False)
    canonical: str = field(repr=False)
    domain: str = field(repr=False)

    @classmethod
    def parse(cls, typed: str) -> "Email":
        """Read an address; syntax alone counts, nothing is asked of the network.

        Raises InvalidInput (field "email").
        """
        cleaned = text.line(typed, limit=_LONGEST, field="email")
        try:
            valid = validate_email(cleaned, check_deliverability=False)
        except EmailNotValidError:
            raise InvalidInput(_SENTENCE, field="email") from None
        domain = valid.ascii_domain.lower()
        octets = len(valid.local_part.encode("utf-8"))
        if octets > _LONGEST_LOCAL or octets + len(domain) + 1 > _LONGEST:
            raise InvalidInput(_SENTENCE, field="email")
        return cls(cleaned, canonical(valid.local_part, domain), domain)

    @property
    def address(self) -> str:
        """The addr-spec to send to: the local part as typed, the domain in ASCII."""
        return f"{self.typed.rpartition('@')[0]}@{self.domain}"


def canonical(local_part: str, domain: str) -> str:
    """Return the key of a mailbox from a valid local part and an ASCII domain.

    Lower-cased and NFKC, a `+tag` dropped, dots dropped for providers that ignore them. The key is
    for comparing, never for sending.
    """
    folded = _folded(local_part)
    name = folded.split("+", 1)[0] or folded
    if domain in _DOTS_IGNORED:
        domain = _DOTS_IGNORED[domain]
        name = name.replace(".", "") or name
    return f"{name}@{domain}"


def name_key(first_name: str, last_name: str) -> str:
    """Return a key that a name's spellings share: without case, accents, marks and word order."""
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", f"{first_name} {last_name}".casefold())
        if not unicodedata.combining(char) and char not in _APOSTROPHES
    )
    words = sorted(re.findall(r"[^\W_]+", bare))
    return " ".join(words) or bare.strip()


def _folded(words: str) -> str:
    # Lower-casing can decompose, and composing can bring capitals back: twice is enough for all of
    # Unicode (a test goes through it).
    for _ in range(2):
        words = unicodedata.normalize("NFKC", words.lower())
    return words
