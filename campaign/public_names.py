"""First names that may stand on a public page unread, and those that an organizer reads first.

Nothing is refused: a name that looks odd counts like any other, and waits before it is shown.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

# Longer than nearly every first name, and short for an advertisement.
_LONGEST = 24
_MAX_WORDS = 3

# What stands between the letters of a name: O’Neil, Jean-Luc, Maria del Carmen.
_BETWEEN = frozenset(" -'\u2019\u02bc\u055a\u05f3\u200c\u200d")

# An address of the web without its dots, or with other signs in their places.
_OF_THE_WEB = frozenset({"com", "dot", "http", "https", "net", "org", "www"})
_LINK = re.compile(r"(https?|www).")

# Marks that strike a letter through or surround it, and more marks on one letter than a name needs.
_DEFACED = re.compile("[\u0334-\u0338\u0488\u0489\u20d0-\u20f0]|[\u0300-\u036f]{2}")

# Letters that stand more than once in a row.
_RUN = re.compile(r"(.)\1+")

_NOT_LETTERS = re.compile(r"[\W_]+")


def needs_review(first_name: str) -> bool:
    """True for a first name that is not shown before an organizer has read it.

    One with anything but letters (digits, dots, links, emoji), with letters of two scripts in one
    word, styled or defaced letters, the parts of a web address, a slur or an obscenity of a
    published list (`better-profanity`), or of a length that names seldom have.
    """
    words = first_name.split()
    if len(first_name) > _LONGEST or len(words) > _MAX_WORDS:
        return True
    if not all(_is_letter(char) or char in _BETWEEN for char in first_name):
        return True
    if any(len(_scripts(word)) > 1 or _is_styled(word) for word in words):
        return True
    return _is_of_the_web(first_name) or _is_foul(first_name)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _scripts(word: str) -> set[str]:
    """Return the scripts of a word's letters, by the first word of each letter's name."""
    names = (unicodedata.name(char, "") for char in word if char.isalpha())
    scripts = {name.partition(" ")[0] for name in names}
    # These are written together.
    return {"JAPANESE" if each in {"HIRAGANA", "KATAKANA", "CJK"} else each for each in scripts}


def _is_styled(word: str) -> bool:
    """True for letters made to look unlike themselves: bold, small capitals, struck through."""
    names = (unicodedata.name(char, "") for char in word)
    return (
        unicodedata.normalize("NFKC", word) != unicodedata.normalize("NFC", word)
        or any("SMALL CAPITAL" in name for name in names)
        or _DEFACED.search(unicodedata.normalize("NFC", word)) is not None
    )


def _is_of_the_web(name: str) -> bool:
    parts = _NOT_LETTERS.split(name.casefold())
    return not _OF_THE_WEB.isdisjoint(parts) or any(map(_LINK.match, parts))


def _is_foul(name: str) -> bool:
    # Accents, and what stands between the letters, hide a word from the list.
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)
    ).casefold()
    words = _NOT_LETTERS.split(bare)
    said = {*words, "".join(words), " ".join(words)}
    # Letters that are drawn out hide a word, too.
    drawn_out = {_RUN.sub(r"\1", one) for one in said} | {_RUN.sub(r"\1\1", one) for one in said}
    return not _foul_words().isdisjoint(said | drawn_out)


@cache
def _foul_words() -> frozenset[str]:
    # Its own matching is for disguises by digits and signs; such names wait in any case.
    listed = files("better_profanity").joinpath("profanity_wordlist.txt").read_text("utf-8")
    return frozenset(line.strip().casefold() for line in listed.splitlines() if line.strip())
