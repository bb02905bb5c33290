"""Write a batch's files: letters, envelopes, labels, call sheets, all in the same order.

Files are written run by run, so five thousand letters take no more memory than a hundred.
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
from campaign.letters.batch import match
from campaign.letters.batch.match import Batch, Choices
from campaign.letters.letter import Constituent, Letter
from campaign.letters.print import call_sheets, cover_sheet, document, mailing, printable_text
from campaign.letters.print.mailing import Envelope
from campaign.letters.print.streaming_pdf import Bookmark, StreamingPdf
from campaign.letters.print.typst_compiler import RUN_SIZE
from campaign.packs.pack import Pack

#: Called with (letters done, letters in all).
Progress = Callable[[int, int], None]

# Concurrent runs: one run leaves a second processor half idle.
_CONCURRENT_RUNS = 2


@dataclass(frozen=True)
class BatchFiles:
    """Writes the files of a batch; `made_on` is the day on which they are made."""

    batch: Batch
    pack: Pack
    choices: Choices
    made_on: date

    @property
    def title(self) -> str:
        """The PDF title of the files."""
        return printable_text.printable(f"Letters: {self.pack.text().title}")

    def write_letters(self, out: Path, report: Progress = lambda done, total: None) -> None:
        """Write the cover sheet and all letters as one PDF/UA-1 file, with a bookmark per person.

        Raises LettersFailed if there is no letter, or if the disk is full.
        """
        with _atomic_file(out) as file:
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

    def write_each(self, folder: Path, report: Progress = lambda done, total: None) -> None:
        """Write one file of letters per person into a folder, named by line and name.

        Raises LettersFailed as `write_letters` does.
        """
        self._require_letters()
        letters = self.letters()
        done = 0
        try:
            files.make_private_folder(folder)
        except OSError as error:
            raise _no_room(error) from None
        for writer in self.batch.writers:
            own = list(islice(letters, len(writer.recipients)))
            name = f"{writer.person.line:05}-{_file_name(writer.person.constituent.name)}.pdf"
            with _atomic_file(folder / name) as file:
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
        self._write(
            out, mailing.envelope_runs(envelopes, title=title, on_date=self.choices.on_date)
        )

    def write_labels(self, out: Path) -> None:
        """Write an Avery 5160 label with the recipient's address for each letter, in order."""
        blocks = (
            recipient.block for writer in self.batch.writers for recipient in writer.recipients
        )
        title = f"Labels: {self.pack.text().title}"
        self._write(out, mailing.label_runs(blocks, title=title, on_date=self.choices.on_date))

    def write_return_labels(self, out: Path) -> None:
        """Write an Avery 5160 label with the writer's own address for each letter, in order."""
        blocks = (
            writer.person.constituent.block
            for writer in self.batch.writers
            for _ in writer.recipients
        )
        title = f"Return labels: {self.pack.text().title}"
        self._write(out, mailing.label_runs(blocks, title=title, on_date=self.choices.on_date))

    def write_call_sheets(self, out: Path, congress: Congress) -> None:
        """Write a call sheet for each member, listing the people of the batch who will call."""
        with _atomic_file(out) as file:
            whole = StreamingPdf(file)
            names = iter(call_sheets.members(self.batch))
            for run in call_sheets.runs(self.batch, self.pack, congress, self.choices):
                whole.bookmark(replace(one, title=next(names)) for one in whole.add(run))
            if not whole.pages:
                raise LettersFailed("We have no phone number for any of the recipients.")
            whole.finish()

    def letters(self) -> Iterator[Letter]:
        """Yield every letter, person by person, in the order of the table."""
        return match.letters(self.batch, self.pack, self.choices)

    def _require_letters(self) -> None:
        if not self.batch.count:
            raise LettersFailed("No line of the table can become a letter. See the rejects.")

    def _runs(self, letters: Iterator[Letter]) -> Iterator[tuple[int, tuple[list[Letter], bytes]]]:
        """Yield (letters done so far, (run, its PDF)), in order.

        The next runs are compiled while one is written; only a few are in memory.
        """
        self._require_letters()
        waiting: deque[tuple[list[Letter], Future[bytes]]] = deque()
        done = 0
        with ThreadPoolExecutor(_CONCURRENT_RUNS, thread_name_prefix="typst") as pool:
            try:
                while True:
                    while len(waiting) <= _CONCURRENT_RUNS and (
                        run := list(islice(letters, RUN_SIZE))
                    ):
                        waiting.append((run, pool.submit(self._compile, run)))
                    if not waiting:
                        return
                    run, made = waiting.popleft()
                    done += len(run)
                    yield done, (run, made.result())
            finally:
                for _, left in waiting:
                    left.cancel()

    def _compile(self, run: list[Letter]) -> bytes:
        return document.pdf_run(run, title=self.title, on_date=self.choices.on_date, quick=True)

    def _write(self, out: Path, runs: Iterable[bytes]) -> None:
        self._require_letters()
        with _atomic_file(out) as file:
            whole = StreamingPdf(file)
            for run in runs:
                whole.add(run)
            whole.finish()


def _bookmarks(
    last: Constituent | None, letters: list[Letter], each: list[Bookmark]
) -> Iterator[Bookmark]:
    """Yield the bookmarks of a run: each person, and below it the person's recipients.

    `last` wrote the letter before this run and already has a bookmark.
    """
    for letter, one in zip(letters, each, strict=True):
        if letter.constituent != last:
            yield Bookmark(letter.constituent.name, one.page)
            last = letter.constituent
        yield Bookmark(str(letter.recipient.short), one.page, is_child=True)


def _file_name(name: str) -> str:
    """Return a name as plain ASCII that is safe on every file system, "letters" if none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "letters"


@contextmanager
def _atomic_file(out: Path) -> Iterator[BinaryIO]:
    """Yield a file that appears at `out` only once it is complete, readable only by its owner.

    Raises LettersFailed if it cannot be written.
    """
    try:
        with files.atomic_write(out) as file:
            yield file
    except OSError as error:
        raise _no_room(error) from None


def _no_room(error: OSError) -> LettersFailed:
    return LettersFailed(f"The letters cannot be written: {error.strerror}.")
