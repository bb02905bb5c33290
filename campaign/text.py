"""The one normaliser at the edge: what people type becomes clean, bounded Unicode.

Every text that enters from a form, a file or an argument goes through `line` or `block` once.
"""

import unicodedata

from campaign.errors import InvalidInput
from campaign.messages import Message

#: A base character may carry this many combining marks; more is an attack on whoever prints it.
_MOST_MARKS = 6

#: Spaces, breaks and invisible characters go away, so a raw text may be this much longer.
_SLACK = 2000

# Bidirectional embeddings and overrides disguise the text around them (Unicode TR 36).
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
# Isolates, zero-width spaces and soft hyphens come along when people paste, and carry no meaning.
_INVISIBLE = frozenset("\u2066\u2067\u2068\u2069\u200b\u200e\u200f\u2060\ufeff\u00ad")


def _clean(text: str, *, keep_breaks: bool, field: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # most of what people type: there is nothing to change in it
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput("This text is not valid Unicode. Type it again, please.", field=field)
    if "\x00" in text:
        raise InvalidInput("This text holds a NUL character. Type it again, please.", field=field)
    if not _OVERRIDES.isdisjoint(text):
        raise InvalidInput(
            "This text holds characters that turn its direction round. Type it without them.",
            field=field,
        )
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > _MOST_MARKS:
                raise InvalidInput(
                    "This text piles too many accents on one letter. Type it without them.",
                    field=field,
                )
        else:
            marks = 0
        if char == "\n" and keep_breaks:
            kept.append(char)
        elif category in {"Zs", "Zl", "Zp"} or char in "\n\t\v\f\x85":
            kept.append(" ")
        elif category == "Cc" or char in _INVISIBLE:
            continue
        else:
            kept.append(char)
    return "".join(kept)


def _bounded(text: str, limit: int, field: str, *, slack: int = 0) -> str:
    if len(text) > limit + slack:
        raise InvalidInput(
            Message(
                "This is %(length)s characters long. Shorten it to %(limit)s at most.",
                length=f"{len(text):,}",
                limit=f"{limit:,}",
            ),
            field=field,
        )
    return text


def line(text: str, *, limit: int = 200, field: str = "") -> str:
    """Return `text` as one clean line: NFC, no control characters, single spaces, trimmed.

    Raises InvalidInput for NUL, lone surrogates, direction overrides, piled combining marks, or
    more than `limit` characters. Source: Unicode TR 36 (security), TR 15 (NFC).
    """
    _bounded(text, limit, field, slack=_SLACK)  # before any work that grows with its length
    return _bounded(" ".join(_clean(text, keep_breaks=False, field=field).split()), limit, field)


def block(text: str, *, limit: int = 5000, field: str = "") -> str:
    """Return `text` as clean paragraphs: as `line`, but line breaks stay, two in a row at most.

    Raises InvalidInput as `line` does.
    """
    _bounded(text, limit, field, slack=_SLACK)
    rows = [
        " ".join(row.split()) for row in _clean(text, keep_breaks=True, field=field).split("\n")
    ]
    kept: list[str] = []
    for row in rows:
        if row or (kept and kept[-1]):
            kept.append(row)
    return _bounded("\n".join(kept).strip(), limit, field)


def source(text: str, *, limit: int, field: str = "") -> str:
    """Return `text` as a clean source file: as `block`, but with its indents and empty lines.

    No-break spaces stay, spaces at the ends of lines do not, one line break ends it. Raises
    InvalidInput as `line` does.
    """
    _bounded(text, limit, field, slack=_SLACK)
    kept = "\u00a0".join(
        _clean(part, keep_breaks=True, field=field) for part in text.split("\u00a0")
    )
    rows = [row.rstrip(" ") for row in kept.split("\n")]
    return _bounded("\n".join(rows).strip("\n") + "\n", limit, field)
