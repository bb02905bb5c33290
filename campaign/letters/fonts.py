"""The fonts that ship with the product, and what they can print."""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from fontTools.ttLib import TTFont

from campaign import paths
from campaign.errors import GlyphMissing
from campaign.messages import Message

#: The families of `letter.typ`, in its order: each piece of text takes the first that has it all.
FILES = (
    "LibertinusSerif-Regular.otf",
    "NotoSerifArmenian-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
)
_MOST_NAMED = 5

# The page setter makes line breaks by itself, and takes this as leave to break.
_NEEDS_NO_GLYPH = frozenset("\n\u200b")
# Joiners, and selectors of how an emoji looks: they print nothing themselves (Unicode, DerivedCore
# Properties, Default_Ignorable_Code_Point). What else is invisible never passes the edge.
_IGNORED = frozenset("\u034f\u061c\u180e\ufe0e\ufe0f")


def printable(text: str) -> str:
    """Return `text` as the fonts can print it: `ﬁ` as fi, a full-width letter as the plain one.

    Only characters that no font has are changed, to what Unicode holds equal to them (NFKC).
    """
    known = _known()
    if known.issuperset(text):
        return text
    return "".join(char if char in known else _equal(char) for char in text)


def has_all(text: str) -> bool:
    """True when every character of the text can be printed as it is."""
    return _known().issuperset(text)


def require_printable(texts: Iterable[str]) -> None:
    """Raise GlyphMissing, naming the characters, where a text has one that no font can print."""
    known = _known()
    missing = {
        char: None
        for text in texts
        if not known.issuperset(text)
        for char in text
        if char not in known
    }
    if missing:
        named = ", ".join(_named(char) for char in list(missing)[:_MOST_NAMED])
        if len(missing) > _MOST_NAMED:
            named = Message(
                "%(named)s and %(number)s more", named=named, number=len(missing) - _MOST_NAMED
            )
        raise GlyphMissing(
            Message(
                "The letter holds characters that cannot be printed: %(named)s. Write it without "
                "them.",
                named=named,
            ),
            tuple(missing),
        )


def _equal(char: str) -> str:
    if char in _IGNORED:
        return ""
    equal = unicodedata.normalize("NFKC", char)
    return equal if _known().issuperset(equal) else char


def takes_small_caps(text: str) -> bool:
    """True where the font has a small capital for every letter of the text that would need one.

    It has none for most Vietnamese vowels, nor for other scripts: half a name in small capitals
    looks like a mistake, so such a name is set in plain letters.
    """
    known = _small_caps()
    return all(char in known or char.isupper() or not char.isalpha() for char in text)


@cache
def _small_caps() -> frozenset[str]:
    """Return the characters that the first font can set as small capitals (OpenType, `smcp`)."""
    with TTFont(paths.data() / "fonts" / FILES[0], lazy=True) as font:
        table, characters = font["GSUB"].table, font.getBestCmap()
        lookups = {
            index
            for record in table.FeatureList.FeatureRecord
            if record.FeatureTag == "smcp"
            for index in record.Feature.LookupListIndex
        }
        glyphs = {
            glyph
            for index in lookups
            for subtable in table.LookupList.Lookup[index].SubTable
            for glyph in getattr(subtable, "mapping", {})
        }
        return frozenset(chr(code) for code, glyph in characters.items() if glyph in glyphs)


@lru_cache(maxsize=20_000)
def width(word: str) -> float:
    """Return the width of a word in ems, set without kerning."""
    widths = _advances()
    return sum(widths.get(char, 0.5) for char in word)


@cache
def _advances() -> dict[str, float]:
    found: dict[str, float] = {}
    for file in reversed(FILES):
        with TTFont(paths.data() / "fonts" / file, lazy=True) as font:
            em, metrics = font["head"].unitsPerEm, font["hmtx"]
            found |= {
                chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()
            }
    return found


@cache
def _known() -> frozenset[str]:
    """Return every character that one of the fonts has, by their character maps."""
    return frozenset(_advances()) | _NEEDS_NO_GLYPH


def _named(char: str) -> str:
    name = unicodedata.name(char, "unnamed")
    return f"«{char}» (U+{ord(char):04X} {name})"
