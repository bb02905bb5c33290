"""The fonts that ship with the product, and what they can print."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from fontTools.ttLib import TTFont

from campaign import paths
from campaign.errors import GlyphMissing

#: The families of `letter.typ`, in its order: each piece of text takes the first that has it all.
FILES = ("LibertinusSerif-Regular.otf", "NotoSerifArmenian-Regular.ttf")
_MOST_NAMED = 5

# Space that the page setter makes by itself, and marks that only join or part their neighbours.
_NEEDS_NO_GLYPH = frozenset("\n\u200b")


def require_printable(texts: Iterable[str]) -> None:
    """Raise GlyphMissing, naming the characters, where a text has one that no font can print.

    A letter and the marks on it are set together, from one font: both must be in the same.
    """
    missing: dict[str, None] = {}
    for text in texts:
        if not _known().issuperset(text):
            missing |= dict.fromkeys(text_part for text_part in text if text_part not in _known())
        missing |= dict.fromkeys(_orphans(text))
    if missing:
        named = ", ".join(_named(char) for char in list(missing)[:_MOST_NAMED])
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise GlyphMissing(
            f"The letter holds characters that cannot be printed: {named}{more}. "
            "Write it without them.",
            tuple(missing),
        )


@cache
def _coverage() -> tuple[frozenset[str], ...]:
    """Return each font's characters, from its character map."""
    found = []
    for file in FILES:
        with TTFont(paths.data() / "fonts" / file, lazy=True) as font:
            found.append(frozenset(map(chr, font.getBestCmap())) | _NEEDS_NO_GLYPH)
    return tuple(found)


@cache
def _known() -> frozenset[str]:
    return frozenset().union(*_coverage())


def _orphans(text: str) -> Iterable[str]:
    """Yield the marks that stand on a letter of another font than their own."""
    if text.isascii():
        return
    base = " "
    for char in text:
        if not unicodedata.combining(char):
            base = char
        elif not any(base in font and char in font for font in _coverage()):
            yield char


def _named(char: str) -> str:
    name = unicodedata.name(char, "unnamed")
    return f"«{char}» (U+{ord(char):04X} {name})"
