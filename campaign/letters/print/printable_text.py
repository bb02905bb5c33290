"""Reduce a text to what can be printed, leaving out emoji and characters that no font has.

Paper is only one channel: a character that cannot be printed must not block the others.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from campaign.letters.print import fonts
from campaign.messages import Message

#: The most characters that a sentence names.
_MAX_NAMED = 8

_KEYCAP = "\u20e3"
# Marks where something was left out. `campaign.text` refuses noncharacters, so no text holds it.
_GAP = "\ufdd0"
_GAPS = re.compile(f" *{_GAP}(?: *{_GAP})* *")
_STICKS_TO_THE_LEFT = frozenset(",.;:!?…)]”’")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_NOT_LATIN = re.compile("[^\x00-\u058f]")


@dataclass(frozen=True)
class LeftOut:
    """What a print leaves out: whether there are emoji, and the other characters, each once."""

    emoji: bool = False
    characters: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return self.emoji or bool(self.characters)

    def __or__(self, other: "LeftOut") -> "LeftOut":
        return LeftOut(
            self.emoji or other.emoji,
            tuple(dict.fromkeys((*self.characters, *other.characters))),
        )

    @property
    def named(self) -> str:
        """The first few characters that are left out, as a list for a sentence."""
        shown = " ".join(self.characters[:_MAX_NAMED])
        return f"{shown} …" if len(self.characters) > _MAX_NAMED else shown

    @property
    def sentences(self) -> tuple[Message, ...]:
        """Sentences for the person whose text it is."""
        sentences = []
        if self.emoji:
            sentences.append(
                Message(
                    "We left out the emoji, which cannot be printed. The other ways to send the "
                    "letter keep them."
                )
            )
        if self.characters:
            sentences.append(
                Message(
                    "We left out %(characters)s, for which this site has no font. The page to "
                    "print, the Word file and the other ways to send the letter keep them.",
                    characters=self.named,
                )
            )
        return tuple(sentences)


def printable(text: str, *, instead: str = "") -> str:
    """Return the text as it can be printed: `ﬁ` as fi, full-width letters as regular ones.

    Characters that no font has are dropped with the space around them, or, except for emoji,
    replaced by `instead`.
    """
    if fonts.primary_characters().issuperset(text):
        return text
    return split_printable(text, instead)[0]


def left_out(texts: Iterable[str]) -> LeftOut:
    """Return what `printable` leaves out of these texts."""
    found = LeftOut()
    for text in texts:
        if not fonts.primary_characters().issuperset(text):
            found |= split_printable(text, "")[1]
    return found


def is_right_to_left(text: str) -> bool:
    """True if the first letter belongs to a right-to-left script.

    Source: Unicode TR 9, rules P2 and P3.
    """
    if not _NOT_LATIN.search(text):
        return False
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in _RIGHT_TO_LEFT:
            return True
        if kind == "L":
            return False
    return False


def bidi_isolated(line: str) -> str:
    """Return a line that keeps its own direction (Unicode TR 9, first strong isolate)."""
    if _NOT_LATIN.search(line) and any(
        unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line
    ):
        return f"\u2068{line}\u2069"
    return line


@lru_cache(maxsize=2_000)
def split_printable(text: str, instead: str) -> tuple[str, LeftOut]:
    """Return what `printable` and `left_out` return, cached while the fonts stay the same."""
    emoji, missing = False, []
    kept: list[str] = []
    for cluster in fonts.clusters(text):
        whole, lost = _substitute(cluster)
        kept.append(whole or _GAP)
        for char in lost:
            if _is_emoji(char):
                emoji = True
                continue
            missing.append(char)
            if instead:
                kept[-1] = (kept[-1] if kept[-1] != _GAP else "") + instead
    shown = "".join(kept)
    if _GAP in shown:
        rows = [(row, _GAPS.sub(_closed, row)) for row in shown.split("\n")]
        shown = "\n".join(after for before, after in rows if after.strip() or before == after)
    if missing and not instead and not any(map(str.isalnum, shown)):
        shown = ""  # only punctuation is left
    return shown, LeftOut(emoji, tuple(dict.fromkeys(missing)))


def _closed(gap: re.Match[str]) -> str:
    """Return what to put between the words on either side of a gap."""
    row, before, after = gap.string, gap.start(), gap.end()
    if before == 0 or after == len(row) or row[after] in _STICKS_TO_THE_LEFT:
        return ""
    return " " if " " in gap[0] else ""


def _substitute(cluster: str) -> tuple[str, str]:
    """Return the printable part of a cluster, and the characters that are lost.

    Only characters that no font has are replaced, by their Unicode equivalents (NFKC).
    """
    plain = fonts.IGNORED.sub("", cluster)
    equal = unicodedata.normalize("NFKC", plain)
    for has, one in (
        (fonts.shipped_font_has, cluster),
        (fonts.shipped_font_has, plain),
        (fonts.shipped_font_has, equal),
        (fonts.any_font_has, cluster),
        (fonts.any_font_has, plain),
        (fonts.any_font_has, equal),
    ):
        if one and all(map(has, fonts.clusters(one))):
            return one, ""
    base, marks = plain[:1], plain[1:]
    if not fonts.any_font_has(base):
        equal = unicodedata.normalize("NFKC", base)
        if base == equal or not all(map(fonts.any_font_has, fonts.clusters(equal))):
            return "", "".join(char for char in plain if char not in fonts.JOINERS)
        base = equal
    kept, lost = base, ""
    for mark in marks:
        if fonts.any_font_has(base + mark):
            kept += mark
        elif mark not in fonts.JOINERS and mark != _KEYCAP:
            lost += mark
    return (kept, lost) if fonts.any_font_has(kept) else (base, lost)


def _is_emoji(char: str) -> bool:
    """True for pictures and symbols, not for letters, marks, digits or punctuation."""
    return unicodedata.category(char) in {"So", "Sk", "Cn", "Co", "Cf"} or char == _KEYCAP
