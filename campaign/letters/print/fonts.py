"""The fonts of printed letters, and which characters each has.

Shipped fonts come first, so that a letter looks the same on every machine. Characters that they
lack are looked up in the system's fonts (`machine_fonts`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from fontTools.ttLib import TTFont

from campaign import paths
from campaign.letters.print import machine_fonts

#: The shipped families with their files, in fallback order.
FAMILIES: dict[str, str] = {
    "Libertinus Serif": "LibertinusSerif-Regular.otf",
    **{
        f"Noto Serif {script}": f"NotoSerif{script}-Regular.ttf"
        for script in (
            "Armenian",
            "Hebrew",
            "Georgian",
            "Devanagari",
            "Thai",
            "Bengali",
            "Gurmukhi",
            "Gujarati",
            "Tamil",
            "Telugu",
            "Kannada",
            "Malayalam",
            "Khmer",
            "Lao",
            "Ethiopic",
        )
    },
    "Noto Naskh Arabic": "NotoNaskhArabic-Regular.ttf",
}

#: Joiners and variation selectors, which print nothing themselves (Unicode,
#: Default_Ignorable_Code_Point). `campaign.text` removes all other invisible characters.
IGNORED = re.compile(
    "[\u034f\u061c\u180b-\u180f\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
JOINERS = "\u200c\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_BESIDE_ASCII = re.compile("(?s).?[^\x00-\x7f]+")

# Typst handles these itself: a line break, a break opportunity, and the ends of a directional run.
_NEEDS_NO_GLYPH = frozenset("\n\u200b\u2068\u2069")


def primary_characters() -> frozenset[str]:
    """Return the characters of the first font, which suffice for most texts."""
    return _charsets()[0]


def clusters(text: str) -> Iterator[str]:
    """Yield each character with its combining marks; a font must have a whole cluster."""
    cluster = ""
    for char in text:
        if cluster and cluster != "\n" and joins_previous(char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def joins_previous(char: str) -> bool:
    """True for a mark, joiner or variation selector, which belongs to the character before it."""
    return (
        unicodedata.category(char)[0] == "M"
        or char in JOINERS
        or ord(char) in _SKIN_TONES
        or IGNORED.match(char) is not None
    )


def shipped_font_has(cluster: str) -> bool:
    """True if one shipped font has every character of a cluster."""
    return any(known.issuperset(cluster) for known in _charsets())


def any_font_has(cluster: str) -> bool:
    """True if one shipped or system font has every character of a cluster."""
    return shipped_font_has(cluster) or (
        not _is_picture(cluster[0]) and bool(machine_fonts.family_for(cluster))
    )


def families(text: str) -> tuple[str, ...]:
    """Return the families for a text: the shipped ones, then the system fonts that it needs.

    `text` has passed through `printable_text.printable`.
    """
    if primary_characters().issuperset(text):
        return tuple(FAMILIES)
    apart = {part: None for found in _BESIDE_ASCII.findall(text) for part in clusters(found)}
    needed = {machine_fonts.family_for(part): None for part in apart if not shipped_font_has(part)}
    return (*FAMILIES, *filter(None, needed))


def _is_picture(char: str) -> bool:
    """True for emoji and other symbols: system fonts have few of them, some only in color."""
    return unicodedata.category(char) in {"So", "Sk", "Co", "Cn"}


def takes_small_caps(text: str) -> bool:
    """True if the font has a small capital for every lowercase letter of the text.

    It has none for most Vietnamese vowels or for other scripts. A name half in small capitals looks
    like a mistake, so such a name is set in regular letters.
    """
    known = _small_caps()
    return all(char in known or char.isupper() or not char.isalpha() for char in text)


@cache
def _small_caps() -> frozenset[str]:
    """Return the characters that the first font can set as small capitals (OpenType, `smcp`)."""
    with _opened("Libertinus Serif") as font:
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
    return sum(widths[char] if char in widths else _usual_width(char) for char in word)


def _usual_width(char: str) -> float:
    """Return an estimated width in ems for a system font's character: ideographs are square."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.6


@cache
def _advances() -> dict[str, float]:
    found: dict[str, float] = {}
    for family in reversed(FAMILIES):
        with _opened(family) as font:
            em, metrics = font["head"].unitsPerEm, font["hmtx"]
            found |= {
                chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()
            }
    return found


@cache
def _charsets() -> tuple[frozenset[str], ...]:
    """Return the characters of each shipped family, from its character map."""
    found = []
    for family in FAMILIES:
        with _opened(family) as font:
            found.append(frozenset(map(chr, font.getBestCmap())) | _NEEDS_NO_GLYPH)
    return tuple(found)


def _opened(family: str) -> TTFont:
    return TTFont(paths.data() / "fonts" / FAMILIES[family], lazy=True)
