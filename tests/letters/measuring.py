"""Where words stand on a page, in points from its upper left corner, as Poppler finds them."""

import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from tests.letters.reading import words_of

_PAGE = re.compile(r'<page width="([0-9.]+)" height="([0-9.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(
    r'<word xMin="([0-9.-]+)" yMin="([0-9.-]+)" xMax="([0-9.-]+)" yMax="([0-9.-]+)">(.*?)</word>'
)


@dataclass(frozen=True)
class Word:
    """A word and its box."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Page:
    """A page's size and its words, in the order of the file."""

    width: float
    height: float
    words: tuple[Word, ...]

    def within(self, left: float, top: float, right: float, bottom: float) -> list[str]:
        """Return the words whose boxes lie within these bounds."""
        return [
            word.text
            for word in self.words
            if left <= word.left
            and top <= word.top
            and word.right <= right
            and word.bottom <= bottom
        ]


def pages_in(made: bytes, folder: Path) -> list[Page]:
    """Return the pages with their words; skip where Poppler is not installed."""
    words_of(made, folder)  # lays the file down, or skips
    done = subprocess.run(
        ["pdftotext", "-bbox", str(folder / "letter.pdf"), "-"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return [
        Page(
            float(width),
            float(height),
            tuple(
                Word(float(left), float(top), float(right), float(bottom), unescape(text))
                for left, top, right, bottom, text in _WORD.findall(body)
            ),
        )
        for width, height, body in _PAGE.findall(done.stdout)
    ]
