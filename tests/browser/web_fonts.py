"""Make the site's fonts, and those for print, from the sources that `data/SOURCES.md` names.

python -m tests.browser.web_fonts FOLDER    needs the packages `brotli` and `fonttools`

FOLDER holds the four sources by the names of `_SOURCES`, as their packages ship them. The files are
subsets: Latin as English and Spanish use it, further Latin with Vietnamese, and Armenian, each a
file of its own that a browser loads only where its characters are used. They have no hints, and
units so large that a file is half its size and no point moves by more than a tenth of a pixel at
the sizes of the site: 500 to the em, 1,000 for headlines. Twice gives the same bytes.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

from campaign import paths

_ROMAN = "Newsreader[opsz,wght].ttf"
_ITALIC = "Newsreader-Italic[opsz,wght].ttf"
_SANS = "PublicSans[wght].ttf"
_ARMENIAN_SERIF = "noto-serif-armenian-armenian-wght-normal.woff2"
_ARMENIAN_SANS = "noto-sans-armenian-armenian-wght-normal.woff2"

#: What English and Spanish are set in, and the rest of Latin, as `unicode-range` has them.
LATIN = (
    "20-5B,5D,5F,61-7A,A0,A1,AB,B7,BB,BF,C1,C9,CD,D1,D3,DA,DC,E1,E9,ED,F1,F3,FA,FC,"
    "2010,2011,2013,2014,2018-201D,2022,2026,202F,20AC,2122"
)
MORE_LATIN = (
    "5C,5E,60,7B-7E,A2-AA,AC-B6,B8-BA,BC-BE,C0,C2-C8,CA-CC,CE-D0,D2,D4-D9,DB,DD-E0,E2-E8,EA-EC,"
    "EE-F0,F2,F4-F9,FB,FD-24F,259,2BC,2C6,2DA,2DC,300-331,1E00-1EFF,2012,2015,201E,2020,2021,"
    "2030,2032,2033,2039,203A,2044,20A0-20AB,20AD-20C0,2116,2212,215B-215E"
)
ARMENIAN = "531-556,559-55F,561-589,58A,58F"

Limits = Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True)
class _Face:
    """One file: from which source, cut to which limits of its axes, with which characters."""

    name: str
    source: str
    limits: Limits
    ranges: tuple[tuple[str, str], ...] = (("", LATIN), ("-more", MORE_LATIN))
    features: str = "kern,ccmp,mark,mkmk"
    units: int = 500


_TEXT: Limits = {"opsz": 14, "wght": 400}
_WEB = (
    _Face("serif", _ROMAN, _TEXT),
    _Face("serif-bold", _ROMAN, {"opsz": 14, "wght": 600}),
    _Face("serif-italic", _ITALIC, _TEXT),
    _Face("display", _ROMAN, {"opsz": 72, "wght": 500}, units=1000),
    _Face("sans", _SANS, {"wght": (400, 700)}, features="ccmp,mark,mkmk,tnum"),
    _Face("serif", _ARMENIAN_SERIF, {"wght": (400, 600)}, (("-armenian", ARMENIAN),), "ccmp"),
    _Face("sans", _ARMENIAN_SANS, {"wght": (400, 700)}, (("-armenian", ARMENIAN),), "ccmp"),
)

#: Fonts for Typst and Word, which set no variable fonts: file -> source, limits, family, style.
_PRINT: dict[str, tuple[str, Limits, str, str]] = {
    "Newsreader-Regular.ttf": (_ROMAN, {"opsz": 11, "wght": 400}, "Newsreader", "Regular"),
    "Newsreader-Semibold.ttf": (_ROMAN, {"opsz": 11, "wght": 600}, "Newsreader", "SemiBold"),
    "Newsreader-Italic.ttf": (_ITALIC, {"opsz": 11, "wght": 400}, "Newsreader", "Italic"),
    "NewsreaderDisplay-Medium.ttf": (
        _ROMAN,
        {"opsz": 72, "wght": 500},
        "Newsreader Display",
        "Medium",
    ),
}


def main(folder: Path) -> None:
    """Write the files into `campaign/web/static` and `data/fonts`."""
    static = Path(__file__).parents[2] / "campaign" / "web" / "static"
    for face in _WEB:
        for ending, characters in face.ranges:
            font = _cut(folder / face.source, face.limits)
            _keep_only(font, characters, face.features)
            scale_upem(font, face.units)
            if "gvar" in font:
                _simplify(font)
            font.flavor = "woff2"
            _write(font, static / f"{face.name}{ending}.woff2")
    for name, (source, limits, family, style) in _PRINT.items():
        font = _cut(folder / source, limits)
        _rename(font, family, style)
        _write(font, paths.data() / "fonts" / name)


def _cut(source: Path, limits: Limits) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    variations = font["gvar"].variations
    for glyph in font.getGlyphOrder():  # a subset may have left out those that never vary
        try:
            variations[glyph]
        except KeyError:
            variations[glyph] = []
    return instancer.instantiateVariableFont(font, dict(limits))


def _keep_only(font: TTFont, characters: str, features: str) -> None:
    options = subset.Options(
        hinting=False, name_IDs=[1, 2, 4, 6], layout_features=features.split(",")
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(characters))
    cutter.subset(font)


def _simplify(font: TTFont) -> None:
    """Leave out how a point moves with the weight where its neighbors tell it within a unit."""
    glyphs, widths = font["glyf"], font["hmtx"].metrics
    for name, variations in font["gvar"].variations.items():
        points, parts = glyphs._getCoordinatesAndControls(name, widths)
        for variation in variations:
            variation.calcInferredDeltas(list(points), parts.endPts)
            variation.roundDeltas()
            variation.optimize(
                list(points), parts.endPts, tolerance=1, isComposite=glyphs[name].isComposite()
            )


def _rename(font: TTFont, family: str, style: str) -> None:
    """Give a font cut from a variable one the names by which programs find it."""
    weight = {"SemiBold": 600, "Medium": 500}.get(style, 400)
    names = font["name"]
    for number in (16, 17, 21, 22, 25):
        names.removeNames(nameID=number)
    plain = style if style in {"Regular", "Italic"} else "Regular"
    shown = family if plain == style else f"{family} {style}"
    for number, text in {
        1: shown,
        2: plain,
        4: f"{family} {style}",
        6: f"{family.replace(' ', '')}-{style}",
        16: family,
        17: style,
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def _write(font: TTFont, file: Path) -> None:
    font.save(file, reorderTables=False)
    print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
