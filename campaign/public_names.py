"""First names that may stand on a public page unread, and those that an organizer reads first.

Nothing is refused: a name that looks odd counts like any other, and waits before it is shown.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

# Longer than nearly every first name, and short for an advertisement.
_LONGEST = 24
_MOST_WORDS = 3

# What stands between the letters of a name: O’Neil, Jean-Luc, Maria del Carmen.
_BETWEEN = frozenset(" -'\u2019\u02bc\u055a\u05f3\u00b7\u200c\u200d")

_NOT_LETTERS = re.compile(r"[\W_]+")


def needs_reading(first_name: str) -> bool:
    """True for a first name that is not shown before an organizer has read it.

    One with anything but letters (digits, dots, links, emoji), with letters of two scripts in one
    word, with a slur or an obscenity of a published list (`better-profanity`), or of a length that
    names seldom have.
    """
    words = first_name.split()
    if len(first_name) > _LONGEST or len(words) > _MOST_WORDS:
        return True
    if not all(_is_letter(char) or char in _BETWEEN for char in first_name):
        return True
    if any(len(_scripts(word)) > 1 for word in words):
        return True
    return _is_foul(first_name)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _scripts(word: str) -> set[str]:
    """Return the scripts of a word's letters, by the first word of each letter's name."""
    names = (unicodedata.name(char, "") for char in word if char.isalpha())
    scripts = {name.partition(" ")[0] for name in names}
    # These are written together.
    return {"JAPANESE" if each in {"HIRAGANA", "KATAKANA", "CJK"} else each for each in scripts}


def _is_foul(name: str) -> bool:
    # Accents, and what stands between the letters, hide a word from the list.
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)
    ).casefold()
    words = _NOT_LETTERS.split(bare)
    return not _foul_words().isdisjoint({*words, "".join(words), " ".join(words)})


@cache
def _foul_words() -> frozenset[str]:
    # Its own matching is for disguises by digits and signs; such names wait in any case.
    listed = files("better_profanity").joinpath("profanity_wordlist.txt").read_text("utf-8")
    return frozenset(line.strip().casefold() for line in listed.splitlines() if line.strip())
