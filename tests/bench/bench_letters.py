"""Letters: one PDF against a bare Typst compile of the same text, and 500 in one file.

Run it with `python tests/bench/bench_letters.py`. Every letter is another text, as in real use:
Typst answers a text that it has just set from memory, which would flatter both.
"""

import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import typst

from campaign import paths
from campaign.congress import dataset, routing
from campaign.congress.places import District
from campaign.letters.compose import Constituent, Letter, compose, recipients
from campaign.letters.print import document
from campaign.packs import pack as packs

_DAY = date(2026, 6, 15)
_LETTERS = 60
_MANY = 500

# The same words in the same type on the same paper, with nothing placed, fitted, tagged or checked.
_BARE = """
#set page("us-letter", margin: 1in)
#set text(font: ("Libertinus Serif", "Noto Serif Armenian"), size: 11pt)
#for line in json(bytes(sys.inputs.lines)) { par(line) }
"""


def main() -> None:
    """Print the measurements, a line each."""
    letters = _letters(2 * _LETTERS + _MANY)
    first, second, many = (
        letters[:_LETTERS],
        letters[_LETTERS : 2 * _LETTERS],
        letters[2 * _LETTERS :],
    )
    bare = _bare()
    bare(letters[-1])
    document.pdf(letters[-1:])

    # In turns, so that a busy machine slows both alike.
    ours, theirs = [], []
    for one, other in zip(first, second, strict=True):
        theirs.append(_seconds(bare, one))
        ours.append(_seconds(lambda letter: document.pdf([letter]), other))
    pdf, plain = statistics.median(ours), statistics.median(theirs)
    print(f"one letter's PDF        {pdf * 1000:8.1f} ms")
    print(f"bare Typst compile      {plain * 1000:8.1f} ms")
    print(f"ratio (at most 2)       {pdf / plain:8.2f}")

    before = time.process_time()
    started = time.perf_counter()
    made = document.pdf(many)
    took, worked = time.perf_counter() - started, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{_MANY} letters in one file {took:8.2f} s, {worked:.2f} s of CPU, {len(made):,} bytes")
    print(f"peak memory             {peak:8,} MB")


def _letters(many: int) -> list[Letter]:
    congress = dataset.load(paths.data() / "congress")
    pack = packs.load(paths.data() / "campaigns" / "section-907", _DAY)
    answer = routing.route_district(congress, District("MT", 2), _DAY)
    to = recipients(congress, answer, pack, ("senate", "house", "committee"))
    writer = Constituent("Ani", "Petrosyan", "12 Main Street", "Billings", "MT", "59101")
    return [
        compose(
            pack,
            to[number % len(to)],
            replace(writer, first_name=f"Ani {number}"),
            personal=f"I have written {number} letters and will write {number + 1}. " * 3,
            on_date=_DAY,
        )
        for number in range(many)
    ]


def _bare() -> Callable[[Letter], object]:
    folder = Path(tempfile.mkdtemp())
    (folder / "bare.typ").write_text(_BARE, encoding="utf-8")
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[paths.data() / "fonts"],
    )
    compiler = typst.Compiler(folder / "bare.typ", root=folder, font_paths=fonts)

    def compile_(letter: Letter) -> object:
        lines = [
            *letter.constituent.block,
            letter.dated,
            *letter.recipient.block,
            letter.subject,
            letter.salutation,
            *(paragraph.text for paragraph in letter.paragraphs),
            letter.sign_off,
            letter.constituent.name,
        ]
        return compiler.compile(format="pdf", sys_inputs={"lines": json.dumps(lines)})

    return compile_


def _seconds(do: Callable[[Letter], object], letter: Letter) -> float:
    started = time.perf_counter()
    do(letter)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
