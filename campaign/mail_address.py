"""Email addresses: which are valid, and their form in mail."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import idna

from campaign import text
from campaign.errors import InvalidInput
from campaign.lazy_import import lazy_import
from campaign.messages import Message

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = lazy_import("email_validator")

#: The length limit of an address, in octets (RFC 5321, 4.5.3.1.3).
LONGEST = 254
# The longest part before the @, in octets (RFC 5321, 4.5.3.1.1).
_LONGEST_LOCAL_PART = 64
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

_SENTENCE = Message("Enter an email address, such as name@example.org.")


@dataclass(frozen=True)
class MailAddress:
    """A valid email address; `repr()` does not show it.

    `typed` is the address as typed, `local_part` the part before the @, and `domain` the part after
    it in ASCII (IDNA 2008) and lowercase.
    """

    typed: str = field(repr=False)
    local_part: str = field(repr=False)
    domain: str = field(repr=False)


def parse(typed: str) -> MailAddress:
    """Parse an address by its syntax (RFC 5321, 5322, 6531), without using the network.

    Raises InvalidInput (field "email").
    """
    cleaned = text.line(typed, limit=LONGEST, field="email")
    try:
        valid = email_validator.validate_email(cleaned, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise InvalidInput(_SENTENCE, field="email") from None
    domain = valid.ascii_domain.lower()
    octets = len(valid.local_part.encode("utf-8"))
    if octets > _LONGEST_LOCAL_PART or octets + len(domain) + 1 > LONGEST:
        raise InvalidInput(_SENTENCE, field="email")
    return MailAddress(cleaned, valid.local_part, domain)


def is_valid(typed: str) -> bool:
    """True if `parse` accepts the address."""
    try:
        parse(typed)
    except InvalidInput:
        return False
    return True


def is_server_address(typed: str) -> bool:
    """True for an ASCII address that a local mail server may use, such as root@localhost."""
    local_part, _, host = typed.rpartition("@")
    return (
        typed.isascii()
        and _HOST.fullmatch(host) is not None
        and is_valid(f"{local_part}@example.org")
    )


def mailable(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA 2008) and lowercase.

    Text without an @, such as an id, is returned unchanged.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        return address
    if domain.isascii():
        return f"{local}@{domain.lower()}"
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address


def provider(addr_spec: str) -> str:
    """Return the large provider of a mailbox, such as "google", or "" for any other."""
    return _PROVIDERS.get(addr_spec.rpartition("@")[2].lower(), "")


_PROVIDERS = {
    domain: name
    for name, domains in {
        "google": "gmail.com googlemail.com",
        "yahoo": "yahoo.com ymail.com rocketmail.com aol.com",
        "microsoft": "outlook.com hotmail.com live.com msn.com",
        "apple": "icloud.com me.com mac.com",
    }.items()
    for domain in domains.split()
}
