"""The system's fonts, for scripts whose fonts are too large to ship, such as Chinese."""

from array import array
from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont, TTLibError

from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import typst
else:
    typst = lazy_import("typst")

#: The weights (of 100 to 900) that count as regular.
_REGULAR = range(350, 501)
# Fonts with a placeholder for every character, or with color pictures.
_NO_LETTERS = ("last resort", "lastresort", "blank", "emoji", "tofu", "fallback")
_OUTLINES = frozenset({"glyf", "CFF ", "CFF2"})


def text_fonts() -> tuple["typst.FontInfo", ...]:
    """Return the system's regular upright fonts, those most like the shipped ones first."""
    return _text_fonts()


@lru_cache(maxsize=20_000)
def family_for(text: str) -> str:
    """Return the first family that has every character of the text, "" if none does.

    Typst finds the fonts in the standard folders of Linux, macOS and Windows.
    """
    for font in text_fonts():
        if font.path and _has(font.path, font.index, text):
            return font.family
    return ""


@cache
def _text_fonts() -> tuple["typst.FontInfo", ...]:
    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
    return tuple(
        sorted(
            (
                font
                for font in found
                if font.style == "normal"
                and font.weight in _REGULAR
                and font.stretch == 1
                and not any(word in font.family.lower() for word in _NO_LETTERS)
            ),
            key=lambda font: (_rank(font.family), font.family, font.path or "", font.index),
        )
    )


def _rank(name: str) -> tuple[int, int]:
    """Return a sort key: serifs first, then the regional variants of a Chinese/Japanese font."""
    kinds = ("Noto Serif", "Source Han Serif", "Noto Sans", "Source Han Sans")
    places = ("SC", "TC", "JP", "KR", "HK")
    kind = next((rank for rank, kind in enumerate(kinds) if name.startswith(kind)), len(kinds))
    return kind, next((at for at, place in enumerate(places) if name.endswith(place)), 0)


def _has(path: str, index: int, text: str) -> bool:
    edges = _edges(path, index)
    return all(bisect_right(edges, ord(char)) % 2 for char in text)


@cache
def _edges(path: str, index: int) -> "array[int]":
    """Return the starts and ends of a font's character ranges, a tenth of the size of a set.

    Empty for a font that cannot be read or has no outlines.
    """
    edges = array("L")
    try:
        with Path(path).open("rb") as file, TTFont(file, fontNumber=index, lazy=True) as font:
            codes = sorted(font.getBestCmap() or ()) if _OUTLINES & set(font.keys()) else []
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return edges
    for code in codes:
        if edges and edges[-1] == code:
            edges[-1] = code + 1
        else:
            edges.extend((code, code + 1))
    return edges
