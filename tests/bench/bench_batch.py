"""Letters for many: a bundle against a bare Typst compile, flat memory, and a table sorted out.

Run it with `python tests/bench/bench_batch.py`. Each measurement that is about memory is a process
of its own, for a process never tells how much less it holds by now.
"""

import csv
import io
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import typst

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.files import BatchFiles
from campaign.letters.batch.match import Choices
from campaign.letters.letter import Letter
from campaign.packs import pack as packs
from campaign.packs.pack import Pack

_DAY = date(2026, 6, 15)
_PEOPLE = 334  # with three members each: 1,000 letters and two
_MANY = 1_667  # 5,000 letters
_LINES = 10_000
_ROUNDS = 3

# The same words in the same type, each letter from a page of its own; nothing placed, fitted,
# checked or marked.
_BARE = """
#set page("us-letter", margin: 1in)
#set text(font: ("Libertinus Serif", "Noto Serif Armenian"), size: 11pt)
#for lines in json(bytes(sys.inputs.letters)) {
  for line in lines { par(line) }
  pagebreak(weak: true)
}
"""


def main() -> None:
    """Print the measurements, a line each."""
    # In turns, so that a busy machine slows both alike.
    bare, ours = [], []
    for _ in range(_ROUNDS):
        bare.append(_alone(_bare, _PEOPLE))
        ours.append(_alone(_bundle, _PEOPLE))
    plain = statistics.median(seconds for seconds, _ in bare)
    made = statistics.median(seconds for seconds, _ in ours)
    held = max(peak for _, peak in ours)
    print(f"1,000 letters, bare Typst compile {plain:8.2f} s, {max(p for _, p in bare):,} MB")
    print(f"1,000 letters in one PDF          {made:8.2f} s")
    print(f"ratio (at most 1.6)               {made / plain:8.2f}")
    print(f"peak memory (under 600 MB)        {held:8,} MB")

    seconds, peak = _alone(_bundle, _MANY)
    print(f"5,000 letters in one PDF          {seconds:8.2f} s, {peak:,} MB")
    print(f"memory of 5,000 / of 1,000        {peak / held:8.2f} (flat: at most 1.25)")

    seconds, peak = _alone(_sort, _LINES)
    print(f"10,000 lines read and routed      {seconds:8.2f} s (under 5 s), {peak:,} MB")


def _alone(measure: Callable[[int], float], number: int) -> tuple[float, int]:
    """Return what `measure` took, in a process of its own, and the most memory it held, in MB."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(measure, number, theirs))
    process.start()
    seconds, peak = ours.recv()
    process.join()
    return float(seconds), int(peak)


def _measured(measure: Callable[[int], float], number: int, told: Any) -> None:
    seconds = measure(number)
    told.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def _bundle(people: int) -> float:
    """Make the bundle of so many people, after a first small one that warms the press."""
    pack, congress = _campaign()
    choices = Choices(_DAY)
    bundles = [
        BatchFiles(
            match.match_people(_table(number, congress), pack, congress, choices),
            pack,
            choices,
            _DAY,
        )
        for number in (2, people)
    ]
    with tempfile.TemporaryDirectory() as folder:
        bundles[0].write_letters(Path(folder) / "warm.pdf")
        started = time.perf_counter()
        bundles[1].write_letters(Path(folder) / "letters.pdf")
        return time.perf_counter() - started


def _bare(people: int) -> float:
    """Compile the same texts with a bare template, after a first letter that warms it."""
    pack, congress = _campaign()
    choices = Choices(_DAY)
    found = match.match_people(_table(people, congress), pack, congress, choices)
    texts = [_lines(letter) for letter in match.letters(found, pack, choices)]
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "bare.typ"
        template.write_text(_BARE, encoding="utf-8")
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[paths.data() / "fonts"],
        )
        compiler = typst.Compiler(template, root=folder, font_paths=fonts)
        compiler.compile(format="pdf", sys_inputs={"letters": json.dumps([["Warm."]])})
        started = time.perf_counter()
        compiler.compile(format="pdf", sys_inputs={"letters": json.dumps(texts)})
        return time.perf_counter() - started


def _sort(lines: int) -> float:
    """Read and route a table of so many lines, from its bytes."""
    pack, congress = _campaign()
    raw = _csv(lines, congress)
    started = time.perf_counter()
    found = match.match_people(ConstituentsTable.parse(raw), pack, congress, Choices(_DAY))
    took = time.perf_counter() - started
    assert len(found.writers) > lines * 0.8
    return took


def _campaign() -> tuple[Pack, Congress]:
    pack = packs.load(paths.data() / "campaigns" / "section-907", _DAY)
    return pack, dataset.load(paths.data() / "congress")


def _table(people: int, congress: Congress) -> ConstituentsTable:
    return ConstituentsTable.parse(_csv(people, congress))


def _csv(people: int, congress: Congress) -> bytes:
    """Return a table of so many people all over the country, each with words of their own."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["First name", "Last name", "Street", "ZIP", "Consent", "Own words"])
    for number, five in zip(range(people), _zips(congress), strict=False):
        own = f"I have written {number} letters and will write {number + 1}. " * 3
        writer.writerow([f"Ani {number}", "Petrosyan", f"{number} Main St", five, "yes", own])
    return made.getvalue().encode()


def _zips(congress: Congress) -> Iterator[str]:
    """Yield ZIPs with three members each, over and over, neighbors far apart."""
    sure = [
        five
        for five, districts in congress.zip_districts.items()
        if len(districts) == 1
        and districts[0].has_senators
        and congress.zips.kind(five) == "standard"
    ]
    while True:
        yield from sure[::97]
        yield from sure[1::89]


def _lines(letter: Letter) -> list[str]:
    return [
        *letter.constituent.block,
        letter.dated,
        *letter.recipient.block,
        letter.subject,
        letter.salutation,
        *(paragraph.text for paragraph in letter.paragraphs),
        letter.sign_off,
        letter.constituent.name,
    ]


if __name__ == "__main__":
    main()
