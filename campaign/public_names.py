"""Decide which first names may be shown on a public page before an organizer has read them.

No name is refused: a signature with an odd name counts, but the name is shown only after review.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

# Longer than nearly every first name, and short for an advertisement.
_LONGEST = 24
_MAX_WORDS = 3

# Characters between the letters of a name: O’Neil, Jean-Luc, Maria del Carmen.
_BETWEEN = frozenset(" -'\u2019\u02bc\u055a\u05f3\u200c\u200d")

# Parts of a web address whose dots may be missing or replaced.
_OF_THE_WEB = frozenset({"com", "dot", "http", "https", "net", "org", "www"})
_LINK = re.compile(r"(https?|www).")

# Marks that strike a letter through or surround it, and more marks on one letter than a name needs.
_DEFACED = re.compile("[\u0334-\u0338\u0488\u0489\u20d0-\u20f0]|[\u0300-\u036f]{2}")

# A repeated letter.
_RUN = re.compile(r"(.)\1+")

# The languages that signers of this site write most. A foul word of one more language may be a name
# in another: "peter" is one in French.
_FOUL_LANGUAGES = ("en", "es", "es_419", "ru")

_NOT_LETTERS = re.compile(r"[\W_]+")


def needs_review(first_name: str) -> bool:
    """True if an organizer must read the first name before it is shown.

    That is a name with anything but letters (digits, dots, emoji), two scripts in one word, styled
    or struck-through letters, parts of a web address, a word from the published lists of slurs and
    obscenities (`badwords-py`, `better-profanity`), or an unusual length.
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
    """True for letters with a style: bold, small capitals, struck through."""
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
    # Accents and separators between letters can hide a word from the lists.
    words = _NOT_LETTERS.split(_without_accents(name))
    candidates = {*words, "".join(words), " ".join(words)}
    # So can repeated letters.
    drawn_out = {_RUN.sub(r"\1", one) for one in candidates} | {
        _RUN.sub(r"\1\1", one) for one in candidates
    }
    return not _foul_words().isdisjoint(candidates | drawn_out)


def _without_accents(text: str) -> str:
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    ).casefold()


@cache
def _foul_words() -> frozenset[str]:
    # Only the lists are used; matching digits and signs is not needed: such names wait anyway.
    lists = [
        files("better_profanity").joinpath("profanity_wordlist.txt"),
        *(files("badwords").joinpath(f"resource/words/{one}.txt") for one in _FOUL_LANGUAGES),
    ]
    lines = [line for one in lists for line in one.read_text("utf-8").splitlines()]
    return frozenset(_without_accents(line.strip()) for line in lines if line.strip())
