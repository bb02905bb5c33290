"""Sentences and the facts they cite: a sentence is left out when one of its facts has lapsed.

A sentence cites facts with Markdown footnote marks at its end: `It happened.[^icj-2023]`.
"""

import re
from collections.abc import Callable, Container
from functools import lru_cache

#: A footnote mark; group 1 is the id of the fact.
MARK = re.compile(r"\[\^([a-z0-9][a-z0-9-]*)\]")

# A full stop (also the Armenian one), closing quotes or brackets, and the sentence's marks. It is
# possessive and tried only where a run of stops begins, so that the time is linear in the length.
_END = re.compile(
    r"(?<![.?!…։])[.?!…։]++[\"”’»)*_]*+((?:\[\^[a-z0-9][a-z0-9-]*+\])*+)\s++"
)  # fmt: skip

# Abbreviations: their full stop does not end a sentence. A missed end is safe, because more text is
# left out together; a wrong end would leave half a sentence behind.
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "sen", "rep", "gen", "gov", "st", "no", "nos", "pub", "stat", "sec",
    "art", "rev", "hon", "jr", "sr", "sra", "inc", "ltd", "co", "vs", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "e.g", "i.e", "cf", "pp", "ee", "uu",
})  # fmt: skip
_LAST_WORD = re.compile(r"[^\W\d_](?:[\w.’'-]*[^\W_])?$")


@lru_cache(maxsize=2048)
def split(text: str) -> tuple[str, ...]:
    """Split a paragraph into sentences, each with its marks and the white space after it.

    Joined, the parts are the text again. Marks always end a sentence; a full stop does not end one
    after an abbreviation or an initial, or before a lowercase letter.
    """
    parts: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end.end() < len(text) and (end[1] or _ends(text, end)):
            parts.append(text[start : end.end()])
            start = end.end()
    return (*parts, text[start:]) if text[start:] else tuple(parts)


def _ends(text: str, end: re.Match[str]) -> bool:
    if text[end.end()].islower():
        return False
    if not end[0].startswith(".") or end[0].startswith(".."):
        return True
    # Search only the tail: a paragraph of one endless word must not take quadratic time.
    word = _LAST_WORD.search(text[max(0, end.start() - 24) : end.start()])
    if word is None:
        return True
    last = word[0].lower()
    is_initial = len(last) == 1 or bool(re.fullmatch(r"(?:[a-z]\.)+[a-z]", last))
    return not is_initial and last not in _ABBREVIATIONS


def facts_of(text: str) -> tuple[str, ...]:
    """Return the ids of the facts that a text cites, in order of appearance, each once."""
    return tuple(dict.fromkeys(MARK.findall(text)))


def drop_lapsed(
    text: str, usable: Container[str], is_over: Callable[[str], object] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return a paragraph without the sentences that cite an unusable fact, and those sentences.

    `usable` contains the ids of the facts that may be stated; a sentence for which `is_over` is
    true is left out too. The paragraph may become "".
    """
    if "[^" not in text and not (is_over and is_over(text)):
        return text.strip(), ()
    kept: list[str] = []
    dropped: list[str] = []
    for sentence in split(text):
        is_usable = all(fact in usable for fact in MARK.findall(sentence))
        is_usable = is_usable and not (is_over and is_over(sentence))
        (kept if is_usable else dropped).append(sentence)
    return "".join(kept).strip(), tuple(sentence.strip() for sentence in dropped)
