"""A person's name in a table: parted into first and last name, and written in small letters.

Both with care, or not at all.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import nameparser
    from nameparser.config import Constants
else:
    nameparser = lazy_import("nameparser")

_PREFIXES = {
    "mr": "Mr.", "mister": "Mr.", "mrs": "Mrs.", "ms": "Ms.", "miss": "Miss", "dr": "Dr.",
    "doctor": "Dr.", "prof": "Prof.", "professor": "Prof.", "rev": "Rev.", "reverend": "Rev.",
    "fr": "Fr.", "father": "Fr.", "rabbi": "Rabbi", "imam": "Imam", "hon": "Hon.", "mx": "Mx.",
}  # fmt: skip
_SUFFIXES = {
    "jr": "Jr.", "junior": "Jr.", "sr": "Sr.", "senior": "Sr.", "ii": "II", "iii": "III",
    "iv": "IV", "v": "V", "esq": "Esq.", "md": "M.D.", "phd": "Ph.D.", "dds": "D.D.S.",
    "rn": "R.N.", "cpa": "CPA", "ret": "(Ret.)",
}  # fmt: skip
# What stands between and belongs to the last name: `Maria de la Cruz`, `Nguyễn Văn An` has none.
_PARTICLES = frozenset({
    "af", "al", "av", "bar", "ben", "bin", "bint", "d'", "da", "dal", "dalla", "das", "de", "del",
    "della", "den", "der", "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "los",
    "mac", "mc", "san", "santa", "st", "te", "ten", "ter", "van", "vande", "vander", "von", "zu",
})  # fmt: skip
# Particles that stay small in a name that was all in capitals: `van der Berg`, but `Le Blanc`.
_SMALL = frozenset({
    "af", "av", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "dos", "du", "ibn",
    "ten", "ter", "van", "von", "zu",
})  # fmt: skip
# Of the names that begin with Mac, these go on with a capital; Machado and Maciej do not.
_MAC = frozenset({
    "macarthur", "macaulay", "maccallum", "macdonald", "macdougall", "macdowell", "macfarlane",
    "macgregor", "macintosh", "macintyre", "mackay", "mackenzie", "mackinnon", "maclaren",
    "maclean", "macleod", "macmillan", "macneil", "macneill", "macpherson", "macqueen", "macrae",
    "mactavish",
})  # fmt: skip
_MAC_WORD = re.compile(r"\bMac\w+")
_DE_LA = re.compile(r"(?<=\bde )(La|Las|Los)\b")
# What stands between two people, or for several: `Ana & Bo`, `Ana Lopez / Bo Chen`.
_SEVERAL = re.compile(
    r"[&+/;|@]|\s\(?(?:and|or|with)\s|\b(?:family|household)$|^(?:family|household) of\s",
    re.IGNORECASE,
)
# Between first names alone, for a last name may be `Ortega y Gasset`.
_BETWEEN_FIRST_NAMES = re.compile(r"\s(?:y|und|et)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Parted:
    """A name in parts; the last name carries its suffix, as it is signed."""

    first_name: str
    last_name: str
    prefix: str = ""


def parted(name: str) -> Parted | None:
    """Return a full name in parts, None where it is one word, or is or may be two people.

    `Last, First` and `First Last` are both read, with a title before and a suffix after: `Dr. Ana
    María de la Cruz, Jr.`. In what order a culture has its names nobody can tell: whatever is
    printed is the name as it was given, but for a `Last, First` that is turned round.
    """
    if are_several(name) or _BETWEEN_FIRST_NAMES.search(name):
        return None
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    suffixes: list[str] = []
    while len(pieces) > 1 and all(_bare(word) in _SUFFIXES for word in pieces[-1].split()):
        suffixes[:0] = [_SUFFIXES[_bare(word)] for word in pieces.pop().split()]
    if len(pieces) == 2:
        last, first = pieces[0].split(), pieces[1].split()
        if _may_be_whole(last) and _may_be_whole(first):
            return None
        prefix = _take_prefix(first) or _take_prefix(last)
        # `Cruz, Jr., Ana` and `Cruz, Ana Jr.` both have the suffix with the last name.
        suffixes = [*_take_suffixes(last), *_take_suffixes(first), *suffixes]
    elif len(pieces) == 1:
        words = pieces[0].split()
        prefix = _take_prefix(words)
        suffixes = [*_take_suffixes(words), *suffixes]
        at = len(words) - 1
        # In a name that is all in capitals nothing else tells a particle from a name.
        while (
            at > 1
            and _bare(words[at - 1]) in _PARTICLES
            and (words[at - 1][0].islower() or name.isupper())
        ):
            at -= 1
        first, last = words[:at], words[at:]
    else:
        return None
    if not first or not last:
        return None
    return Parted(" ".join(first), " ".join([*last, *suffixes]), prefix)


def are_several(first_name: str, last_name: str = "") -> bool:
    """True where a name is that of several people, or holds more than a name."""
    return bool(
        _SEVERAL.search(first_name)
        or _SEVERAL.search(last_name)
        or (last_name and _BETWEEN_FIRST_NAMES.search(first_name))
    )


def recased(first_name: str, last_name: str) -> tuple[str, str]:
    """Return a name that came in capitals, or without any, as a person writes it.

    `ANI PETROSYAN` is Ani Petrosyan; `McDonald`, `O'Brien`, `van der Berg`, `JD` and `III` are
    known. A name in both kinds of letters stays, but for a part of four letters or more that is all
    in capitals, as in `Ana LOPEZ`.
    """
    letters = [char for char in f"{first_name}{last_name}" if char.upper() != char.lower()]
    is_whole = len(letters) > 2 and (
        all(map(str.isupper, letters)) or all(map(str.islower, letters))
    )
    if not (is_whole or _is_loud(first_name) or _is_loud(last_name)):
        return first_name, last_name
    made = nameparser.HumanName(first=first_name, last=last_name, constants=_casing())
    made.capitalize(force=True)
    if [len(part.split()) for part in (made.first, made.last)] != [
        len(part.split()) for part in (first_name, last_name)
    ]:
        return first_name, last_name
    first = " ".join(
        word if is_whole and _is_initials(word) else small
        for word, small in zip(first_name.split(), made.first.split(), strict=True)
    )
    last = _DE_LA.sub(lambda found: found[1].lower(), made.last)
    last = " ".join(
        suffix(word) if _bare(word) in _SUFFIXES and place else small
        for place, (word, small) in enumerate(zip(last_name.split(), last.split(), strict=True))
    )
    return (
        _plain_mac(first) if is_whole or _is_loud(first_name) else first_name,
        _plain_mac(last) if is_whole or _is_loud(last_name) else last_name,
    )


@cache
def _casing() -> "Constants":
    return nameparser.config.Constants(prefixes=set(_SMALL))


def _is_loud(part: str) -> bool:
    """True for a part of a name that is four letters or more, all capitals."""
    return sum(map(str.isalpha, part)) > 3 and part.isupper()


def _is_initials(word: str) -> bool:
    """True for `JD`, `TJ`, `AJ`: two letters that no name is made of."""
    return (
        len(word) == 2
        and word.isascii()
        and word.isupper()
        and (word[1] == "J" or not set(word) & set("AEIOUY"))
    )


def _plain_mac(name: str) -> str:
    return _MAC_WORD.sub(
        lambda found: found[0] if found[0].casefold() in _MAC else found[0].capitalize(), name
    )


def prefix(text: str) -> str:
    """Return a title as it is written before a name, `Dr.` for `dr`; "" for what is none."""
    return _PREFIXES.get(_bare(text), "")


def suffix(text: str) -> str:
    """Return a suffix as it is written after a name, `Jr.` for `JR`; else the text itself."""
    return _SUFFIXES.get(_bare(text), text)


def _may_be_whole(words: list[str]) -> bool:
    """True for words that may be a first and a last name: `Bo Chen`, but not `de la Cruz`."""
    return sum(len(_bare(word)) > 1 and _bare(word) not in _PARTICLES for word in words) > 1


def _take_prefix(words: list[str]) -> str:
    found = ""
    while len(words) > 1 and (title := prefix(words[0])):
        found = found or title
        del words[0]
    return found


def _take_suffixes(words: list[str]) -> list[str]:
    taken: list[str] = []
    # `Ana V` may be a person whose last name is an initial.
    while len(words) > 2 and _bare(words[-1]) in _SUFFIXES:
        taken.insert(0, _SUFFIXES[_bare(words.pop())])
    return taken


def _bare(word: str) -> str:
    return word.replace(".", "").strip("()").casefold()
