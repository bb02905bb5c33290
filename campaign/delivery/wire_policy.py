"""How messages are written: long headers wrapped, ids and addresses of lists on one line.

Most headers of a campaign's mail are the same in every message, and parsing and wrapping them took
half of the time that a message takes, so the last ones are kept.
"""

from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

# If folded, these become encoded words, which mail programs do not read as addresses or ids.
_NEVER_FOLDED = frozenset({"list-id", "list-unsubscribe", "message-id"})
# Headers that differ in each message; only the others are kept. `To` names a person.
_OWN = frozenset({"to", "date", "message-id", "list-unsubscribe"})
# RFC 2045, 6.7: the maximum line length in quoted-printable, including the soft line break.
_LONGEST_ENCODED = 76
# RFC 5322, 2.1.1: the maximum line length.
_LONGEST_LINE = 998
_KEPT = 512


class _Registry(HeaderRegistry):
    """Makes headers; equal ones are made once, and so is the class of each kind of header."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, Any] = {}
        self._made = lru_cache(_KEPT)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        key = name.lower()
        if key not in self._classes:
            self._classes[key] = super().__getitem__(name)
        return self._classes[key]

    def __call__(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and name.lower() not in _OWN:
            return self._made(name, value)
        return super().__call__(name, value)


class _WirePolicy(EmailPolicy):
    """A policy that wraps all headers but those that must stay on one line."""

    def fold(self, name: str, value: str) -> str:
        return str(EmailPolicy.fold(_line_policy(self, name), name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _OWN:
            return EmailPolicy.fold_binary(_line_policy(self, name), name, value)
        return _folded(self, name, value)


@lru_cache(_KEPT)
def _folded(policy: _WirePolicy, name: str, value: str) -> bytes:
    return EmailPolicy.fold_binary(_line_policy(policy, name), name, value)


@lru_cache(_KEPT)
def _line_policy(policy: _WirePolicy, name: str) -> _WirePolicy:
    whole = name.lower() in _NEVER_FOLDED
    return policy.clone(max_line_length=_LONGEST_LINE) if whole else policy


WIRE = _WirePolicy(linesep="\r\n", max_line_length=_LONGEST_ENCODED, header_factory=_Registry())
#: The same for a server with SMTPUTF8 (RFC 6531).
WIRE_UTF8 = WIRE.clone(utf8=True)
