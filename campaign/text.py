"""Normalize what people type: clean, visible Unicode of limited length.

Every text from a form, a file or an argument passes through `line` or `block` once. Invisible
characters are removed, so that a name made of them is an empty name.
"""

import re
import unicodedata

from campaign.errors import InvalidInput
from campaign.messages import Message

#: The limit of combining marks on one character; more would break the printing of the text.
_MAX_MARKS = 6

#: A raw text may be this much longer, because spaces and invisible characters are removed.
_SLACK = 2000

# Bidirectional embeddings and overrides disguise the text around them (Unicode TR 36).
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")

# Code points for internal use by programs; no text may contain them (Unicode Standard, 23.7).
_LAST_OF_PLANES = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_NONCHARACTERS = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")

# Tags spell a region's flag, such as Scotland's, after a black flag (Unicode TR 51, ED-14a).
# Anywhere else they are hidden words.
_FLAG_TAGS = re.compile(
    "(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
)
_TAGS = re.compile("[\U000e0000-\U000e007f]")

# Default_Ignorable_Code_Point (Unicode TR 44), annotation marks and private use: invisible
# characters that come with pasted text. Joiners and variation selectors depend on their neighbors.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e00ff"
    "\U000e01f0-\U000e0fff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)

# Joiners shape letters of Arabic and Indic scripts, and join emoji.
_JOINERS = frozenset("\u200c\u200d")
_VIRAMA = 9

# The blank braille pattern looks like a space.
_BLANK_BRAILLE = "\u2800"

# Hyphens and dashes of all widths and scripts, and the minus sign.
_DASHES = re.compile(
    "[\u00ad\u058a\u05be\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\ufe31\ufe32\ufe58\ufe63\uff0d\u30fc]"
)


def with_hyphens(text: str) -> str:
    """Return `text` with every dash as an ASCII hyphen and full-width characters as ASCII.

    Used for codes that are compared exactly: a ZIP+4, a district, the id of a sheet.
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", _DASHES.sub("-", text))


def _clean(text: str, *, keep_breaks: bool, field: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # the common case: nothing to clean
    _check(text, field)
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _without_lost_joiners(_one_space(text, keep_breaks=keep_breaks))
    _check_marks(text, field)
    return text if any(map(_shows, text)) else ""


def _check(text: str, field: str) -> None:
    """Raise InvalidInput for characters that honest text does not contain."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput("This text is not valid Unicode. Please type it again.", field=field)
    if "\x00" in text:
        raise InvalidInput("This text contains a NUL character. Please type it again.", field=field)
    if not _OVERRIDES.isdisjoint(text):
        raise InvalidInput(
            "This text contains hidden characters that change text direction. Type it again "
            "without them.",
            field=field,
        )
    if _NONCHARACTERS.search(text) or _TAGS.search(_FLAG_TAGS.sub("", text)):
        raise InvalidInput(
            "This text contains hidden characters. Type it again instead of pasting it.",
            field=field,
        )


def _one_space(text: str, *, keep_breaks: bool) -> str:
    """Return the text in NFC, with all spaces as U+0020 and without control characters."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char == "\n" and keep_breaks:
            kept.append(char)
        elif category in {"Zs", "Zl", "Zp"} or char in "\n\t\v\f\x85" or char == _BLANK_BRAILLE:
            kept.append(" ")
        elif category != "Cc":
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _without_lost_joiners(text: str) -> str:
    """Return `text` without the joiners and variation selectors that have no effect."""
    kept: list[str] = []
    for place, char in enumerate(text):
        before = kept[-1] if kept else ""
        after = text[place + 1 : place + 2]
        if char in _JOINERS and not _joins(before, after):
            continue
        if _is_selector(char) and not _has_variants(before, char):
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _joins(before: str, after: str) -> bool:
    """True if a joiner changes its neighbors: Arabic letters, Indic clusters, emoji.

    Source: RFC 5892 (A.1, A.2) for letters, Unicode TR 51 for emoji.
    """
    if not before or not after or not _shows(after):
        return False
    if _VIRAMA in (unicodedata.combining(before), unicodedata.combining(after)):
        return True
    if unicodedata.bidirectional(before) == "AL" or unicodedata.category(before) in {"So", "Sk"}:
        return True
    return before == "\ufe0f"


def _is_selector(char: str) -> bool:
    return (
        "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or "\u180b" <= char <= "\u180f"
    )


def _has_variants(base: str, selector: str) -> bool:
    """True if a selector can change the base: ideographs, Mongolian letters, emoji, digits."""
    if not base:
        return False
    if selector <= "\ufe0f" and unicodedata.category(base) in {"So", "Sm", "Po", "Pd", "Nd"}:
        return True
    return unicodedata.category(base) == "Lo"


def _check_marks(text: str, field: str) -> None:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks > _MAX_MARKS:
            raise InvalidInput(
                "This text has too many accents on one letter. Type it without them.",
                field=field,
            )


def _shows(char: str) -> bool:
    """True for a character that is visible by itself."""
    return unicodedata.category(char)[0] in "LNPS" or unicodedata.category(char) in {"Mc", "Cn"}


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

    Raises InvalidInput (with `field`) for NUL, lone surrogates, direction overrides, too many
    combining marks, or more than `limit` characters. Source: Unicode TR 36 (security), TR 15 (NFC).
    """
    _bounded(
        text, limit, field, slack=_SLACK
    )  # before any work that takes time proportional to the length
    return _bounded(" ".join(_clean(text, keep_breaks=False, field=field).split()), limit, field)


def block(text: str, *, limit: int = 5000, field: str = "") -> str:
    """Return `text` as clean paragraphs: as `line`, but with its line breaks, at most two in a row.

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

    No-break spaces stay, trailing spaces are removed, and the file ends with one line break. Raises
    InvalidInput as `line` does.
    """
    _bounded(text, limit, field, slack=_SLACK)
    kept = "\u00a0".join(
        _clean(part, keep_breaks=True, field=field) for part in text.split("\u00a0")
    )
    rows = [row.rstrip(" ") for row in kept.split("\n")]
    return _bounded("\n".join(rows).strip("\n") + "\n", limit, field)
