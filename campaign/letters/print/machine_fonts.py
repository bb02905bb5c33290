"""Fonts that the machine has: for scripts whose fonts are too large to ship, such as Chinese."""

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

#: A font is usual where its weight, of 100 to 900, lies here.
_USUAL = range(350, 501)
# Fonts that show a box or a name for every character there is, or pictures in color.
_NO_LETTERS = ("last resort", "lastresort", "blank", "emoji", "tofu", "fallback")
_OUTLINES = frozenset({"glyf", "CFF ", "CFF2"})


def listed() -> tuple["typst.FontInfo", ...]:
    """Return the machine's usual upright fonts, those that look most like ours first."""
    return _listed()


@lru_cache(maxsize=20_000)
def family(text: str) -> str:
    """Return the first family that has every character of the text, "" for none.

    The page setter finds them where its system keeps fonts, on Linux, macOS and Windows.
    """
    for font in listed():
        if font.path and _has(font.path, font.index, text):
            return font.family
    return ""


@cache
def _listed() -> tuple["typst.FontInfo", ...]:
    found = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
    return tuple(
        sorted(
            (
                font
                for font in found
                if font.style == "normal"
                and font.weight in _USUAL
                and font.stretch == 1
                and not any(word in font.family.lower() for word in _NO_LETTERS)
            ),
            key=lambda font: (_rank(font.family), font.family, font.path or "", font.index),
        )
    )


def _rank(name: str) -> tuple[int, int]:
    """Return serifs first; and of the faces of one Chinese and Japanese font, the usual shapes."""
    kinds = ("Noto Serif", "Source Han Serif", "Noto Sans", "Source Han Sans")
    places = ("SC", "TC", "JP", "KR", "HK")
    kind = next((rank for rank, kind in enumerate(kinds) if name.startswith(kind)), len(kinds))
    return kind, next((at for at, place in enumerate(places) if name.endswith(place)), 0)


def _has(path: str, index: int, text: str) -> bool:
    edges = _edges(path, index)
    return all(bisect_right(edges, ord(char)) % 2 for char in text)


@cache
def _edges(path: str, index: int) -> "array[int]":
    """Return where the ranges of a font's characters begin and end: a set of them is ten times
    the size. None of a font that cannot be read, or has no outlines.
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
