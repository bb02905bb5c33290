"""Sentences and the facts they rest on: when a fact may not be stated, its sentence is left out.

A sentence names its facts by Markdown footnote marks at its end: `It happened.[^icj-2023]`.
"""

import re
from collections.abc import Container

#: The id of a fact, as a mark names it.
MARK = re.compile(r"\[\^([a-z0-9][a-z0-9-]*)\]")

# A full stop (also the Armenian one), what may close after it, and the marks that belong to it.
# Possessive, and tried only where a run of stops begins: the time grows with the text alone.
_END = re.compile(
    r"(?<![.?!…։])[.?!…։]++[\"”’»)*_]*+((?:\[\^[a-z0-9][a-z0-9-]*+\])*+)\s++"
)  # fmt: skip

# Words whose full stop ends no sentence. To miss an end is safe (too much is left out together);
# to see one that is none would leave half a sentence behind.
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "sen", "rep", "gen", "gov", "st", "no", "nos", "pub", "stat", "sec",
    "art", "rev", "hon", "jr", "sr", "sra", "inc", "ltd", "co", "vs", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "e.g", "i.e", "cf", "pp", "ee", "uu",
})  # fmt: skip
_LAST_WORD = re.compile(r"[^\W\d_](?:[\w.’'-]*[^\W_])?$")


def split(text: str) -> tuple[str, ...]:
    """Cut one paragraph into sentences, each with its marks and the white space after it.

    The parts joined are the text again. After marks a sentence always ends; otherwise not after an
    abbreviation or an initial, nor before a small letter.
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
    # Only the tail is searched: a paragraph of one endless word must not cost its square.
    word = _LAST_WORD.search(text[max(0, end.start() - 24) : end.start()])
    if word is None:
        return True
    said = word[0].lower()
    initial = len(said) == 1 or bool(re.fullmatch(r"(?:[a-z]\.)+[a-z]", said))
    return not initial and said not in _ABBREVIATIONS


def facts_of(text: str) -> tuple[str, ...]:
    """The ids of the facts marked in a text, in order of appearance, each once."""
    return tuple(dict.fromkeys(MARK.findall(text)))


def drop_lapsed(text: str, usable: Container[str]) -> tuple[str, tuple[str, ...]]:
    """Return the paragraph without the sentences that rest on a fact not usable, and those.

    The paragraph is empty where nothing is left.
    """
    if "[^" not in text:
        return text.strip(), ()
    stays: list[str] = []
    goes: list[str] = []
    for sentence in split(text):
        fits = all(fact in usable for fact in MARK.findall(sentence))
        (stays if fits else goes).append(sentence)
    return "".join(stays).strip(), tuple(sentence.strip() for sentence in goes)
