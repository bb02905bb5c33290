"""A person's name in one cell, parted into first and last name with care, or not at all."""

import re
from dataclasses import dataclass

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
_SEVERAL = re.compile(r"\s(?:&|and|or|y|und|et)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Parted:
    """A name in parts; the last name carries its suffix, as it is signed."""

    first_name: str
    last_name: str
    prefix: str = ""


def parted(name: str) -> Parted | None:
    """Return a full name in parts, None where it is one word or two people.

    `Last, First` and `First Last` are both read, with a title before and a suffix after: `Dr. Ana
    María de la Cruz, Jr.`. In what order a culture has its names nobody can tell: whatever is
    printed is the name as it was given, but for a `Last, First` that is turned round.
    """
    if _SEVERAL.search(name):
        return None
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    suffixes: list[str] = []
    while len(pieces) > 1 and all(_bare(word) in _SUFFIXES for word in pieces[-1].split()):
        suffixes[:0] = [_SUFFIXES[_bare(word)] for word in pieces.pop().split()]
    if len(pieces) == 2:
        last, first = pieces[0].split(), pieces[1].split()
        prefix = _take_prefix(first) or _take_prefix(last)
        # `Cruz, Jr., Ana` and `Cruz, Ana Jr.` both have the suffix with the last name.
        suffixes = [*_take_suffixes(last), *_take_suffixes(first), *suffixes]
    elif len(pieces) == 1:
        words = pieces[0].split()
        prefix = _take_prefix(words)
        suffixes = [*_take_suffixes(words), *suffixes]
        at = len(words) - 1
        while at > 1 and _bare(words[at - 1]) in _PARTICLES and words[at - 1][0].islower():
            at -= 1
        first, last = words[:at], words[at:]
    else:
        return None
    if not first or not last:
        return None
    return Parted(" ".join(first), " ".join([*last, *suffixes]), prefix)


def prefix(text: str) -> str:
    """Return a title as it is written before a name, `Dr.` for `dr`; "" for what is none."""
    return _PREFIXES.get(_bare(text), "")


def suffix(text: str) -> str:
    """Return a suffix as it is written after a name, `Jr.` for `JR`; else the text itself."""
    return _SUFFIXES.get(_bare(text), text)


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
