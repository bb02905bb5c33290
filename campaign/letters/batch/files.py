"""Everything that a batch is printed from: letters, envelopes, labels, call sheets, in one order.

Files are written to the disk run by run: five thousand letters take no more memory than a hundred.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from campaign import files
from campaign.congress.dataset import Congress
from campaign.errors import LettersFailed
from campaign.letters.batch import match as sorted_out
from campaign.letters.batch.match import Batch, Choices
from campaign.letters.letter import Constituent, Letter
from campaign.letters.print import call_sheets, cover_sheet, document, mailing, printable_text
from campaign.letters.print.mailing import Envelope
from campaign.letters.print.streaming_pdf import Bookmark, StreamingPdf
from campaign.letters.print.typst_compiler import RUN
from campaign.packs.pack import Pack

#: Told how many letters, of how many, are done.
Report = Callable[[int, int], None]

# Runs that are set at a time; each leaves a second processor half idle.
_AT_ONCE = 2


@dataclass(frozen=True)
class Bundle:
    """A batch and what its letters share, ready to be written; `made_on` is the day of the work."""

    batch: Batch
    pack: Pack
    choices: Choices
    made_on: date

    @property
    def title(self) -> str:
        """What the files are called in a reader's window."""
        return printable_text.printed(f"Letters: {self.pack.text().title}")

    def write_letters(self, out: Path, report: Report = lambda done, total: None) -> None:
        """Write the cover and all letters as one PDF/UA-1 file, with a bookmark a person.

        Raises LettersFailed where there is no letter to write, or no room on the disk.
        """
        with _written(out) as file:
            whole = StreamingPdf(file)
            front = cover_sheet.pdf(
                self.batch, self.pack, self.choices, title=self.title, made_on=self.made_on
            )
            whole.bookmark(whole.add(front)[:1])
            before = None
            for done, (run, made) in self._runs(self.letters()):
                whole.bookmark(_bookmarks(before, run, whole.add(made)))
                before = run[-1].constituent
                report(done, self.batch.count)
            whole.finish()

    def write_each(self, folder: Path, report: Report = lambda done, total: None) -> None:
        """Write one file a person into a folder, named by line and name, for their letters alone.

        Raises LettersFailed.
        """
        self._require_letters()
        letters = self.letters()
        done = 0
        try:
            files.folder(folder)
        except OSError as error:
            raise _no_room(error) from None
        for writer in self.batch.writers:
            own = list(islice(letters, len(writer.recipients)))
            name = f"{writer.person.line:05}-{_file_name(writer.person.constituent.name)}.pdf"
            with _written(folder / name) as file:
                file.write(document.pdf(own))
            done += len(own)
            report(done, self.batch.count)

    def write_envelopes(self, out: Path) -> None:
        """Write a #10 envelope for each letter, from its writer to its recipient, in order."""
        envelopes = (
            Envelope(writer.person.constituent.block, recipient.block)
            for writer in self.batch.writers
            for recipient in writer.recipients
        )
        title = f"Envelopes: {self.pack.text().title}"
        self._write(out, mailing.envelope_runs(envelopes, title=title, on=self.choices.on))

    def write_labels(self, out: Path) -> None:
        """Write an Avery 5160 label with the recipient's address for each letter, in order."""
        blocks = (
            recipient.block for writer in self.batch.writers for recipient in writer.recipients
        )
        title = f"Labels: {self.pack.text().title}"
        self._write(out, mailing.label_runs(blocks, title=title, on=self.choices.on))

    def write_return_labels(self, out: Path) -> None:
        """Write an Avery 5160 label with the writer's own address for each letter, in order."""
        blocks = (
            writer.person.constituent.block
            for writer in self.batch.writers
            for _ in writer.recipients
        )
        title = f"Return labels: {self.pack.text().title}"
        self._write(out, mailing.label_runs(blocks, title=title, on=self.choices.on))

    def write_call_sheets(self, out: Path, congress: Congress) -> None:
        """Write a call sheet for each member, with those of the batch who are to call."""
        with _written(out) as file:
            whole = StreamingPdf(file)
            names = iter(call_sheets.members(self.batch))
            for run in call_sheets.runs(self.batch, self.pack, congress, self.choices):
                whole.bookmark(replace(one, title=next(names)) for one in whole.add(run))
            if not whole.pages:
                raise LettersFailed("Nobody of those written to has a telephone number on record.")
            whole.finish()

    def letters(self) -> Iterator[Letter]:
        """Yield every letter, person by person in the order of the table."""
        return sorted_out.letters(self.batch, self.pack, self.choices)

    def _require_letters(self) -> None:
        if not self.batch.count:
            raise LettersFailed("No line of the table can become a letter: see the rejects.")

    def _runs(self, letters: Iterator[Letter]) -> Iterator[tuple[int, tuple[list[Letter], bytes]]]:
        """Yield runs of letters with their pages, in order, and how many letters there are so far.

        The next runs are set while one is written: no more than a few are ever held.
        """
        self._require_letters()
        waiting: deque[tuple[list[Letter], Future[bytes]]] = deque()
        done = 0
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="press") as setters:
            try:
                while True:
                    while len(waiting) <= _AT_ONCE and (run := list(islice(letters, RUN))):
                        waiting.append((run, setters.submit(self._set, run)))
                    if not waiting:
                        return
                    run, made = waiting.popleft()
                    done += len(run)
                    yield done, (run, made.result())
            finally:
                for _, left in waiting:
                    left.cancel()

    def _set(self, run: list[Letter]) -> bytes:
        return document.run(run, title=self.title, on=self.choices.on, quick=True)

    def _write(self, out: Path, runs: Iterable[bytes]) -> None:
        self._require_letters()
        with _written(out) as file:
            whole = StreamingPdf(file)
            for run in runs:
                whole.add(run)
            whole.finish()


def _bookmarks(
    last: Constituent | None, letters: list[Letter], each: list[Bookmark]
) -> Iterator[Bookmark]:
    """Yield the bookmarks of a run: a person, and below it each recipient of theirs.

    `last` wrote the letters just before: where theirs go on, they have their bookmark.
    """
    for letter, one in zip(letters, each, strict=True):
        if letter.constituent != last:
            yield Bookmark(letter.constituent.name, one.page)
            last = letter.constituent
        yield Bookmark(str(letter.recipient.short), one.page, is_child=True)


def _file_name(name: str) -> str:
    """Return a name as plain ASCII that is safe on every disk, "letters" where none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "letters"


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    """Give a file that is there under its name only when it is whole, for its owner's eyes alone.

    Raises LettersFailed where the disk does not take it.
    """
    try:
        with files.replacing(out) as file:
            yield file
    except OSError as error:
        raise _no_room(error) from None


def _no_room(error: OSError) -> LettersFailed:
    return LettersFailed(f"The letters cannot be written: {error.strerror}.")
