"""What is handed over with a petition, as PDF/UA files: packets, the whole petition, summaries.

A file of any length is set in parts of some fifty pages, whose texts lie on the disk until then:
memory does not grow with the signers.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from campaign import files
from campaign.lazy_import import lazy_import
from campaign.letters.print import name_columns, typst_compiler
from campaign.letters.print.name_columns import Entry, Page
from campaign.letters.print.typst_compiler import Press

if TYPE_CHECKING:
    import pikepdf

    from campaign.letters.print import streaming_pdf
else:
    streaming_pdf = lazy_import("campaign.letters.print.streaming_pdf")
    pikepdf = lazy_import("pikepdf")

#: Comments set in one run: so many at most, and so many characters.
_COMMENTS, _CHARACTERS = 120, 60_000
# Bytes of pages whose layouts Typst may remember: some forty pages of names.
_MOST_REMEMBERED = 200_000
#: How many pages a file seems to have while its pages are still being counted.
_UNKNOWN = 9_999

Front = Literal["packet.typ", "petition-book.typ"]

_presses = {
    name: Press(name)
    for name in ("packet.typ", "petition-book.typ", "summary.typ", "run-sheet.typ")
}


@dataclass(frozen=True, slots=True)
class Comment:
    """What a signer added, and who: `Ani Petrosyan, Billings`."""

    text: str
    by: str


@dataclass(frozen=True)
class Look:
    """What all pages of a file share. `running` stands at their foot; `on` is the file's day."""

    title: str
    author: str
    running: str
    accent: str
    on: date

    def data(self) -> dict[str, Any]:
        """Return it as the templates take it."""
        return {
            "file-title": shown(self.title),
            "author": shown(self.author),
            "running": shown(self.running),
            "accent": self.accent,
        }

    @property
    def stamp(self) -> int:
        """The time of the file, in seconds since 1970."""
        return int(datetime.combine(self.on, time(12), UTC).timestamp())


@dataclass
class _Part:
    """A part that is still to be set: its template, its texts in a file, and its pages."""

    template: str
    texts: Path
    pages: int


class Book:
    """A file in the making: parts are added in order, and `write` sets and binds them.

    `unprinted` counts the names and comments in which a character had no font.
    """

    def __init__(self, look: Look, folder: Path) -> None:
        self._look = look
        self._held = tempfile.TemporaryDirectory(prefix=".pages-", dir=folder)
        self._folder = Path(self._held.name)
        self._parts: list[_Part] = []
        self._remembered = 0
        self.unprinted = 0

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self._held.cleanup()

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return sum(part.pages for part in self._parts)

    def add_front(self, template: Front, texts: Mapping[str, Any]) -> None:
        """Add the pages before the names."""
        self._add(template, {"part": "front", **_shown(texts)})

    def add_names(
        self,
        entries: Iterable[Entry],
        *,
        heading: str,
        note: str,
        running: str,
        progress: Callable[[int], None] = lambda names: None,
    ) -> None:
        """Add a list of names under a heading; `running` stands above its further pages.

        `progress` is told the names of each run of pages.
        """
        run: list[dict[str, Any]] = []
        for page in name_columns.pages(self._printable(entry) for entry in entries):
            run.append(_names(page, heading, note, running))
            if len(run) == typst_compiler.RUN:
                self._add("packet.typ", {"part": "roster", "pages": run}, pages=len(run))
                progress(_entries(run))
                run = []
        if run:
            self._add("packet.typ", {"part": "roster", "pages": run}, pages=len(run))
            progress(_entries(run))

    def add_comments(self, comments: Iterable[Comment], *, heading: str, note: str) -> None:
        """Add what signers wrote, under a heading; nothing where nobody wrote anything."""
        for number, run in enumerate(_runs(comments)):
            words = [
                {
                    "paragraphs": [
                        self._shown(paragraph)
                        for paragraph in comment.text.split("\n")
                        if paragraph
                    ]
                    or [""],
                    "by": self._shown(comment.by),
                }
                for comment in run
            ]
            texts = {
                "heading": "" if number else shown(heading),
                "note": shown(note),
                "comments": words,
            }
            self._add("packet.typ", {"part": "words", "words": texts})

    def write(self, out: Path) -> int:
        """Set all parts with their numbers, join them in `out`, and return how many pages it has.

        The same texts make the same bytes.
        """
        with files.replacing(out) as file:
            streaming_pdf.join(self._made(), file)
        return self.pages

    def _made(self) -> Iterator[bytes]:
        first = 1
        for part in self._parts:
            texts = json.loads(part.texts.read_text(encoding="utf-8"))
            yield self._set(part.template, texts, first=first, total=self.pages)
            first += part.pages

    def _add(self, template: str, texts: Mapping[str, Any], *, pages: int = 0) -> None:
        file = self._folder / f"{len(self._parts)}.json"
        file.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        if not pages:
            pages = _count(self._set(template, texts, first=1, total=_UNKNOWN))
        self._parts.append(_Part(template, file, pages))

    def _set(self, template: str, texts: Mapping[str, Any], *, first: int, total: int) -> bytes:
        data = {**self._look.data(), **texts, "first": first, "total": f"{total:,}"}
        made = _presses[template].print(data, stamp=self._look.stamp)
        self._remembered += len(made)
        if self._remembered > _MOST_REMEMBERED:
            typst_compiler.forget()
            self._remembered = 0
        return made

    def _printable(self, entry: Entry) -> Entry:
        return Entry(self._shown(entry.name), self._shown(entry.town))

    def _shown(self, text: str) -> str:
        printed, is_whole = name_columns.printable(text)
        self.unprinted += not is_whole
        return printed


def summary(look: Look, texts: Mapping[str, Any]) -> bytes:
    """Return one page for a member's staff, as a PDF."""
    data = {**look.data(), **_shown(texts), "first": 1, "total": "1"}
    return _presses["summary.typ"].print(data, stamp=look.stamp)


def run_sheet(look: Look, texts: Mapping[str, Any]) -> bytes:
    """Return the round of a delivery day, as a PDF."""
    data = {**look.data(), **_shown(texts), "first": 1}
    total = _count(_presses["run-sheet.typ"].print({**data, "total": "1"}, stamp=look.stamp))
    return _presses["run-sheet.typ"].print({**data, "total": f"{total:,}"}, stamp=look.stamp)


def shown(text: str) -> str:
    """Return text as the fonts print it, a hollow square for what they lack."""
    return name_columns.printable(text)[0]


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {name: _shown(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_shown(part) for part in value]
    return value


def _names(page: Page, heading: str, note: str, running: str) -> dict[str, Any]:
    return {
        "heading": shown(heading) if page.is_first else "",
        "note": shown(note if page.is_first else running),
        "guide": f"{page.first} – {page.last}",
        "columns": [
            [[line.name, line.town, line.indent] for line in column] for column in page.columns
        ],
    }


def _entries(run: Sequence[Mapping[str, Any]]) -> int:
    return sum(line[2] == 0 for page in run for column in page["columns"] for line in column)


def _runs(comments: Iterable[Comment]) -> Iterator[list[Comment]]:
    run: list[Comment] = []
    size = 0
    for comment in comments:
        if run and (len(run) == _COMMENTS or size + len(comment.text) > _CHARACTERS):
            yield run
            run, size = [], 0
        run.append(comment)
        size += len(comment.text)
    if run:
        yield run


def _count(made: bytes) -> int:
    with pikepdf.Pdf.open(BytesIO(made)) as opened:
        return len(opened.pages)
