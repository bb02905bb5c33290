"""What of a text is printed, and what is left out: emoji, and characters that no font has.

Paper is one way out of several: what it cannot show must not keep a letter from the others.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from campaign.letters.print import fonts
from campaign.messages import Message

#: How many characters a sentence names.
_MOST_NAMED = 8

_KEYCAP = "\u20e3"
# Where something was left out. No text holds it: the edge takes noncharacters from none.
_GAP = "\ufdd0"
_GAPS = re.compile(f" *{_GAP}(?: *{_GAP})* *")
_STICKS_TO_THE_LEFT = frozenset(",.;:!?…)]”’")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_NOT_LATIN = re.compile("[^\x00-\u058f]")


@dataclass(frozen=True)
class LeftOut:
    """What a print leaves out: whether emoji, and which characters, each once."""

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
        """The characters that are left out, a few of them by themselves."""
        shown = " ".join(self.characters[:_MOST_NAMED])
        return f"{shown} …" if len(self.characters) > _MOST_NAMED else shown

    @property
    def sentences(self) -> tuple[Message, ...]:
        """What to say of it to the person whose text it is."""
        said = []
        if self.emoji:
            said.append(
                Message(
                    "We left out the emoji, which cannot be printed. The other ways to send the "
                    "letter keep them."
                )
            )
        if self.characters:
            said.append(
                Message(
                    "We left out %(characters)s, for which this site has no font. The page to "
                    "print, the Word file and the other ways to send the letter keep them.",
                    characters=self.named,
                )
            )
        return tuple(said)


def printed(text: str, *, instead: str = "") -> str:
    """Return the text as it is printed: `ﬁ` as fi, a full-width letter as the plain one.

    What no font has is left out, with the space that it stood in; `instead` takes the place of
    letters and marks (not of emoji) where something has to.
    """
    if fonts.plain().issuperset(text):
        return text
    return _parted(text, instead)[0]


def left_out(texts: Iterable[str]) -> LeftOut:
    """Return what `printed` leaves out of these texts."""
    found = LeftOut()
    for text in texts:
        if not fonts.plain().issuperset(text):
            found |= _parted(text, "")[1]
    return found


def is_right_to_left(text: str) -> bool:
    """True where the first letter is one of a script that is written from right to left.

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


def isolated(line: str) -> str:
    """Return a line so that it runs in its own direction among others.

    Source: Unicode TR 9, first strong isolate.
    """
    if _NOT_LATIN.search(line) and any(
        unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line
    ):
        return f"\u2068{line}\u2069"
    return line


@lru_cache(maxsize=2_000)
def _parted(text: str, instead: str) -> tuple[str, LeftOut]:
    emoji, missing = False, []
    kept: list[str] = []
    for cluster in fonts.clusters(text):
        whole, lost = _with_equals(cluster)
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
        shown = ""  # the signs between words that are gone say nothing
    return shown, LeftOut(emoji, tuple(dict.fromkeys(missing)))


def _closed(gap: re.Match[str]) -> str:
    """Return what stands between the words on either side of a gap."""
    row, before, after = gap.string, gap.start(), gap.end()
    if before == 0 or after == len(row) or row[after] in _STICKS_TO_THE_LEFT:
        return ""
    return " " if " " in gap[0] else ""


def _with_equals(cluster: str) -> tuple[str, str]:
    """Return what of a cluster is printed, and the characters that are lost.

    Only what no font has is changed, to what Unicode holds equal to it (NFKC).
    """
    plain = fonts.IGNORED.sub("", cluster)
    equal = unicodedata.normalize("NFKC", plain)
    for has, one in (
        (fonts.ship, cluster),
        (fonts.ship, plain),
        (fonts.ship, equal),
        (fonts.have, cluster),
        (fonts.have, plain),
        (fonts.have, equal),
    ):
        if one and all(map(has, fonts.clusters(one))):
            return one, ""
    base, marks = plain[:1], plain[1:]
    if not fonts.have(base):
        equal = unicodedata.normalize("NFKC", base)
        if base == equal or not all(map(fonts.have, fonts.clusters(equal))):
            return "", "".join(char for char in plain if char not in fonts.JOINERS)
        base = equal
    kept, lost = base, ""
    for mark in marks:
        if fonts.have(base + mark):
            kept += mark
        elif mark not in fonts.JOINERS and mark != _KEYCAP:
            lost += mark
    return (kept, lost) if fonts.have(kept) else (base, lost)


def _is_emoji(char: str) -> bool:
    """True for pictures and symbols; letters, marks, figures and punctuation are none."""
    return unicodedata.category(char) in {"So", "Sk", "Cn", "Co", "Cf"} or char == _KEYCAP
