"""Envelopes (#10) and address labels (Avery 5160) for letters.

An envelope is 9 1/2 by 4 1/8 in; a sheet has thirty labels of 2 5/8 by 1 in, in three columns. The
envelope's address lies in the area that the Postal Service's machines read.
Source: Avery template 5160; USPS, Domestic Mail Manual 202.2.1 (optical character read area).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from campaign.letters.print import fonts, printable_text
from campaign.letters.print.typst_compiler import RUN_SIZE, TypstCompiler, drop_layout_cache

#: An address, a line each.
Block = Sequence[str]

LABELS_PER_SHEET = 30
_SHEETS_PER_RUN = 20

# Below this size, a wrapped line is easier to read than a smaller whole one.
_LEGIBLE = 8.0
# From baseline to baseline in ems, as the templates set it.
_LINE = 1.17
_SIZES = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
# Kerning usually makes a line narrower than the sum of its letters, but may make it slightly wider.
_SLACK = 0.98
# Wrapped lines are indented, so that they are not read as separate ones.
_INDENT = 1.0


@dataclass(frozen=True)
class AddressArea:
    """The area for an address, in points, and the largest type size to use."""

    width: float
    height: float
    largest: float


_envelope_from = AddressArea(width=3.2 * 72, height=1.05 * 72, largest=9.5)
_envelope_to = AddressArea(width=4.6 * 72, height=1.7 * 72, largest=11.0)
_label = AddressArea(width=2.385 * 72, height=0.86 * 72, largest=10.0)

_envelopes = TypstCompiler("envelope.typ")
_labels = TypstCompiler("labels.typ")


@dataclass(frozen=True)
class Envelope:
    """The two addresses of an envelope."""

    sender: Block
    recipient: Block


def envelope_runs(envelopes: Iterable[Envelope], *, title: str, on_date: date) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of up to RUN_SIZE envelopes, one per page, in order."""
    remaining = iter(envelopes)
    while run := list(islice(remaining, RUN_SIZE)):
        pages = [
            {
                "from": fit_address(one.sender, _envelope_from),
                "to": fit_address(one.recipient, _envelope_to),
            }
            for one in run
        ]
        yield _compiled(_envelopes, {"title": title, "envelopes": pages}, on_date)


def label_runs(blocks: Iterable[Block], *, title: str, on_date: date) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of up to 20 sheets of labels, row by row, in order."""
    remaining = iter(blocks)
    while run := list(islice(remaining, LABELS_PER_SHEET * _SHEETS_PER_RUN)):
        sheets = [
            [fit_address(block, _label) for block in run[begin : begin + LABELS_PER_SHEET]]
            for begin in range(0, len(run), LABELS_PER_SHEET)
        ]
        yield _compiled(_labels, {"title": title, "sheets": sheets}, on_date)


def fit_address(block: Block, room: AddressArea) -> dict[str, Any]:
    """Return an address for the templates: type size in points, and lines with wrap marks.

    The size is the largest at which everything fits; a line that is too long is wrapped, at a space
    if possible. Nothing is cut off.
    """
    lines = [line for line in map(printable_text.printable, block) if line]
    size, broken = _best_fit(lines, room)
    return {
        "size": size,
        "lines": [
            {"text": printable_text.bidi_isolated(text), "goes-on": goes_on}
            for text, goes_on in broken
        ],
    }


def _best_fit(lines: Sequence[str], room: AddressArea) -> tuple[float, list[tuple[str, bool]]]:
    """Return the type size and the pieces of the lines, unwrapped if that is legible."""
    fits = []
    for size in _SIZES:
        broken = [
            piece for line in lines for piece in _line_pieces(line, room.width * _SLACK / size)
        ]
        if size <= room.largest and len(broken) * _LINE * size <= room.height:
            fits.append((size, broken))
            if size < _LEGIBLE:
                break
            if len(broken) == len(lines):
                return size, broken
    return fits[0] if fits else (size, broken)


def _line_pieces(line: str, width: float) -> Iterator[tuple[str, bool]]:
    """Yield a line in pieces of at most `width` ems, each with whether it continues the line."""
    kept: list[str] = []
    used, goes_on = 0.0, False
    for word in line.split(" "):
        for part in _word_pieces(word, width - _INDENT):
            wide = fonts.width(part)
            if kept and used + fonts.width(" ") + wide > width:
                yield " ".join(kept), goes_on
                kept, used, goes_on = [], _INDENT, True
            used += wide + (fonts.width(" ") if kept else 0)
            kept.append(part)
    yield " ".join(kept), goes_on


def _word_pieces(word: str, width: float) -> Iterator[str]:
    """Yield a word in pieces of at most `width` ems; most words are one piece."""
    begin, used = 0, 0.0
    if fonts.width(word) <= width:
        yield word
        return
    place = 0
    for cluster in fonts.clusters(word):
        wide = fonts.width(cluster)
        if used + wide > width:
            yield word[begin:place]
            begin, used = place, 0.0
        place += len(cluster)
        used += wide
    yield word[begin:]


def _compiled(compiler: TypstCompiler, data: dict[str, Any], on_date: date) -> bytes:
    made = compiler.compile(data, day=on_date)
    drop_layout_cache()
    return made
