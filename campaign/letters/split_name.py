"""Split full names into first and last name, and fix names typed in all capitals or all lowercase.

Both leave a name alone if the result would be a guess.
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
# Particles that belong to the last name, as in `Maria de la Cruz`.
_PARTICLES = frozenset({
    "af", "al", "av", "bar", "ben", "bin", "bint", "d'", "da", "dal", "dalla", "das", "de", "del",
    "della", "den", "der", "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "los",
    "mac", "mc", "san", "santa", "st", "te", "ten", "ter", "van", "vande", "vander", "von", "zu",
})  # fmt: skip
# Particles that become lowercase in an all-capitals name: `van der Berg`, but `Le Blanc`.
_LOWERCASE_PARTICLES = frozenset({
    "af", "av", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "dos", "du", "ibn",
    "ten", "ter", "van", "von", "zu",
})  # fmt: skip
# Names with a capital after Mac; Machado and Maciej have none.
_MAC_NAMES = frozenset({
    "macarthur", "macaulay", "maccallum", "macdonald", "macdougall", "macdowell", "macfarlane",
    "macgregor", "macintosh", "macintyre", "mackay", "mackenzie", "mackinnon", "maclaren",
    "maclean", "macleod", "macmillan", "macneil", "macneill", "macpherson", "macqueen", "macrae",
    "mactavish",
})  # fmt: skip
_MAC_WORD = re.compile(r"\bMac\w+")
_DE_LA = re.compile(r"(?<=\bde )(La|Las|Los)\b")
# Signs of several people in one name: `Ana & Bo`, `Ana Lopez / Bo Chen`.
_SEVERAL = re.compile(
    r"[&+/;|@]|\s\(?(?:and|or|with)\s|\b(?:family|household)$|^(?:family|household) of\s",
    re.IGNORECASE,
)
# These join only first names: a last name may be `Ortega y Gasset`.
_BETWEEN_FIRST_NAMES = re.compile(r"\s(?:y|und|et)\s", re.IGNORECASE)


@dataclass(frozen=True)
class NameParts:
    """The parts of a name; the suffix is part of the last name."""

    first_name: str
    last_name: str
    prefix: str = ""


def split_full_name(name: str) -> NameParts | None:
    """Return the parts of a full name, None for one word or for what may be several people.

    Reads `First Last` and `Last, First`, with a title before and a suffix after, such as `Dr. Ana
    María de la Cruz, Jr.`. Name order varies between cultures, so the words are printed in the
    order given; only `Last, First` is reversed.
    """
    if names_several_people(name) or _BETWEEN_FIRST_NAMES.search(name):
        return None
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    suffixes: list[str] = []
    while len(pieces) > 1 and all(_bare(word) in _SUFFIXES for word in pieces[-1].split()):
        suffixes[:0] = [_SUFFIXES[_bare(word)] for word in pieces.pop().split()]
    if len(pieces) == 2:
        last, first = pieces[0].split(), pieces[1].split()
        if _may_be_full_name(last) and _may_be_full_name(first):
            return None
        prefix = _take_prefix(first) or _take_prefix(last)
        # `Cruz, Jr., Ana` and `Cruz, Ana Jr.` both have the suffix with the last name.
        suffixes = [*_take_suffixes(last), *_take_suffixes(first), *suffixes]
    elif len(pieces) == 1:
        words = pieces[0].split()
        prefix = _take_prefix(words)
        suffixes = [*_take_suffixes(words), *suffixes]
        at = len(words) - 1
        # In an all-capitals name, case does not tell particles from names.
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
    return NameParts(" ".join(first), " ".join([*last, *suffixes]), prefix)


def names_several_people(first_name: str, last_name: str = "") -> bool:
    """True if a name is that of several people, or contains more than a name."""
    return bool(
        _SEVERAL.search(first_name)
        or _SEVERAL.search(last_name)
        or (last_name and _BETWEEN_FIRST_NAMES.search(first_name))
    )


def recase(first_name: str, last_name: str) -> tuple[str, str]:
    """Return a name typed in all capitals or all lowercase in its usual capitalization.

    `ANI PETROSYAN` becomes Ani Petrosyan; `McDonald`, `O'Brien`, `van der Berg`, `JD` and `III` are
    handled. A name in mixed case is unchanged, except a part of four or more capitals, as in
    `Ana LOPEZ`.
    """
    letters = [char for char in f"{first_name}{last_name}" if char.upper() != char.lower()]
    is_whole = len(letters) > 2 and (
        all(map(str.isupper, letters)) or all(map(str.islower, letters))
    )
    if not (is_whole or _is_all_capitals(first_name) or _is_all_capitals(last_name)):
        return first_name, last_name
    made = nameparser.HumanName(first=first_name, last=last_name, constants=_casing_constants())
    made.capitalize(force=True)
    if [len(part.split()) for part in (made.first, made.last)] != [
        len(part.split()) for part in (first_name, last_name)
    ]:
        return first_name, last_name
    first = " ".join(
        word if is_whole and _is_initials(word) else small
        for word, small in zip(first_name.split(), made.first.split(), strict=True)
    )
    last = _DE_LA.sub(lambda match: match[1].lower(), made.last)
    last = " ".join(
        standard_suffix(word) if _bare(word) in _SUFFIXES and place else small
        for place, (word, small) in enumerate(zip(last_name.split(), last.split(), strict=True))
    )
    return (
        _fix_mac(first) if is_whole or _is_all_capitals(first_name) else first_name,
        _fix_mac(last) if is_whole or _is_all_capitals(last_name) else last_name,
    )


def recase_capitals(first_name: str, last_name: str) -> tuple[str, str]:
    """Return a name that a person typed all in capitals as `recase` writes it; others as typed.

    Some people write their own name without capitals, so lowercase stays.
    """
    if not f"{first_name}{last_name}".isupper():
        return first_name, last_name
    return recase(first_name, last_name)


@cache
def _casing_constants() -> "Constants":
    return nameparser.config.Constants(prefixes=set(_LOWERCASE_PARTICLES))


def _is_all_capitals(part: str) -> bool:
    """True for a part of a name of four or more letters, all capitals."""
    return sum(map(str.isalpha, part)) > 3 and part.isupper()


def _is_initials(word: str) -> bool:
    """True for `JD`, `TJ`, `AJ`: two letters that are not a name."""
    return (
        len(word) == 2
        and word.isascii()
        and word.isupper()
        and (word[1] == "J" or not set(word) & set("AEIOUY"))
    )


def _fix_mac(name: str) -> str:
    return _MAC_WORD.sub(
        lambda match: match[0] if match[0].casefold() in _MAC_NAMES else match[0].capitalize(), name
    )


def standard_prefix(text: str) -> str:
    """Return a title in its standard form, `Dr.` for `dr`; "" for any other text."""
    return _PREFIXES.get(_bare(text), "")


def standard_suffix(text: str) -> str:
    """Return a suffix in its standard form, `Jr.` for `JR`; any other text unchanged."""
    return _SUFFIXES.get(_bare(text), text)


def _may_be_full_name(words: list[str]) -> bool:
    """True for words that may be both first and last name: `Bo Chen`, but not `de la Cruz`."""
    return sum(len(_bare(word)) > 1 and _bare(word) not in _PARTICLES for word in words) > 1


def _take_prefix(words: list[str]) -> str:
    found = ""
    while len(words) > 1 and (title := standard_prefix(words[0])):
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
