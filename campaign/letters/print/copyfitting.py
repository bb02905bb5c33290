"""Copyfitting: choose type size and spacing so that a letter fits its page.

Laying out every letter twice, once to measure and once to print, would double the time. So its
height is estimated from font widths, and Typst measures only the doubtful cases.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.letters.print import fonts


@dataclass(frozen=True)
class Step:
    """A type size in points, with leading (between lines) and gap (between paragraphs) in ems."""

    size: float
    leading: float
    gap: float


#: Loosest first. A letter takes the first step that fits one page; if none does, it runs to a
#: second page at the first step.
STEPS = (
    Step(11, 0.66, 0.95),
    Step(11, 0.58, 0.8),
    Step(10.5, 0.58, 0.75),
    Step(10, 0.56, 0.7),
)

WIDTH = 6.5 * 72
#: From below the address window to the bottom margin, in points.
PAGE_HEIGHT = 6.35 * 72

#: The inside address, in points: the part of a sheet folded in thirds that the window of a #10
#: envelope shows wherever the sheet has slid, less a hair for the printer. The sheet is 0.46 in
#: lower and 1 in narrower than the envelope, and the window is 0.5 to 1.625 in above the envelope's
#: lower edge and 0.875 to 5.375 in from its left one. So 2.5 to 3.167 in below the sheet's top are
#: always in sight, and 2.04 to 3.625 in are sometimes.
WINDOW_HEIGHT, WINDOW_WIDTH = 44.0, 3.3 * 72

_IDEOGRAPH = re.compile("[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff](?=.)")
_CAP_HEIGHT = 0.645
# Sizes and leading of an inside address of four lines, five, and more.
_ADDRESS_SIZES = ((11.0, 0.45), (10.0, 0.36), (9.4, 0.36), (8.5, 0.36), (7.7, 0.36), (7.0, 0.3))
#: The sign-off, space for a signature and the printed name, in points, at any step.
_SIGNATURE = 0.52 * 72 + 8
# Kerning and line breaking make an estimate up to 1.3 lines too high or 0.2 too low
# (tests/letters/print/test_copyfitting.py). These margins, in lines, are a little wider.
_TOO_LOW = 0.6
_TOO_HIGH = 1.6


def plan_steps(paragraphs: Sequence[str], *, reach: bool) -> tuple[list[int], int, bool]:
    """Return the steps to measure in turn, the fallback step, and whether the fallback surely fits.

    Only a letter that may just fit its page at the last step is measured; one set a step too tight
    is fine as it is. `paragraphs` are all texts between the address and the sign-off, in order;
    `reach` says whether a line with email or phone follows the name.
    """
    words = [[_widths(row) for row in paragraph.split("\n")] for paragraph in paragraphs]
    height = line = 0.0
    for number, step in enumerate(STEPS):
        height, line = _height(words, step, reach=reach)
        if height + _TOO_LOW * line <= PAGE_HEIGHT:
            return [], number, True
    last = len(STEPS) - 1
    return [last] if height - _TOO_HIGH * line <= PAGE_HEIGHT else [], 0, False


@dataclass(frozen=True)
class AddressSize:
    """The type size of an inside address in points, its leading in ems, and its lines."""

    size: float
    leading: float
    lines: int

    @property
    def pitch(self) -> float:
        """The distance from line to line in points."""
        return (_CAP_HEIGHT + self.leading) * self.size


def address_size(block: Sequence[str]) -> AddressSize:
    """Return the largest size at which an address of these lines is whole in the window."""
    for size, leading in _ADDRESS_SIZES:
        lines = sum(line_count(line, size, WINDOW_WIDTH) for line in block)
        found = AddressSize(size, leading, lines)
        if (lines - 1) * found.pitch + _CAP_HEIGHT * size <= WINDOW_HEIGHT:
            break
    return found


def line_count(text: str, size: float, room: float) -> int:
    """Return how many lines a text takes at a size, on lines `room` points wide."""
    return _lines(_widths(text), room / size)


def width(text: str, size: float) -> float:
    """Return the width of a text in points, on one line of that size."""
    return fonts.width(text) * size


def line_height(step: Step) -> float:
    """Return the distance from line to line at a step, in points."""
    return (_CAP_HEIGHT + step.leading) * step.size


def _height(
    paragraphs: Sequence[Sequence[Sequence[float]]], step: Step, *, reach: bool
) -> tuple[float, float]:
    """Return a letter's height below the address, and that of one of its lines, in points."""
    measure = WIDTH / step.size
    lines = sum(_lines(row, measure) for paragraph in paragraphs for row in paragraph)
    line = line_height(step)
    signature = line * (2.25 if reach else 1.25) + _SIGNATURE + step.size
    # Each paragraph is followed by the gap; its last line's leading is part of that spacing.
    return lines * line + len(paragraphs) * step.gap * step.size + signature, line


def _widths(row: str) -> list[float]:
    """Return the widths of the words in ems."""
    # Lines may break after any ideograph.
    spaced = row if row.isascii() else _IDEOGRAPH.sub("\\g<0> ", row)
    return [fonts.width(word) for word in spaced.replace("\u200b", " ").split(" ")]


def _lines(words: Sequence[float], measure: float) -> int:
    space = fonts.width(" ")
    lines, used = 1, -space
    for word in words:
        if used + space + word > measure and used > 0:
            lines, used = lines + 1, word
        else:
            used += space + word
    return lines
