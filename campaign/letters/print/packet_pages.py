"""Delivery PDFs (PDF/UA): packets, the whole petition, one-page summaries, run sheets.

Each file is compiled in parts of about fifty pages, whose texts wait on disk, so memory does not
grow with the number of signers.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from campaign import files
from campaign.lazy_import import lazy_import
from campaign.letters.print import name_columns, typst_compiler
from campaign.letters.print.name_columns import Entry, Page
from campaign.letters.print.typst_compiler import TypstCompiler

if TYPE_CHECKING:
    import pikepdf

    from campaign.letters.print import streaming_pdf
else:
    streaming_pdf = lazy_import("campaign.letters.print.streaming_pdf")
    pikepdf = lazy_import("pikepdf")

#: The most comments in one run, and their most characters.
_COMMENTS, _CHARACTERS = 120, 60_000
# Bytes of PDF after which Typst's layout cache is dropped: about forty pages of names.
_MAX_CACHED_BYTES = 200_000
#: The page total that is printed while the pages are still being counted.
_UNKNOWN_TOTAL = 9_999

Front = Literal["packet.typ", "petition-book.typ"]

_compilers = {
    name: TypstCompiler(name)
    for name in (
        "packet.typ",
        "petition-book.typ",
        "summary.typ",
        "run-sheet.typ",
        "member-brief.typ",
    )
}


@dataclass(frozen=True, slots=True)
class Comment:
    """A signer's comment; `by` is `Ani Petrosyan, Billings`."""

    text: str
    by: str


@dataclass(frozen=True)
class PageStyle:
    """Settings shared by all pages of a file.

    `running` is the footer, `on_date` the file's day, and `statement` says on every page who pays.
    """

    title: str
    author: str
    running: str
    accent: str
    on_date: date
    statement: str = ""

    def data(self) -> dict[str, Any]:
        """Return the values that every template takes."""
        return {
            "file-title": printable(self.title),
            "author": printable(self.author),
            "running": printable(self.running),
            "accent": self.accent,
            "statement": printable(self.statement),
        }


@dataclass
class _Part:
    """A part to compile: its template, the JSON file of its data, and its number of pages."""

    template: str
    texts: Path
    pages: int


class BookBuilder:
    """Builds one PDF: add parts in order, then `write` compiles and merges them.

    `unprinted` counts the names and comments with a character that no font has.
    """

    def __init__(self, style: PageStyle, folder: Path) -> None:
        self._style = style
        self._temporary = tempfile.TemporaryDirectory(prefix=".pages-", dir=folder)
        self._folder = Path(self._temporary.name)
        self._parts: list[_Part] = []
        self._cached_bytes = 0
        self.unprinted = 0

    def __enter__(self) -> "BookBuilder":
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    @property
    def pages(self) -> int:
        """The number of pages so far."""
        return sum(part.pages for part in self._parts)

    def add_front(self, template: Front, texts: Mapping[str, Any]) -> None:
        """Add the pages before the names."""
        self._add(template, {"part": "front", **_printable_tree(texts)})

    def add_names(
        self,
        entries: Iterable[Entry],
        *,
        heading: str,
        note: str,
        running: str,
        progress: Callable[[int], None] = lambda names: None,
    ) -> None:
        """Add a list of names under a heading; `running` heads its further pages.

        `progress` is called with the number of names in each run of pages.
        """
        run: list[dict[str, Any]] = []
        for page in name_columns.pages(self._printable(entry) for entry in entries):
            run.append(_names(page, heading, note, running))
            if len(run) == typst_compiler.RUN_SIZE:
                self._add("packet.typ", {"part": "roster", "pages": run}, pages=len(run))
                progress(_entries(run))
                run = []
        if run:
            self._add("packet.typ", {"part": "roster", "pages": run}, pages=len(run))
            progress(_entries(run))

    def add_comments(self, comments: Iterable[Comment], *, heading: str, note: str) -> None:
        """Add the signers' comments under a heading; without comments, add nothing."""
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
                "heading": "" if number else printable(heading),
                "note": printable(note),
                "comments": words,
            }
            self._add("packet.typ", {"part": "words", "words": texts})

    def write(self, out: Path) -> int:
        """Set all parts with their numbers, join them in `out`, and return how many pages it has.

        The same texts give the same bytes.
        """
        with files.atomic_write(out) as file:
            streaming_pdf.join(self._made(), file)
        return self.pages

    def _made(self) -> Iterator[bytes]:
        first = 1
        for part in self._parts:
            texts = json.loads(part.texts.read_text(encoding="utf-8"))
            yield self._compile(part.template, texts, first=first, total=self.pages)
            first += part.pages

    def _add(self, template: str, texts: Mapping[str, Any], *, pages: int = 0) -> None:
        file = self._folder / f"{len(self._parts)}.json"
        file.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        if not pages:
            pages = _count(self._compile(template, texts, first=1, total=_UNKNOWN_TOTAL))
        self._parts.append(_Part(template, file, pages))

    def _compile(self, template: str, texts: Mapping[str, Any], *, first: int, total: int) -> bytes:
        data = {**self._style.data(), **texts, "first": first, "total": f"{total:,}"}
        pdf = _compilers[template].compile(data, day=self._style.on_date)
        self._cached_bytes += len(pdf)
        if self._cached_bytes > _MAX_CACHED_BYTES:
            typst_compiler.drop_layout_cache()
            self._cached_bytes = 0
        return pdf

    def _printable(self, entry: Entry) -> Entry:
        return Entry(self._shown(entry.name), self._shown(entry.town))

    def _shown(self, text: str) -> str:
        printed, is_whole = name_columns.printable_name(text)
        self.unprinted += not is_whole
        return printed


def summary(style: PageStyle, texts: Mapping[str, Any]) -> bytes:
    """Return the one-page summary for a member's staff, as a PDF."""
    data = {**style.data(), **_printable_tree(texts), "first": 1, "total": "1"}
    return _compilers["summary.typ"].compile(data, day=style.on_date)


def member_brief(style: PageStyle, texts: Mapping[str, Any]) -> bytes:
    """Return the one-page brief about a member, as a PDF."""
    data = {**style.data(), **_printable_tree(texts), "first": 1, "total": "1"}
    return _compilers["member-brief.typ"].compile(data, day=style.on_date)


def run_sheet(style: PageStyle, texts: Mapping[str, Any]) -> bytes:
    """Return the run sheet of a delivery day, as a PDF."""
    data = {**style.data(), **_printable_tree(texts), "first": 1}
    run = _compilers["run-sheet.typ"]
    total = _count(run.compile({**data, "total": "1"}, day=style.on_date))
    return run.compile({**data, "total": f"{total:,}"}, day=style.on_date)


def printable(text: str) -> str:
    """Return printable text, with a hollow square for each character that no font has."""
    return name_columns.printable_name(text)[0]


def _printable_tree(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _printable_tree(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [_printable_tree(part) for part in value]
    return value


def _names(page: Page, heading: str, note: str, running: str) -> dict[str, Any]:
    return {
        "heading": printable(heading) if page.is_first else "",
        "note": printable(note if page.is_first else running),
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
